using System.Collections.Immutable;
using Guard.Policies.Diagnostics;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>A word or a parenthesis of a condition.</summary>
internal readonly record struct ConditionToken(string Text, SourceSpan Span)
{
    public bool Is(string word) => string.Equals(Text, word, StringComparison.OrdinalIgnoreCase);

    public bool IsWord => Text.Length > 0 && Text is not ("(" or ")");
}

/// <summary>Cuts a condition into words (<c>[A-Za-z0-9_*.-]+</c>, keywords are recognised later) and parentheses.</summary>
internal static class ConditionTokens
{
    /// <summary>Most tokens of one condition.</summary>
    public const int Max = 4096;

    /// <summary>The tokens and an empty one at the end, or default after a finding.</summary>
    public static ImmutableArray<ConditionToken> Cut(YamlScalar scalar, DiagnosticBag bag)
    {
        var tokens = ImmutableArray.CreateBuilder<ConditionToken>();
        var text = scalar.Text;
        var columns = new Columns(scalar);
        for (var i = 0; i < text.Length;)
        {
            var length = LengthAt(text, i);
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
                continue;
            }

            var span = columns.SpanOf(i);
            if (length == 0 || tokens.Count == Max)
            {
                Refuse(text[i], length, span, bag);
                return default;
            }

            tokens.Add(new ConditionToken(text.Substring(i, length), span));
            i += length;
        }

        tokens.Add(new ConditionToken(string.Empty, columns.SpanOf(text.Length)));
        return tokens.ToImmutable();
    }

    private static int LengthAt(string text, int start)
    {
        if (text[start] is '(' or ')')
        {
            return 1;
        }

        var end = start;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] is '_' or '-' or '.' or '*'))
        {
            end++;
        }

        return end - start;
    }

    private static void Refuse(char character, int length, SourceSpan span, DiagnosticBag bag)
    {
        if (length > 0)
        {
            var message = $"the condition has more than {Max} words";
            bag.Report(DiagnosticCatalogue.ConditionTooLarge, span, message);
        }
        else if (character == '|')
        {
            bag.Report(DiagnosticCatalogue.AggregationRefused, span, "an aggregation ('|') is not supported");
        }
        else
        {
            var message = $"{TerminalText.Quote(character.ToString())} does not belong into a condition";
            bag.Report(DiagnosticCatalogue.ConditionSyntax, span, message);
        }
    }

    /// <summary>Positions in ascending order without counting from the start each time.</summary>
    private sealed class Columns(YamlScalar scalar)
    {
        private int _offset;
        private int _characters;

        public SourceSpan SpanOf(int offset)
        {
            for (; _offset < offset; _offset++)
            {
                _characters += char.IsLowSurrogate(scalar.Text[_offset]) ? 0 : 1;
            }

            var first = scalar.SpanOf(0);
            return scalar.Contiguous ? first with { Column = first.Column + _characters } : first;
        }
    }
}
