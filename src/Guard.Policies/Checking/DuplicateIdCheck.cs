using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;

namespace Guard.Policies.Checking;

/// <summary>An id names one rule: records, exceptions and reports refer to it.</summary>
internal static class DuplicateIdCheck
{
    public static void Run(ImmutableArray<RuleNode> rules, DiagnosticBag bag)
    {
        var first = new Dictionary<string, SourceSpan>(StringComparer.Ordinal);
        foreach (var rule in rules)
        {
            if (!first.TryAdd(rule.Identity.Id, rule.IdSpan))
            {
                var message = $"the id {rule.Identity.Id} is already used in {first[rule.Identity.Id]}";
                bag.Report(DiagnosticCatalogue.DuplicateId, rule.IdSpan, message);
            }
        }
    }
}
