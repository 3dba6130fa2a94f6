using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>The <c>guard:</c> block. Absent means audit: published rules are detections and must never stop a server.</summary>
internal static class GuardBinder
{
    private static readonly ImmutableArray<string> Keys = ["action", "on_unknown"];
    private static readonly ImmutableArray<string> Actions = ["audit", "block"];
    private static readonly ImmutableArray<string> Outcomes = ["allow", "deny"];

    public static GuardNode Bind(YamlEntry? entry, DiagnosticBag bag)
    {
        var action = RuleAction.Audit;
        var onUnknown = OnUnknown.Allow;
        foreach (var (key, value) in NodeReading.Map(entry, bag)?.Entries ?? [])
        {
            switch (key.Text)
            {
                case "action":
                    action = Choose(key, value, Actions, bag) == 1 ? RuleAction.Block : RuleAction.Audit;
                    break;
                case "on_unknown":
                    onUnknown = Choose(key, value, Outcomes, bag) == 1 ? OnUnknown.Deny : OnUnknown.Allow;
                    break;
                default:
                    var message = $"guard has no key {TerminalText.Quote(key.Text)}";
                    var hint = NearestName.Hint(key.Text, Keys, "keys of guard");
                    bag.Report(DiagnosticCatalogue.GuardUnknownKey, key.Span, message, hint);
                    break;
            }
        }

        return new GuardNode(action, onUnknown);
    }

    private static int Choose(YamlScalar key, YamlNode value, ImmutableArray<string> permitted, DiagnosticBag bag)
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
