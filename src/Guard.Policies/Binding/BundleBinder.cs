using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>
/// The documents of a bundle to rules. Lists come first because rules expand them, then the rules, then what speaks about
/// rules: filters, and orders to enforce; what speaks about the bundle stands alone. The order in which documents are written means nothing.
/// </summary>
internal sealed class BundleBinder
{
    private static readonly ImmutableArray<string> RefusedKinds = ["correlation", "action"];

    private readonly BundleText _bundle;
    private readonly CompilerOptions _options;
    private readonly DiagnosticBag _bag;
    private readonly List<(YamlMapping Map, string FallbackId)> _rules = [];
    private readonly List<YamlMapping> _filters = [];
    private readonly List<YamlMapping> _orders = [];
    private readonly List<YamlMapping> _failures = [];
    private readonly List<YamlDocument> _lists = [];

    private BundleBinder(BundleText bundle, CompilerOptions options, DiagnosticBag bag)
    {
        _bundle = bundle;
        _options = options;
        _bag = bag;
    }

    /// <summary>All of a bundle that has no finding of severity error.</summary>
    public static BoundBundle BindAll(BundleText bundle, CompilerOptions options, DiagnosticBag bag)
    {
        var binder = new BundleBinder(bundle, options, bag);
        binder.Sort();
        return binder.Bind();
    }

    private void Sort()
    {
        var file = string.Empty;
        var number = 0;
        foreach (var document in _bundle.Documents)
        {
            number = document.File == file ? number + 1 : 1;
            file = document.File;
            if (document.Root is YamlMapping map)
            {
                Sort(document, map, number);
            }
            else
            {
                const string message = "a rule must be a map, this document is not";
                _bag.Report(DiagnosticCatalogue.NotAMap, document.Root.Span, message);
            }
        }
    }

    private void Sort(YamlDocument document, YamlMapping map, int number)
    {
        var guard = map.Find("detection") is null ? map.Find("guard")?.Value as YamlMapping : null;
        if (map.Entries.FirstOrDefault(e => RefusedKinds.Contains(e.Key.Text)) is { } refused)
        {
            var message = refused.Key.Text == "correlation"
                ? "a correlation counts events; a verdict is made for one operation"
                : $"documents with {refused.Key.Text}: are not read";
            _bag.Report(DiagnosticCatalogue.MetaDocument, refused.Key.Span, message);
        }
        else if (map.Find("filter") is { } filter)
        {
            if (map.Entries.FirstOrDefault(e => e.Key.Text is "detection" or "guard") is { } other)
            {
                var message = $"a document has either filter or {other.Key.Text}, this one has both";
                _bag.Report(DiagnosticCatalogue.WrongType, filter.Key.Span, message, "write two documents");
                return;
            }

            _filters.Add(map);
        }
        else if (guard?.Find("list") is not null)
        {
            _lists.Add(document);
        }
        else if (guard?.Find("rules") is not null)
        {
            _orders.Add(map);
        }
        else if (guard?.Find("failure") is not null && map.Find("logsource") is null)
        {
            _failures.Add(map);
        }
        else
        {
            _rules.Add((map, $"{document.File}#{number}"));
        }
    }

    private BoundBundle Bind()
    {
        var files = new ListFiles(_bundle.ListFiles);
        var lists = ListBinder.BindAll(_lists, files, _bag);
        var binder = new RuleBinder(_options, lists, _bag);
        var rules = _rules.Select(r => binder.Bind(r.Map, r.FallbackId)).OfType<RuleNode>().ToImmutableArray();
        var names = RuleNames.Of(_rules.Select(r => r.Map));
        rules = new FilterBinder(binder, names, _options, _bag).Apply(_filters, rules);
        var failure = FailureBinder.Bind(_failures, _bag);
        rules = [.. rules.Select(r => r with { WrittenGuard = r.WrittenGuard is { } guard ? FailureBinder.Complete(guard, failure) : null })];
        rules = OrderBinder.Apply(_orders, rules, names, failure, new ScopeBinder(_options, lists, _bag), _bag);
        if (!_bag.HasErrors)
        {
            ReportUnused(files, lists);
        }

        return new BoundBundle(rules, failure);
    }

    private void ReportUnused(ListFiles files, ValueLists lists)
    {
        foreach (var list in lists.Unused)
        {
            var message = $"no rule expands the list {TerminalText.Quote(list.Name)}";
            _bag.Report(DiagnosticCatalogue.UnusedList, list.Span, message);
        }

        foreach (var file in files.Unused)
        {
            var message = $"no list is read from the file {TerminalText.Quote(file)}";
            _bag.Report(DiagnosticCatalogue.UnusedListFile, new SourceSpan(file, 0, 0), message);
        }

        if (_rules.Count == 0 && _bundle.Documents.Length > 0)
        {
            const string message = "there are filters, lists, orders or a failure mode in the bundle, but no rule";
            _bag.Report(DiagnosticCatalogue.NoRules, new SourceSpan("(bundle)", 0, 0), message);
        }
    }
}
