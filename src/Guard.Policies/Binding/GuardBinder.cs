using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>
/// What a <c>guard:</c> block orders. Absent means audit: published rules are detections and must never stop a server.
/// </summary>
internal static class GuardBinder
{
    /// <summary>Of the block of a rule, and of an order.</summary>
    public static readonly ImmutableArray<string> Keys = ["action", "on_unknown", "mapped", "scope"];

    private const string Example = "write guard: {action: block}; guard-policy(5) says what else can stand there";

    /// <summary>Of action.</summary>
    public static readonly ImmutableArray<string> Actions = ["audit", "block"];

    /// <summary>Of on_unknown and mapped.</summary>
    public static readonly ImmutableArray<string> Outcomes = ["allow", "deny"];

    /// <summary>The block, or null when there is none.</summary>
    /// <param name="entry">The key guard, if there is one.</param>
    /// <param name="otherKeys">Keys that somebody else reads.</param>
    /// <param name="scopes">Reads the key scope.</param>
    /// <param name="bag">Findings.</param>
    public static GuardNode? Bind(YamlEntry? entry, ReadOnlySpan<string> otherKeys, ScopeBinder scopes, DiagnosticBag bag)
    {
        if (NodeReading.Map(entry, bag, Example) is not { } map)
        {
            return null;
        }

        var guard = GuardNode.Default with { Span = entry!.Key.Span };
        foreach (var (key, value) in map.Entries)
        {
            switch (key.Text)
            {
                case "action":
                    var action = Choose(key, value, Actions, bag) == 1 ? RuleAction.Block : RuleAction.Audit;
                    guard = guard with { Action = action };
                    break;
                case "on_unknown":
                    var outcome = Choose(key, value, Outcomes, bag) == 1 ? OnUnknown.Deny : OnUnknown.Allow;
                    guard = guard with { OnUnknown = outcome };
                    break;
                case "mapped":
                    guard = guard with { Mapped = Choose(key, value, Outcomes, bag) != 0 };
                    break;
                case "scope":
                    guard = guard with { Scope = scopes.Bind(new YamlEntry(key, value)) };
                    break;
                default:
                    if (!otherKeys.Contains(key.Text))
                    {
                        ReportUnknown(key, [.. Keys, .. otherKeys], bag);
                    }

                    break;
            }
        }

        return guard;
    }

    /// <summary>The finding about a key that has no meaning in its block.</summary>
    public static void ReportUnknown(YamlScalar key, ImmutableArray<string> known, DiagnosticBag bag)
    {
        var message = $"guard has no key {TerminalText.Quote(key.Text)} here";
        var hint = key.Text is "rules" or "list" or "failure"
            ? $"guard: {key.Text} is a document of its own, without logsource and detection"
            : NearestName.Hint(key.Text, known, "keys of guard");
        bag.Report(DiagnosticCatalogue.GuardUnknownKey, key.Span, message, hint);
    }

    /// <summary>The number of the permitted text that a value is; -1 after a finding.</summary>
    public static int Choose(YamlScalar key, YamlNode value, ImmutableArray<string> permitted, DiagnosticBag bag)
    {
        var text = (value as YamlScalar)?.Text;
        if (key.Text == "action" && text == "kill")
        {
            bag.Report(DiagnosticCatalogue.KillNotSupported, value.Span, "the action kill is not supported yet");
            return -1;
        }

        var index = text is null ? -1 : permitted.IndexOf(text);
        if (index < 0)
        {
            var written = text is null ? NodeReading.Describe(value) : TerminalText.Quote(text);
            var hint = NearestName.Hint(text ?? string.Empty, permitted, $"{key.Text} is one of");
            bag.Report(DiagnosticCatalogue.GuardBadValue, value.Span, $"{key.Text} cannot be {written}", hint);
        }

        return index;
    }
}
