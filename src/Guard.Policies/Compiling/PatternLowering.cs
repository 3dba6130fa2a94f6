using System.Text;
using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling;

/// <summary>
/// Text patterns to what automata execute. Without <c>?</c> and <c>cased</c> a pattern is literal segments between
/// <c>*</c>: one segment is a simple pattern with anchors, several are a sequence whose order is checked when a
/// segment is seen. That keeps the automaton linear in the text, where a determinised union of globs explodes.
/// Everything else goes to the general automaton.
/// </summary>
internal sealed class PatternLowering
{
    private readonly LoweredPatterns _result = new();
    private readonly HashSet<(int Atom, string Key)> _seen = [];
    private readonly BudgetFindings _findings;

    private PatternLowering(BudgetFindings findings) => _findings = findings;

    public static LoweredPatterns Run(NormalisedPolicy policy, BudgetFindings findings)
    {
        var pass = new PatternLowering(findings);
        for (var atom = 0; atom < policy.Atoms.Length; atom++)
        {
            if (policy.Atoms[atom] is TextAtom text)
            {
                pass.LowerAtom(atom, text);
            }
        }

        findings.Check(
            BudgetFindings.Patterns,
            BudgetFindings.Bundle,
            pass._result.Table.Count,
            KernelLimits.PatternsMax,
            "GUARD_PATTERNS_MAX",
            "patterns in the policy",
            "move long lists of values into fewer, more general patterns");
        return pass._result;
    }

    /// <summary>The number of the text that a field reads.</summary>
    public static int TextOf(PolicyField field)
        => field == PolicyField.TargetFilename ? KernelAbi.TextTarget : KernelAbi.TextImage;

    private void LowerAtom(int number, TextAtom atom)
    {
        foreach (var pattern in atom.Patterns)
        {
            var key = KeyOf(pattern);
            if (key.Length - 1 > KernelLimits.PathMax)
            {
                _findings.Check(
                    BudgetFindings.PatternLength,
                    atom.Span,
                    key.Length - 1,
                    KernelLimits.PathMax,
                    "GUARD_PATH_MAX",
                    "bytes of one pattern",
                    "no path is that long, so the pattern could never match");
            }
            else if (_seen.Add((number, key)))
            {
                LowerPattern(number, atom, pattern);
            }
        }
    }

    private void LowerPattern(int number, TextAtom atom, TextPattern pattern)
    {
        var text = _result.Texts[TextOf(atom.Field)];
        if (pattern.Elements is [AnyRunElement])
        {
            text.Always.Add(AddSimple(number, atom, 0));
        }
        else if (pattern.CaseSensitive || pattern.Elements.Any(e => e is AnyCharacterElement))
        {
            text.Generals.Add(new GeneralEntry(AddSimple(number, atom, 0), pattern, atom));
        }
        else
        {
            LowerLiterals(number, atom, pattern, text);
        }
    }

    private void LowerLiterals(int number, TextAtom atom, TextPattern pattern, LoweredText text)
    {
        var segments = pattern.Elements.OfType<LiteralElement>().Select(l => ByteClasses.Fold(l.Bytes)).ToList();
        var atStart = pattern.Elements is not [AnyRunElement, ..];
        var atEnd = pattern.Elements is not [.., AnyRunElement];
        if (segments.Count <= 1)
        {
            var only = segments.Count == 0 ? [] : segments[0];
            text.Literals.Add(new LiteralEntry(AddSimple(number, atom, only.Length), only, atStart, atEnd));
        }
        else if (CheckSequence(atom, text, segments.Count))
        {
            AddSequence(number, atom, text, segments, atStart, atEnd);
        }
    }

    private bool CheckSequence(TextAtom atom, LoweredText text, int segments)
        => _findings.Check(
               BudgetFindings.Segments,
               atom.Span,
               segments,
               KernelLimits.SegmentsMax,
               "GUARD_SEGMENTS_MAX",
               "texts between the `*` of one pattern",
               "split the pattern, or drop some of its `*`")
           && _findings.Check(
               BudgetFindings.Sequences,
               atom.Span,
               text.Sequences + 1,
               KernelLimits.SequencesMax,
               "GUARD_SEQUENCES_MAX",
               "patterns with a `*` inside over the same kind of path",
               "use startswith, endswith or contains where no `*` inside is needed");

    private void AddSequence(
        int number, TextAtom atom, LoweredText text, List<byte[]> segments, bool atStart, bool atEnd)
    {
        var sequence = (ushort)text.Sequences++;
        for (var k = 0; k < segments.Count; k++)
        {
            var entry = Entry(number, atom, segments[k].Length) with
            {
                Kind = KernelAbi.PatternSegment,
                Segment = (byte)k,
                LastSegment = (byte)(segments.Count - 1),
                Sequence = sequence,
            };
            var last = k == segments.Count - 1;
            text.Literals.Add(new LiteralEntry(Add(entry), segments[k], k == 0 && atStart, last && atEnd));
        }
    }

    private int AddSimple(int number, TextAtom atom, int length) => Add(Entry(number, atom, length));

    private static GuardPattern Entry(int number, TextAtom atom, int length) => new()
    {
        Atom = (uint)number,
        Roles = (byte)atom.Roles,
        Kind = KernelAbi.PatternSimple,
        Length = (ushort)length,
    };

    private int Add(in GuardPattern entry)
    {
        _result.Table.Add(entry);
        return _result.Table.Count - 1;
    }

    /// <summary>Equal keys mean equal patterns; one character per byte or wildcard after the first.</summary>
    private static string KeyOf(TextPattern pattern)
    {
        var key = new StringBuilder(pattern.CaseSensitive ? "c" : "i");
        foreach (var element in pattern.Elements)
        {
            switch (element)
            {
                case LiteralElement literal:
                    var bytes = pattern.CaseSensitive ? [.. literal.Bytes] : ByteClasses.Fold(literal.Bytes);
                    key.Append(Encoding.Latin1.GetString(bytes));
                    break;
                case AnyCharacterElement:
                    key.Append('\u1001');
                    break;
                default:
                    key.Append('\u1002');
                    break;
            }
        }

        return key.ToString();
    }
}
