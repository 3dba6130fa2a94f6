using System.Collections.Frozen;
using Guard.Policies.Ast;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>Ids and names of all rules of a bundle, also of those with errors: a reference to such a rule is no error of its own.</summary>
internal sealed class RuleNames
{
    private readonly FrozenSet<string> _names;

    private RuleNames(FrozenSet<string> names) => _names = names;

    public IReadOnlyCollection<string> All => _names;

    public static RuleNames Of(IEnumerable<YamlMapping> rules)
        => new(rules.SelectMany(NamesOf).ToFrozenSet(StringComparer.Ordinal));

    /// <summary>A reference in the form that it is compared in.</summary>
    public static string Canonical(string reference) => MetadataBinder.CanonicalId(reference) ?? reference;

    public static bool Mean(string reference, RuleNode rule) => reference == rule.Identity.Id || reference == rule.Name;

    public bool Contains(string reference) => _names.Contains(reference);

    private static IEnumerable<string> NamesOf(YamlMapping rule)
    {
        foreach (var key in (string[])["id", "name"])
        {
            if (rule.Find(key)?.Value is YamlScalar text)
            {
                yield return key == "id" ? Canonical(text.Text) : text.Text;
            }
        }
    }
}
