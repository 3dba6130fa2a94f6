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

    /// <summary>Categories, and the kinds of access that those about files are limited to.</summary>
    private static readonly ImmutableArray<(string Name, RuleCategory Category, AccessKinds Access)> Categories =
    [
        ("process_creation", RuleCategory.ProcessCreation, AccessKinds.None),
        ("file_access", RuleCategory.FileAccess, AccessKinds.None),
        ("file_event", RuleCategory.FileAccess, AccessKinds.Create | AccessKinds.Write | AccessKinds.Truncate),
        ("file_delete", RuleCategory.FileAccess, AccessKinds.Delete),
        ("file_rename", RuleCategory.FileAccess, AccessKinds.Rename),
        ("file_change", RuleCategory.FileAccess, AccessKinds.Chmod | AccessKinds.Chown | AccessKinds.Xattr | AccessKinds.Times),
        ("image_load", RuleCategory.ImageLoad, AccessKinds.None),
        ("network_connection", RuleCategory.NetworkConnection, AccessKinds.None),
    ];

    /// <summary>All that a kernel decides.</summary>
    public static IEnumerable<string> Decided => [.. Categories.Select(c => c.Name), .. OperationVocabulary.LogSources.Select(s => s.Name)];

    /// <summary>The log source of a rule.</summary>
    public static LogSourceNode Bind(YamlMapping source, PolicyDomain domain, DiagnosticBag bag)
    {
        var written = Read(source, bag);
        if (domain == PolicyDomain.Events)
        {
            return new LogSourceNode(written, RuleCategory.Event, AccessKinds.None);
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
            return OfCategory(written, name, bag);
        }

        return new LogSourceNode(written, null, AccessKinds.None);
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

    private static LogSourceNode OfCategory(RuleLogSource written, YamlScalar category, DiagnosticBag bag)
    {
        foreach (var known in Categories.Where(c => c.Name == category.Text))
        {
            return new LogSourceNode(written, known.Category, known.Access);
        }

        if (OperationVocabulary.Find(category.Text) is { } source)
        {
            return new LogSourceNode(written, RuleCategory.Operation, AccessKinds.None) { Operation = source.Operation };
        }

        var message = $"the category {TerminalText.Quote(category.Text)} is no operation that the kernel decides";
        var hint = NearestName.Hint(category.Text, [.. Decided], "decided are");
        bag.Report(DiagnosticCatalogue.CategoryNotSupported, category.Span, message, hint);
        return new LogSourceNode(written, null, AccessKinds.None);
    }

    private static void CheckKeys(YamlMapping source, DiagnosticBag bag)
    {
        foreach (var key in source.Entries.Select(e => e.Key).Where(k => !Keys.Contains(k.Text)))
        {
            var message = $"logsource has no key {TerminalText.Quote(key.Text)}";
            if (NearestName.FindKey(key.Text, Keys) is { } near)
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
