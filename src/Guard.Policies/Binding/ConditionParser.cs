using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>
/// The grammar of conditions, weakest first. Keywords in any case; a word is a keyword only where one can stand.
/// <code>
/// or     = and { "or" and }
/// and    = not { "and" not }
/// not    = "not" not | primary
/// primary = "(" or ")" | ("1" | "any" | "all") "of" ("them" | pattern) | name
/// </code>
/// </summary>
internal sealed class ConditionParser
{
    /// <summary>Most parentheses and negations inside each other.</summary>
    public const int MaxDepth = 50;

    private readonly ImmutableArray<ConditionToken> _tokens;
    private readonly DiagnosticBag _bag;
    private int _position;

    private ConditionParser(ImmutableArray<ConditionToken> tokens, DiagnosticBag bag)
    {
        _tokens = tokens;
        _bag = bag;
    }

    private ConditionToken Current => _tokens[_position];

    /// <summary>The value of <c>condition</c>: text, or a list of texts of which one must hold. Null after a finding.</summary>
    public static ConditionSyntax? ParseEntry(YamlEntry entry, DiagnosticBag bag)
    {
        if (entry.Value is YamlScalar scalar)
        {
            return Parse(scalar, bag);
        }

        if (entry.Value is not YamlSequence list || list.Items.IsEmpty || !list.Items.All(i => i is YamlScalar))
        {
            var message = $"condition must be text or a list of texts, not {NodeReading.Describe(entry.Value)}";
            bag.Report(DiagnosticCatalogue.WrongType, entry.Value.Span, message);
            return null;
        }

        var parsed = list.Items.Select(i => Parse((YamlScalar)i, bag)).ToList();
        return parsed.Contains(null) ? null
            : parsed.Count == 1 ? parsed[0]
            : new OrSyntax(list.Span, [.. parsed.Select(p => p!)]);
    }

    /// <summary>One condition, or null after a finding.</summary>
    public static ConditionSyntax? Parse(YamlScalar scalar, DiagnosticBag bag)
    {
        var tokens = ConditionTokens.Cut(scalar, bag);
        if (tokens.IsDefault)
        {
            return null;
        }

        var parser = new ConditionParser(tokens, bag);
        var condition = parser.ParseOr(0);
        if (condition is not null && parser.Current.Text.Length > 0)
        {
            var what = TerminalText.Quote(parser.Current.Text);
            return parser.Fail($"{what} follows where 'and', 'or' or the end is expected");
        }

        return condition;
    }

    private ConditionSyntax? ParseOr(int depth)
        => ParseOperands("or", () => ParseAnd(depth), (span, operands) => new OrSyntax(span, operands));

    private ConditionSyntax? ParseAnd(int depth)
        => ParseOperands("and", () => ParseNot(depth), (span, operands) => new AndSyntax(span, operands));

    private ConditionSyntax? ParseOperands(
        string word,
        Func<ConditionSyntax?> parse,
        Func<SourceSpan, ImmutableArray<ConditionSyntax>, ConditionSyntax> combine)
    {
        var operands = ImmutableArray.CreateBuilder<ConditionSyntax>();
        do
        {
            _position += operands.Count > 0 ? 1 : 0;
            if (parse() is not { } operand)
            {
                return null;
            }

            operands.Add(operand);
        }
        while (Current.Is(word));

        return operands.Count == 1 ? operands[0] : combine(operands[0].Span, operands.ToImmutable());
    }

    private ConditionSyntax? ParseNot(int depth)
    {
        if (!Current.Is("not"))
        {
            return ParsePrimary(depth);
        }

        if (depth >= MaxDepth)
        {
            return TooDeep();
        }

        var span = Current.Span;
        _position++;
        return ParseNot(depth + 1) is { } operand ? new NotSyntax(span, operand) : null;
    }

    private ConditionSyntax? ParsePrimary(int depth)
    {
        if (Current.Text == "(")
        {
            return depth >= MaxDepth ? TooDeep() : ParseParentheses(depth);
        }

        if (!Current.IsWord || Current.Is("and") || Current.Is("or"))
        {
            return Fail(Current.Text.Length == 0
                ? "the condition ends where a name is expected"
                : $"{TerminalText.Quote(Current.Text)} stands where a name is expected");
        }

        if (_tokens[_position + 1].Is("of"))
        {
            return ParseQuantifier();
        }

        if (Current.Text.Contains('*', StringComparison.Ordinal))
        {
            return Fail($"the pattern {TerminalText.Quote(Current.Text)} needs '1 of' or 'all of' before it");
        }

        return new NameSyntax(Current.Span, _tokens[_position++].Text);
    }

    private ConditionSyntax? ParseParentheses(int depth)
    {
        _position++;
        var inner = ParseOr(depth + 1);
        if (inner is not null && Current.Text != ")")
        {
            return Fail("a closing parenthesis is missing");
        }

        _position++;
        return inner;
    }

    private ConditionSyntax? ParseQuantifier()
    {
        var quantifier = Current;
        if (!quantifier.Is("1") && !quantifier.Is("any") && !quantifier.Is("all"))
        {
            var message = $"'{TerminalText.Escape(quantifier.Text)} of' is not supported";
            _bag.Report(DiagnosticCatalogue.BadQuantifier, quantifier.Span, message);
            return null;
        }

        _position += 2;
        if (!Current.IsWord)
        {
            return Fail("'of' must be followed by 'them' or a pattern of names");
        }

        var pattern = _tokens[_position++].Text;
        var them = pattern.Equals("them", StringComparison.OrdinalIgnoreCase);
        return new QuantifierSyntax(quantifier.Span, quantifier.Is("all"), them ? null : pattern);
    }

    private ConditionSyntax? TooDeep()
    {
        var message = $"parentheses and negations are nested more than {MaxDepth} levels deep";
        _bag.Report(DiagnosticCatalogue.ConditionTooLarge, Current.Span, message);
        return null;
    }

    private ConditionSyntax? Fail(string message)
    {
        _bag.Report(DiagnosticCatalogue.ConditionSyntax, Current.Span, message);
        return null;
    }
}
