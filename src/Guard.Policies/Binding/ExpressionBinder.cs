using System.Text.RegularExpressions;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>
/// <c>re</c>: text to an expression that is known to be valid and regular. .NET's engine without backtracking is the
/// judge: it refuses look-around and back-references, which no automaton can decide.
/// </summary>
internal static class ExpressionBinder
{
    /// <summary>Most characters of one expression.</summary>
    public const int MaxLength = 4096;

    /// <summary>The expression, or null after a finding.</summary>
    public static RegexPattern? Bind(YamlScalar value, RegexFlags flags, DiagnosticBag bag)
    {
        if (value.Text.Length > MaxLength)
        {
            var message = $"the expression has {value.Text.Length} characters, allowed are {MaxLength}";
            bag.Report(DiagnosticCatalogue.BadExpression, value.Span, message, "split it into several values");
            return null;
        }

        try
        {
            _ = new Regex(value.Text, OptionsOf(flags));
            return new RegexPattern(value.Text, flags);
        }
        catch (NotSupportedException)
        {
            var message = $"{TerminalText.Quote(value.Text)} looks around or back, which no automaton decides";
            bag.Report(DiagnosticCatalogue.ExpressionNotRegular, value.Span, message);
        }
        catch (ArgumentException e)
        {
            var at = value.Span;
            var why = "it cannot be read";
            if (e is RegexParseException parse)
            {
                at = value.SpanOf(Math.Clamp(parse.Offset, 0, value.Text.Length));
                why = $"{parse.Error} at character {parse.Offset}";
            }

            bag.Report(DiagnosticCatalogue.BadExpression, at, $"{TerminalText.Quote(value.Text)} is no expression: {why}");
        }

        return null;
    }

    /// <summary>The options that an expression is meant with.</summary>
    public static RegexOptions OptionsOf(RegexFlags flags)
        => RegexOptions.NonBacktracking | RegexOptions.CultureInvariant
            | (flags.HasFlag(RegexFlags.IgnoreCase) ? RegexOptions.IgnoreCase : RegexOptions.None)
            | (flags.HasFlag(RegexFlags.Multiline) ? RegexOptions.Multiline : RegexOptions.None)
            | (flags.HasFlag(RegexFlags.Singleline) ? RegexOptions.Singleline : RegexOptions.None);
}
