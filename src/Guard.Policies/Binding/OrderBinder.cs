using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>
/// Documents with <c>guard: rules:</c>, which order how rules are enforced that are not to be edited. One rule has one
/// order: its own block, or those of other documents if they agree.
/// </summary>
internal static class OrderBinder
{
    /// <summary>The rules with the blocks that other documents give them.</summary>
    public static ImmutableArray<RuleNode> Apply(
        IReadOnlyList<YamlMapping> documents,
        ImmutableArray<RuleNode> rules,
        RuleNames names,
        FailureOrder failure,
        ScopeBinder scopes,
        DiagnosticBag bag)
    {
        if (documents.Count == 0)
        {
            return rules;
        }

        var byName = ByName(rules);
        var ordered = rules.ToArray();
        foreach (var document in documents)
        {
            var metadata = new MetadataBinder(bag);
            metadata.CheckKeys(document, "guard");
            var identity = metadata.BindIdentity(document, "the document", string.Empty);
            var entry = document.Find("guard")!;
            var order = FailureBinder.Complete(GuardBinder.Bind(entry, ["rules"], scopes, bag)!, failure);
            foreach (var (reference, span) in References(((YamlMapping)entry.Value).Find("rules")!, identity.Title, names, bag))
            {
                foreach (var index in byName[reference])
                {
                    ordered[index] = Order(ordered[index], order with { Span = span }, bag);
                }
            }
        }

        return [.. ordered];
    }

    private static ILookup<string, int> ByName(ImmutableArray<RuleNode> rules)
        => Enumerable.Range(0, rules.Length)
            .SelectMany(i => new[] { rules[i].Identity.Id, rules[i].Name }.Distinct().Select(name => (name, i)))
            .Where(p => p.name is not null)
            .ToLookup(p => p.name!, p => p.i);

    private static IEnumerable<(string Reference, SourceSpan Span)> References(
        YamlEntry entry, string title, RuleNames names, DiagnosticBag bag)
    {
        if (entry.Value is not YamlSequence { Items.Length: > 0 } list)
        {
            bag.Report(DiagnosticCatalogue.WrongType, entry.Value.Span, "rules must be a list of ids and names", "write rules: [NAME], also for one");
            yield break;
        }

        foreach (var item in list.Items)
        {
            var text = (item as YamlScalar)?.Text ?? string.Empty;
            var reference = RuleNames.Canonical(text);
            if (names.Contains(reference))
            {
                yield return (reference, item.Span);
                continue;
            }

            var near = NearestName.Find(text, names.All);
            bag.Report(
                DiagnosticCatalogue.UnknownRule,
                item.Span,
                $"the bundle has no rule {(item is YamlScalar ? TerminalText.Quote(text) : NodeReading.Describe(item))}, which {TerminalText.Quote(title)} orders",
                near is null ? null : $"did you mean '{near}'?");
        }
    }

    private static RuleNode Order(RuleNode rule, GuardNode order, DiagnosticBag bag)
    {
        if (rule.WrittenGuard is { } written && (written.Action, written.OnUnknown, written.Mapped, written.Scope) != (order.Action, order.OnUnknown, order.Mapped, order.Scope))
        {
            var message = $"the rule {TerminalText.Quote(rule.Identity.Title)} has another order in {written.Span}";
            bag.Report(DiagnosticCatalogue.ConflictingOrders, order.Span, message);
            return rule;
        }

        return rule with { WrittenGuard = rule.WrittenGuard ?? order };
    }
}
