using System.Collections.Immutable;
using System.Text;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling.General;

/// <summary>A pattern that no literal text decides: wildcards for one character, both cases beyond ASCII, expressions.</summary>
/// <param name="Key">Equal keys mean equal patterns.</param>
/// <param name="Nfa">What it matches.</param>
/// <param name="Factors">Literal texts of which every match contains one; empty: it must be looked for always.</param>
internal sealed record GeneralPattern(string Key, ByteNfa Nfa, ImmutableArray<byte[]> Factors)
{
    public static GeneralPattern Of(TextPattern pattern)
        => new(PatternKey.Of(pattern), PatternNfa.Build(pattern), LiteralFactors.Of(pattern));

    /// <param name="expression">What to match.</param>
    /// <param name="nul">The texts can contain U+0000, written as <see cref="TextPattern.Nul"/>.</param>
    /// <exception cref="RegexSyntaxException">It has a construct that is not taken, or needs too many states.</exception>
    public static GeneralPattern Of(RegexPattern expression, bool nul = false)
    {
        var tree = RegexParser.Parse(expression.Expression, expression.Flags);
        return new($"/{(int)expression.Flags}/{expression.Expression}", RegexNfa.Build(tree, nul), LiteralFactors.Of(tree));
    }

    /// <summary>Whether a pattern needs this at all.</summary>
    public static bool Needs(TextPattern pattern)
        => pattern.CaseSensitive || pattern.Elements.Any(e => e is AnyCharacterElement || (e is LiteralElement l && Folds(l)));

    private static bool Folds(LiteralElement literal)
    {
        var bytes = literal.Bytes.AsSpan();
        while (!bytes.IsEmpty)
        {
            var known = Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (known && rune.Value >= 0x80 && CharacterClasses.HasTwoCases(rune.Value))
            {
                return true;
            }

            bytes = bytes[(known ? length : 1)..];
        }

        return false;
    }
}
