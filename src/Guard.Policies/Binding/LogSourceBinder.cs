using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>
/// The <c>logsource:</c> map. For events every log source is accepted; for a kernel it says which operation is decided,
/// and a missing category could not be enforced.
/// </summary>
internal static class LogSourceBinder
{
    private static readonly ImmutableArray<string> Keys = ["category", "product", "service", "definition"];
    private static readonly ImmutableArray<string> Categories = ["process_creation", "file_access", "file_event"];

    /// <summary>The log source of a rule.</summary>
    public static LogSourceNode Bind(YamlMapping source, PolicyDomain domain, DiagnosticBag bag)
    {
        var written = Read(source, bag);
        if (domain == PolicyDomain.Events)
        {
            return new LogSourceNode(written, RuleCategory.Event, false);
        }

        if (source.Find("product")?.Value is YamlScalar { Text: not "linux" } product)
        {
            var message = $"the rule is for product {TerminalText.Quote(product.Text)}, not for linux";
            bag.Report(DiagnosticCatalogue.ProductNotLinux, product.Span, message);
        }

        if (source.Find("service")?.Value is YamlScalar service)
        {
            var message = $"the log of service {TerminalText.Quote(service.Text)} is no operation that the kernel decides";
            bag.Report(DiagnosticCatalogue.NoCategory, service.Span, message);
        }
        else if (source.Find("category") is not { } category)
        {
            bag.Report(DiagnosticCatalogue.NoCategory, source.Span, "the log source has no category");
        }
        else if (category.Value is YamlScalar name)
        {
            return new LogSourceNode(written, CategoryOf(name, bag), name.Text == "file_event");
        }

        return new LogSourceNode(written, null, false);
    }

    /// <summary>The log source of a filter, which selects rules and so need not name an operation.</summary>
    public static RuleLogSource Read(YamlMapping source, DiagnosticBag bag)
    {
        CheckKeys(source, bag);
        foreach (var entry in source.Entries.Where(e => Keys.Contains(e.Key.Text)))
        {
            NodeReading.Text(entry, bag);
        }

        if (source.Entries.IsEmpty)
        {
            var message = "the log source has neither category nor product nor service";
            bag.Report(DiagnosticCatalogue.MissingKey, source.Span, message);
        }

        return new RuleLogSource(Text(source, "category"), Text(source, "product"), Text(source, "service"));
    }

    private static string? Text(YamlMapping source, string key) => (source.Find(key)?.Value as YamlScalar)?.Text;

    private static RuleCategory? CategoryOf(YamlScalar category, DiagnosticBag bag)
    {
        switch (category.Text)
        {
            case "process_creation":
                return RuleCategory.ProcessCreation;
            case "file_access" or "file_event":
                return RuleCategory.FileAccess;
            default:
                var message = $"the category {TerminalText.Quote(category.Text)} is no operation that the kernel decides";
                var hint = NearestName.Hint(category.Text, Categories, "decided are");
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
