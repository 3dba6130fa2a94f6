using System.Collections.Immutable;
using System.Text;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>
/// Items over the digest of a file. The kernel knows SHA-256 alone, and a part of a digest says nothing about a file, so
/// that a value is one whole digest however it is compared: <c>Hashes|contains: SHA256=…</c>, as in rules made for
/// Sysmon, is <c>sha256: …</c>.
/// </summary>
internal sealed class DigestItems
{
    private const string Prefix = "SHA256=";
    private const int Digits = 64;

    /// <summary>Fields of log sources in which a program or a library is executed.</summary>
    public static readonly ImmutableArray<string> Fields = ["Hashes", "sha256"];

    private readonly ValueBinder _values;
    private readonly DiagnosticBag _bag;

    public DigestItems(ValueBinder values, DiagnosticBag bag) => (_values, _bag) = (values, bag);

    /// <summary>Whether the field is one of these.</summary>
    public static bool Has(string name) => Fields.Contains(name);

    /// <summary>Whether a field can be compared so, and how it can.</summary>
    public static (bool Permitted, string Hint) Permits(string name, ItemModifiers modifiers)
    {
        var comparisons = modifiers.Uses.All(u => u.Modifier
            is Modifier.All or Modifier.Neq or Modifier.Expand or Modifier.Contains or Modifier.StartsWith or Modifier.EndsWith);
        return (
            modifiers.Kind == ItemKind.Presence || (modifiers.Kind == ItemKind.Text && comparisons),
            $"{name} is compared with whole digests: write them as they are, at most with contains, all, neq or expand");
    }

    /// <summary>The item, or null after a finding.</summary>
    public TextItem? Bind(string name, YamlScalar key, ItemModifiers modifiers, ImmutableArray<YamlScalar> values)
    {
        var bound = ImmutableArray.CreateBuilder<TextValue>(values.Length);
        foreach (var value in values)
        {
            var patterns = _values.BindPlain(modifiers, value)?.Select(v => PatternOf(name, v)).ToList();
            if (patterns is not null && !patterns.Contains(null))
            {
                bound.Add(new TextValue([.. patterns.Select(p => p!)], []));
            }
        }

        // Each value that is none has been said.
        return bound.Count < values.Length ? null : new TextItem(PolicyField.Digest, key.Span, modifiers.All, bound.ToImmutable());
    }

    private TextPattern? PatternOf(string name, ListValue value)
    {
        var hasPrefix = value.Text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase);
        var digits = hasPrefix ? value.Text[Prefix.Length..] : value.Text;
        if (digits.Length == Digits && digits.All(char.IsAsciiHexDigit))
        {
            return new TextPattern([new LiteralElement([.. Encoding.ASCII.GetBytes(digits.ToLowerInvariant())])], false);
        }

        var form = name == "Hashes" ? $"{Prefix}<64 hexadecimal digits>" : "64 hexadecimal digits";
        var hint = value.Text.Contains('=') && !hasPrefix
            ? $"the kernel makes no other digests than SHA-256: leave this value out, or give {form}"
            : $"write {form}";
        _bag.Report(DiagnosticCatalogue.BadDigest, value.Span, $"{TerminalText.Quote(value.Text)} is not a SHA-256 digest", hint);
        return null;
    }
}
