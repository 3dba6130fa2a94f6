using Guard.Policies.Compiling.General;
using Guard.Policies.Image;

namespace Guard.Policies.Compiling;

/// <summary>All automata of an image: two for each text, then the confirmations.</summary>
internal sealed class TextAutomata
{
    /// <summary>States of the automaton of a text that is always run beside the literals.</summary>
    public const int AlwaysStatesMax = 16384;

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

        return always.Count == 0 ? null : BuildAlways(always);
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
            _patterns.Table.Add(new GuardPattern
            {
                Atom = (uint)number,
                Roles = entry.Roles,
                Kind = KernelAbi.PatternCandidate,
                Length = (ushort)factor.Length,
            });
            text.Literals.Add(new LiteralEntry(_patterns.Table.Count - 1, factor, false, false));
        }
    }

    private AutomatonTable? BuildAlways(List<GeneralEntry> entries)
    {
        var dfa = Determiniser.Run([.. entries.Select(e => e.Source.Nfa)], AlwaysStatesMax);
        if (dfa is null)
        {
            ReportStates(Worst(entries), AlwaysStatesMax);
            return null;
        }

        return dfa.ToTable(_lists, [.. entries.Select(e => e.Patterns)]);
    }

    /// <summary>The one that needs most states alone.</summary>
    private static GeneralEntry Worst(List<GeneralEntry> entries)
        => entries.Take(256).MaxBy(e => Determiniser.Run([e.Source.Nfa], 1024)?.States ?? int.MaxValue)!;

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
