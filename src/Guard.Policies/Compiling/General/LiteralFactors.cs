using System.Collections.Immutable;
using System.Text;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling.General;

/// <summary>
/// Literal texts of which every match contains at least one, A-Z folded: what the literal automaton looks for so that
/// the pattern's own automaton need not run over every text. None: it has to.
/// </summary>
internal static class LiteralFactors
{
    /// <summary>Shorter ones are found in too many texts.</summary>
    public const int LengthMin = 2;

    /// <summary>Alternatives that are looked for instead of one.</summary>
    private const int AlternativesMax = 16;

    public static ImmutableArray<byte[]> Of(TextPattern pattern)
    {
        byte[] best = [];
        foreach (var literal in pattern.Elements.OfType<LiteralElement>())
        {
            foreach (var run in RunsOf(literal.Bytes.AsSpan(), pattern.CaseSensitive))
            {
                best = run.Length > best.Length ? run : best;
            }
        }

        return best.Length >= LengthMin ? [best] : [];
    }

    public static ImmutableArray<byte[]> Of(RegexNode tree)
    {
        var best = Best(tree);
        return best.Length <= AlternativesMax && best.All(f => f.Length >= LengthMin) ? best : [];
    }

    /// <summary>Letters beyond ASCII end a run where both their cases count: the literal automaton folds A-Z alone.</summary>
    private static List<byte[]> RunsOf(ReadOnlySpan<byte> bytes, bool cased)
    {
        if (cased)
        {
            return [ByteClasses.Fold([.. bytes])];
        }

        var runs = new List<byte[]>();
        var run = new List<byte>();
        while (!bytes.IsEmpty)
        {
            var known = Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (known && rune.Value >= 0x80 && CharacterClasses.HasTwoCases(rune.Value))
            {
                runs.Add([.. run]);
                run.Clear();
            }
            else
            {
                foreach (var value in bytes[..(known ? length : 1)])
                {
                    run.Add(ByteClasses.Fold(value));
                }
            }

            bytes = bytes[(known ? length : 1)..];
        }

        runs.Add([.. run]);
        return runs;
    }

    private static ImmutableArray<byte[]> Best(RegexNode node) => node switch
    {
        SetNode set => TextOf(set.Set) is { } text ? [text] : [],
        SequenceNode sequence => BestOf(sequence),
        RepeatNode { Least: > 0 } repeat => Best(repeat.Part),
        ChoiceNode choice => Alternatives(choice),
        _ => [],
    };

    private static ImmutableArray<byte[]> Alternatives(ChoiceNode choice)
    {
        var all = choice.Parts.Select(Best).ToList();
        return all.Exists(a => a.IsEmpty) ? [] : [.. all.SelectMany(a => a)];
    }

    /// <summary>Characters side by side make a text; what stands between texts is looked at by itself.</summary>
    private static ImmutableArray<byte[]> BestOf(SequenceNode sequence)
    {
        ImmutableArray<byte[]> best = [];
        var run = new List<byte>();
        foreach (var part in Flat(sequence))
        {
            if (part is SetNode set && TextOf(set.Set) is { } text)
            {
                run.AddRange(text);
                continue;
            }

            best = Better(best, run.Count > 0 ? [[.. run]] : []);
            run.Clear();
            best = Better(best, Best(part));
        }

        return Better(best, run.Count > 0 ? [[.. run]] : []);
    }

    private static IEnumerable<RegexNode> Flat(SequenceNode sequence)
        => sequence.Parts.SelectMany(p => p is SequenceNode inner ? Flat(inner) : [p]);

    private static ImmutableArray<byte[]> Better(ImmutableArray<byte[]> one, ImmutableArray<byte[]> other)
        => Worth(other) > Worth(one) ? other : one;

    private static int Worth(ImmutableArray<byte[]> factors)
        => factors.IsEmpty || factors.Length > AlternativesMax ? -1 : factors.Min(f => f.Length);

    /// <summary>The bytes of a set that is one character, or one ASCII letter in both cases; null for all others.</summary>
    private static byte[]? TextOf(RuneSet set)
    {
        var characters = set.Ranges.Sum(r => r.To - r.From + 1);
        var first = set.IsEmpty ? 0 : set.Ranges[0].From;
        var letter = characters == 2 && char.IsAsciiLetterUpper((char)first) && set.Contains(first | 0x20) && first < 0x80;
        if ((characters != 1 && !letter) || first >= RuneSet.Invalid || first == 0)
        {
            return null;
        }

        return Rune.TryCreate(first, out var rune)
            ? ByteClasses.Fold([.. Encoding.UTF8.GetBytes(rune.ToString())])
            : null;
    }
}
