using System.Collections.Immutable;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>What a rule decides. A missing product restricts nothing; a missing category could not be enforced.</summary>
internal static class LogSourceBinder
{
    private static readonly ImmutableArray<string> Keys = ["category", "product", "service", "definition"];
    private static readonly ImmutableArray<string> Categories = ["process_creation", "file_access"];

    /// <summary>The category, or null after a finding.</summary>
    public static RuleCategory? Bind(YamlMapping source, DiagnosticBag bag)
    {
        CheckKeys(source, bag);
        foreach (var entry in source.Entries.Where(e => Keys.Contains(e.Key.Text)))
        {
            NodeReading.Text(entry, bag);
        }

        if (source.Find("product")?.Value is YamlScalar { Text: not "linux" } product)
        {
            var message = $"the rule is for product {TerminalText.Quote(product.Text)}, not for linux";
            bag.Report(DiagnosticCatalogue.ProductNotLinux, product.Span, message);
        }

        if (source.Find("service")?.Value is YamlScalar service)
        {
            var message = $"rules over the log of service {TerminalText.Quote(service.Text)} are not supported yet";
            bag.Report(DiagnosticCatalogue.NoCategory, service.Span, message);
            return null;
        }

        if (source.Find("category") is not { } category)
        {
            bag.Report(DiagnosticCatalogue.NoCategory, source.Span, "the log source has no category");
            return null;
        }

        return BindCategory(category, bag);
    }

    private static RuleCategory? BindCategory(YamlEntry entry, DiagnosticBag bag)
    {
        if (entry.Value is not YamlScalar category)
        {
            return null;
        }

        switch (category.Text)
        {
            case "process_creation":
                return RuleCategory.ProcessCreation;
            case "file_access":
                return RuleCategory.FileAccess;
            default:
                var message = $"the category {TerminalText.Quote(category.Text)} is not supported yet";
                var hint = category.Text == "file_event"
                    ? "use category: file_access with Access: [create, write]"
                    : NearestName.Hint(category.Text, Categories, "supported");
                bag.Report(DiagnosticCatalogue.CategoryNotSupported, category.Span, message, hint);
                return null;
        }
    }

    private static void CheckKeys(YamlMapping source, DiagnosticBag bag)
    {
        foreach (var key in source.Entries.Select(e => e.Key).Where(k => !Keys.Contains(k.Text)))
        {
            var message = $"logsource has no key {TerminalText.Quote(key.Text)}";
            if (NearestName.Find(key.Text, Keys) is { } near)
            {
                bag.Report(DiagnosticCatalogue.MisspeltKey, key.Span, message, $"did you mean '{near}'?");
            }
            else
            {
                bag.Report(DiagnosticCatalogue.CustomKey, key.Span, message);
            }
        }
    }
}
