using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Guard.Policies.Diagnostics;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>Documents with <c>guard: list:</c>, which give a name to values that stand there or in a file of the bundle.</summary>
internal sealed partial class ListBinder
{
    /// <summary>Of the block.</summary>
    public static readonly ImmutableArray<string> Keys = ["list", "values", "file"];

    private readonly ListFiles _files;
    private readonly MetadataBinder _metadata;
    private readonly DiagnosticBag _bag;

    private ListBinder(ListFiles files, DiagnosticBag bag)
    {
        _files = files;
        _metadata = new MetadataBinder(bag);
        _bag = bag;
    }

    public static ValueLists BindAll(IEnumerable<YamlDocument> documents, ListFiles files, DiagnosticBag bag)
    {
        var binder = new ListBinder(files, bag);
        var lists = new ValueLists();
        foreach (var document in documents)
        {
            if (binder.Bind(document) is { } list && !lists.TryAdd(list))
            {
                var message = $"the list {TerminalText.Quote(list.Name)} was already defined in {lists.Find(list.Name)!.Span}";
                bag.Report(DiagnosticCatalogue.DuplicateList, list.Span, message);
            }
        }

        return lists;
    }

    private ValueList? Bind(YamlDocument document)
    {
        var map = (YamlMapping)document.Root;
        _metadata.CheckKeys(map, "guard");
        _metadata.BindIdentity(map, "the list", string.Empty);
        var guard = (YamlMapping)map.Find("guard")!.Value;
        foreach (var key in guard.Entries.Select(e => e.Key).Where(k => !Keys.Contains(k.Text)))
        {
            GuardBinder.ReportUnknown(key, Keys, _bag);
        }

        var name = NodeReading.Text(guard.Find("list"), _bag);
        if (name is not null && !Name().IsMatch(name.Text))
        {
            _bag.Report(DiagnosticCatalogue.BadListName, name.Span, $"{TerminalText.Quote(name.Text)} is not a name for a list");
        }

        return BindValues(guard, document.File) is { } values && name is not null
            ? new ValueList(name.Text, name.Span, values)
            : null;
    }

    private ImmutableArray<ListValue>? BindValues(YamlMapping guard, string from)
    {
        var (values, file) = (guard.Find("values"), guard.Find("file"));
        if (values is null == file is null)
        {
            _bag.Report(DiagnosticCatalogue.BadList, guard.Span, "a list has either values or file");
            return null;
        }

        var where = (values ?? file!).Value.Span;
        var list = values is not null ? Written(values) : FromFile(file!, from);
        if (list is { IsEmpty: true })
        {
            _bag.Report(DiagnosticCatalogue.BadList, where, "the list has no value");
            return null;
        }

        return list;
    }

    private ImmutableArray<ListValue>? Written(YamlEntry entry)
    {
        if (entry.Value is not YamlSequence list)
        {
            _bag.Report(DiagnosticCatalogue.WrongType, entry.Value.Span, "values must be a list");
            return null;
        }

        var values = new ValueBinder(PolicyDomain.Events, new ValueLists(), _bag).CheckAll(list.Items);
        if (values.FirstOrDefault(v => v.Text.Length == 0) is { } empty)
        {
            _bag.Report(DiagnosticCatalogue.BadList, empty.Span, "an empty text in a list would occur in every text");
            return null;
        }

        return values.Length == list.Items.Length ? [.. values.Select(v => new ListValue(v.Text, v.Span))] : null;
    }

    private ImmutableArray<ListValue>? FromFile(YamlEntry entry, string from)
    {
        if (NodeReading.Text(entry, _bag) is not { } name)
        {
            return null;
        }

        var values = _files.Read(name.Text, from);
        if (values is null)
        {
            var message = $"the bundle has no list file {TerminalText.Quote(name.Text)}";
            var hint = _files.Names.Count == 0 ? null : NearestName.Hint(name.Text, [.. _files.Names.Take(5)], "list files");
            _bag.Report(DiagnosticCatalogue.NoListFile, name.Span, message, hint);
        }

        return values;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_.-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
