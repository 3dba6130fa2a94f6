using Guard.Policies.Compiling.General;
using Guard.Policies.Image;

namespace Guard.Policies.Compiling;

/// <summary>All automata of an image: two for each text, then the confirmations.</summary>
internal sealed class TextAutomata
{
    /// <summary>States of the automaton of a text that is always run beside the literals.</summary>
    public const int AlwaysStatesMax = 4096;

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
        var always = new List<GeneralEntry>();
        foreach (var entry in text.Generals.Values)
        {
            if (entry.Source.Factors.IsEmpty)
            {
                always.Add(entry);
            }
            else
            {
                AddConfirmation(text, entry);
            }
        }

        return always.Count == 0 ? null : BuildAlways(text, always);
    }

    private void AddConfirmation(LoweredText text, GeneralEntry entry)
    {
        if (Determiniser.Run([entry.Source.Nfa]) is not { } dfa)
        {
            ReportStates(entry, Determiniser.StatesMax);
            return;
        }

        var number = (2 * _patterns.Texts.Length) + _confirmations.Count;
        _confirmations.Add(dfa.ToTable(_lists, [entry.Patterns]));
        _findings.Check(
            BudgetFindings.Automata,
            entry.Atom.Span,
            number + 1,
            KernelLimits.AutomataMax,
            "GUARD_AUTOMATA_MAX",
            "expressions and values with `?` or `cased`",
            "use plain values where they say the same");
        foreach (var factor in entry.Source.Factors)
        {
            text.Literals.Add(new LiteralEntry(AddCandidate(entry, number, factor.Length), factor, false, false));
        }

        if (entry.Source.Factors.IsEmpty)
        {
            text.Always.Add(AddCandidate(entry, number, 0));
        }
    }

    private int AddCandidate(GeneralEntry entry, int automaton, int length)
    {
        _patterns.Table.Add(new GuardPattern
        {
            Atom = (uint)automaton,
            Roles = entry.Roles,
            Kind = KernelAbi.PatternCandidate,
            Length = (ushort)length,
        });
        return _patterns.Table.Count - 1;
    }

    /// <summary>One automaton for all of them, or, where their union explodes, each by itself: then every text is read by each.</summary>
    private AutomatonTable? BuildAlways(LoweredText text, List<GeneralEntry> entries)
    {
        if (Determiniser.Run([.. entries.Select(e => e.Source.Nfa)], AlwaysStatesMax) is { } dfa)
        {
            return dfa.ToTable(_lists, [.. entries.Select(e => e.Patterns)]);
        }

        foreach (var entry in entries)
        {
            AddConfirmation(text, entry);
        }

        return null;
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
