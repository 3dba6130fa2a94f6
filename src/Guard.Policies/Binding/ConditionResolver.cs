using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;

namespace Guard.Policies.Binding;

/// <summary>
/// Names of a condition to search identifiers: quantifiers become and / or over names. <c>them</c> and patterns leave
/// out names that begin with <c>_</c>, unless the pattern begins with <c>_</c>. What resolves to nothing is an error,
/// what nobody uses a warning.
/// </summary>
internal sealed class ConditionResolver
{
    /// <summary>Most search identifiers of one rule.</summary>
    public const int MaxSearches = 1000;

    private readonly ImmutableArray<SearchNode> _searches;
    private readonly ImmutableArray<string> _names;
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly DiagnosticBag _bag;
    private bool _failed;

    public ConditionResolver(ImmutableArray<SearchNode> searches, DiagnosticBag bag)
    {
        _searches = searches;
        _names = [.. searches.Select(s => s.Name)];
        _bag = bag;
    }

    /// <summary>The condition over names only, or null after a finding.</summary>
    public ConditionSyntax? Resolve(ConditionSyntax condition)
    {
        if (_searches.Length > MaxSearches)
        {
            var message = $"the rule has more than {MaxSearches} search identifiers";
            _bag.Report(DiagnosticCatalogue.ConditionTooLarge, _searches[MaxSearches].Span, message);
            return null;
        }

        var resolved = Visit(condition);
        if (_failed)
        {
            return null;
        }

        foreach (var search in _searches.Where(s => !_used.Contains(s.Name)))
        {
            var message = $"the condition does not use {TerminalText.Quote(search.Name)}";
            _bag.Report(DiagnosticCatalogue.UnusedIdentifier, search.Span, message);
        }

        return resolved;
    }

    private ConditionSyntax Visit(ConditionSyntax node)
    {
        switch (node)
        {
            case NotSyntax not:
                return not with { Operand = Visit(not.Operand) };
            case AndSyntax and:
                return and with { Operands = [.. and.Operands.Select(Visit)] };
            case OrSyntax or:
                return or with { Operands = [.. or.Operands.Select(Visit)] };
            case QuantifierSyntax quantifier:
                return Expand(quantifier);
            default:
                CheckName((NameSyntax)node);
                return node;
        }
    }

    private void CheckName(NameSyntax name)
    {
        if (_names.Contains(name.Name))
        {
            _used.Add(name.Name);
            return;
        }

        _failed = true;
        var hint = NearestName.Hint(name.Name, _names, "defined");
        var message = $"{TerminalText.Quote(name.Name)} is not defined in the detection";
        _bag.Report(DiagnosticCatalogue.UndefinedName, name.Span, message, hint);
    }

    private ConditionSyntax Expand(QuantifierSyntax quantifier)
    {
        var names = _names.Where(n => Fits(n, quantifier.Pattern)).ToList();
        if (names.Count == 0)
        {
            _failed = true;
            var message = $"no search identifier fits {TerminalText.Quote(quantifier.Pattern ?? "them")}";
            var meant = quantifier.Pattern is { } start && !start.Contains('*', StringComparison.Ordinal)
                && _names.Any(n => n.StartsWith(start, StringComparison.Ordinal)) ? $"did you mean {TerminalText.Escape(start)}*?" : null;
            _bag.Report(DiagnosticCatalogue.PatternWithoutName, quantifier.Span, message, meant);
            return quantifier;
        }

        _used.UnionWith(names);
        ImmutableArray<ConditionSyntax> operands = [.. names.Select(n => new NameSyntax(quantifier.Span, n))];
        return operands.Length == 1 ? operands[0]
            : quantifier.All ? new AndSyntax(quantifier.Span, operands)
            : new OrSyntax(quantifier.Span, operands);
    }

    private static bool Fits(string name, string? pattern)
    {
        var hidden = name.StartsWith('_') && pattern?.StartsWith('_') != true;
        return !hidden && (pattern is null || FitsPattern(name, pattern));
    }

    /// <summary><c>*</c> is any run of characters, the rest is literal; the whole name must fit.</summary>
    private static bool FitsPattern(string name, string pattern)
    {
        var parts = pattern.Split('*');
        if (parts.Length == 1)
        {
            return name == pattern;
        }

        var last = parts[^1];
        if (name.Length < parts[0].Length + last.Length
            || !name.StartsWith(parts[0], StringComparison.Ordinal)
            || !name.EndsWith(last, StringComparison.Ordinal))
        {
            return false;
        }

        var middle = name[parts[0].Length..^last.Length];
        foreach (var part in parts[1..^1])
        {
            var at = middle.IndexOf(part, StringComparison.Ordinal);
            if (at < 0)
            {
                return false;
            }

            middle = middle[(at + part.Length)..];
        }

        return true;
    }
}
