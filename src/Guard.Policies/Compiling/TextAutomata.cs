using Guard.Policies.Compiling.General;
using Guard.Policies.Image;

namespace Guard.Policies.Compiling;

/// <summary>All automata of an image: two for each text, then the confirmations.</summary>
internal sealed class TextAutomata
{
    private readonly LoweredPatterns _patterns;
    private readonly ListPool _lists;
    private readonly BudgetFindings _findings;
    private readonly AutomatonTable?[] _ofTexts;
    private readonly List<AutomatonTable> _confirmations = [];

    private TextAutomata(LoweredPatterns patterns, ListPool lists, BudgetFindings findings)
    {
        _patterns = patterns;
        _lists = lists;
        _findings = findings;
        _ofTexts = new AutomatonTable?[2 * patterns.Texts.Length];
    }

    /// <summary>By automaton number; null = absent. Adds candidates to the pattern table.</summary>
    public static AutomatonTable?[] Build(LoweredPatterns patterns, ListPool lists, BudgetFindings findings)
    {
        var pass = new TextAutomata(patterns, lists, findings);
        for (var text = 0; text < patterns.Texts.Length; text++)
        {
            // First: what needs a confirmation adds its factors to the literals.
            pass._ofTexts[(2 * text) + 1] = pass.BuildGenerals(patterns.Texts[text]);
            pass._ofTexts[2 * text] = LiteralAutomaton.Build(patterns.Texts[text], lists, findings);
        }

        return [.. pass._ofTexts, .. pass._confirmations];
    }

    private AutomatonTable? BuildGenerals(LoweredText text)
    {
        foreach (var entry in text.Generals.Values.Where(e => !e.Source.Factors.IsEmpty))
        {
            if (AddConfirmation(new GeneralGroup(Determiniser.Run([entry.Source.Nfa]), [entry])) is { } number)
            {
                foreach (var factor in entry.Source.Factors)
                {
                    text.Literals.Add(new LiteralEntry(AddCandidate(entry.Roles, number, factor.Length), factor, false, false));
                }
            }
        }

        var groups = GeneralGroups.Of(text.Generals.Values.Where(e => e.Source.Factors.IsEmpty));
        foreach (var group in groups.Skip(1))
        {
            if (AddConfirmation(group) is { } number)
            {
                text.Always.Add(AddCandidate(RolesOf(group), number, 0));
            }
        }

        return groups.Count == 0 ? null : ToTable(groups[0]);
    }

    private AutomatonTable? ToTable(GeneralGroup group)
    {
        if (group.Automaton is null)
        {
            ReportStates(group.Entries[0], Determiniser.StatesMax);
        }

        return group.Automaton?.ToTable(_lists, [.. group.Entries.Select(e => e.Patterns)]);
    }

    private static ushort RolesOf(GeneralGroup group)
        => group.Entries.Aggregate((ushort)0, (roles, entry) => (ushort)(roles | entry.Roles));

    /// <summary>An automaton that is run when it is asked for. Its number; null after an error.</summary>
    private int? AddConfirmation(GeneralGroup group)
    {
        if (ToTable(group) is not { } table)
        {
            return null;
        }

        var number = (2 * _patterns.Texts.Length) + _confirmations.Count;
        _confirmations.Add(table);
        _findings.Check(
            BudgetFindings.Automata,
            group.Entries[0].Atom.Span,
            number + 1,
            KernelLimits.AutomataMax,
            "GUARD_AUTOMATA_MAX",
            "expressions and values with `?` or `cased`",
            "use plain values where they say the same");
        return number;
    }

    private int AddCandidate(ushort roles, int automaton, int length)
    {
        _patterns.Table.Add(new GuardPattern
        {
            Atom = (uint)automaton,
            Roles = roles,
            Kind = KernelAbi.PatternCandidate,
            Length = (ushort)length,
        });
        return _patterns.Table.Count - 1;
    }

    private void ReportStates(GeneralEntry entry, int limit)
        => _findings.Exceeded(
            BudgetFindings.WildcardStates,
            entry.Atom.Span,
            $"more than {limit}",
            limit,
            "automaton states",
            "states that an expression, or patterns with `?` or `cased`, need",
            "use fewer repetitions and wildcards in one value, or give it a literal text of two characters or more");
}
