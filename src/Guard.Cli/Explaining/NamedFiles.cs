using System.Text;
using Guard.Policies.Normalising;

namespace Guard.Cli.Explaining;

/// <summary>An item that names a file.</summary>
/// <param name="Rule">Number of the rule.</param>
/// <param name="Atom">Number of the item.</param>
/// <param name="Path">The file as the rule names it.</param>
internal readonly record struct NamedFileItem(int Rule, int Atom, string Path);

/// <summary>
/// Items that name a file by its whole path. guardd looks once which file that is, and the kernel then knows it under every
/// name; an explanation knows names alone, and so says where a name of a rule and the asked one are one file on this machine.
/// </summary>
internal sealed class NamedFiles(NormalisedPolicy policy)
{
    /// <summary>Of longer lists the files are known by their names only.</summary>
    private const int LongestList = 64;

    /// <summary>Items about the file that is asked for, under another name. Files that are not there, or not to be seen, are none.</summary>
    public IEnumerable<NamedFileItem> SameAs(ExplainQuestion question)
    {
        var asked = FileOf(question);
        if (asked is null || FileNumbers.Of(asked) is not { } file)
        {
            return [];
        }

        // One look at each name, however many rules have it.
        var known = new Dictionary<string, bool>(StringComparer.Ordinal);
        return ItemsOf(question).Where(named => named.Path != asked && IsSame(named.Path));

        bool IsSame(string path)
        {
            if (!known.TryGetValue(path, out var same))
            {
                known.Add(path, same = FileNumbers.Of(path) == file);
            }

            return same;
        }
    }

    /// <summary>What is run, opened or mapped; null for an operation on nothing of the kind.</summary>
    private static string? FileOf(ExplainQuestion question)
    {
        var text = question.Request.Category switch
        {
            RuleCategory.ProcessCreation => question.Request.Image,
            RuleCategory.FileAccess or RuleCategory.ImageLoad or RuleCategory.MappedProgram => question.Request.Target,
            _ => default,
        };
        return text.Bytes.IsEmpty ? null : Encoding.UTF8.GetString(text.Bytes.Span);
    }

    /// <summary>A mapping is asked of rules about libraries and of those about programs.</summary>
    private IEnumerable<NamedFileItem> ItemsOf(ExplainQuestion question)
        => question.Request.Category switch
        {
            RuleCategory.FileAccess => ItemsOf(RuleCategory.FileAccess, TextRoles.Target | TextRoles.Named),
            RuleCategory.ProcessCreation => ItemsOf(RuleCategory.ProcessCreation, TextRoles.Image | TextRoles.Invoked),
            _ => ItemsOf(RuleCategory.ImageLoad, TextRoles.Loaded | TextRoles.Named)
                .Concat(ItemsOf(RuleCategory.MappedProgram, TextRoles.Image | TextRoles.Invoked)),
        };

    private IEnumerable<NamedFileItem> ItemsOf(RuleCategory category, TextRoles roles)
        => from rule in policy.Rules.Index()
           where !rule.Item.Identity.BuiltIn && MappedPrograms.IsAsked(rule.Item, category, policy.Atoms)
           from atom in AtomsOf(rule.Item.Condition).Distinct()
           let text = policy.Atoms[atom] as TextAtom
           where text is { Patterns.Length: <= LongestList } && (text.Roles & roles) == roles
           from pattern in text.Patterns
           where pattern.Elements is [LiteralElement { Bytes: [(byte)'/', ..] }]
           select new NamedFileItem(
               rule.Index, atom, Encoding.UTF8.GetString(((LiteralElement)pattern.Elements[0]).Bytes.AsSpan()));

    private static IEnumerable<int> AtomsOf(ConditionNode condition) => condition switch
    {
        AtomNode atom => [atom.Atom],
        NotNode not => AtomsOf(not.Operand),
        AndNode and => and.Operands.SelectMany(AtomsOf),
        OrNode or => or.Operands.SelectMany(AtomsOf),
        _ => [],
    };
}
