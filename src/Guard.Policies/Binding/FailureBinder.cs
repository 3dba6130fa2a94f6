using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>
/// The document with <c>guard: failure:</c>, which says what becomes of operations that the engine can't decide while the
/// bundle is in force, and of those about which a rule does not know enough and does not say <c>on_unknown</c>. A second one is an error also when it says the same: whoever changes one of them would believe it.
/// </summary>
internal static class FailureBinder
{
    private const string Key = "failure";

    /// <summary>Of the block.</summary>
    public static readonly ImmutableArray<string> Keys = [Key];

    /// <summary>Of failure.</summary>
    public static readonly ImmutableArray<string> Modes = ["open", "closed"];

    /// <summary>What the bundle says; NotSaid without such a document, or after a finding.</summary>
    public static FailureOrder Bind(IReadOnlyList<YamlMapping> documents, DiagnosticBag bag)
    {
        var metadata = new MetadataBinder(bag);
        YamlScalar? first = null;
        var order = FailureOrder.NotSaid;
        foreach (var document in documents)
        {
            metadata.CheckKeys(document, "guard");
            metadata.BindIdentity(document, "the document", string.Empty);
            var guard = (YamlMapping)document.Find("guard")!.Value;
            foreach (var key in guard.Entries.Select(e => e.Key).Where(k => !Keys.Contains(k.Text)))
            {
                GuardBinder.ReportUnknown(key, Keys, bag);
            }

            var entry = guard.Find(Key)!;
            if (first is null)
            {
                first = entry.Key;
                order = GuardBinder.Choose(entry.Key, entry.Value, Modes, bag) switch
                {
                    0 => FailureOrder.Open,
                    1 => FailureOrder.Closed,
                    _ => FailureOrder.NotSaid,
                };
            }
            else
            {
                bag.Report(DiagnosticCatalogue.SecondFailure, entry.Key.Span, $"the bundle says failure in {first.Span} already");
            }
        }

        return order;
    }

    /// <summary>
    /// The block with what it does not say for itself: a bundle that is closed refuses what is not known to match a rule that blocks.
    /// </summary>
    public static GuardNode Complete(GuardNode guard, FailureOrder order) => guard with
    {
        OnUnknown = guard.OnUnknown
            ?? (order == FailureOrder.Closed && guard.Action == RuleAction.Block ? OnUnknown.Deny : OnUnknown.Allow),
    };
}
