using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>
/// <c>guard: scope:</c>, which says where a process must be for the rule to concern it. Every key must hold, any of its
/// values will do; what stands under <c>not</c> must all not hold. It is short for items of the detection, and means
/// nothing else. Events of other logs say nothing of it: offline, rules are tried without their scope.
/// </summary>
internal sealed class ScopeBinder
{
    private static readonly ImmutableArray<string> Places =
        ["unit", "cgroup", "container", "user", "group", "login_user", "mount_namespace"];

    private static readonly ImmutableArray<string> Keys = [.. Places, "not"];

    private const string Example = "write what is meant and its name, as in {unit: nginx.service} or {user: deploy}; guard-policy(5) has all of them under SCOPE";

    private readonly DiagnosticBag _bag;
    private readonly KernelItemBinder? _items;

    public ScopeBinder(CompilerOptions options, ValueLists lists, DiagnosticBag bag)
    {
        _bag = bag;
        _items = options.Domain == PolicyDomain.Kernel ? new KernelItemBinder(default, options, lists, bag) : null;
    }

    /// <summary>The items; none after a finding.</summary>
    public ImmutableArray<ItemNode> Bind(YamlEntry entry)
    {
        if (_items is null || NodeReading.Map(entry, _bag, Example) is not { } map)
        {
            return [];
        }

        var items = Bind(map, Keys, "scope");
        if (map.Find("not") is { } not && NodeReading.Map(not, _bag, Example) is { } outside)
        {
            items.AddRange(Bind(outside, Places, "not").Select(item => item with { Negated = !item.Negated }));
        }

        return [.. items];
    }

    private List<ItemNode> Bind(YamlMapping map, ImmutableArray<string> keys, string where)
    {
        var items = new List<ItemNode>();
        if (map.Entries.IsEmpty)
        {
            _bag.Report(DiagnosticCatalogue.ScopeEmpty, map.Span, $"{where} is empty");
        }

        foreach (var entry in map.Entries)
        {
            if (!keys.Contains(entry.Key.Text))
            {
                var message = $"{where} has no key {TerminalText.Quote(entry.Key.Text)}";
                var hint = NearestName.Hint(entry.Key.Text, keys, "keys");
                _bag.Report(DiagnosticCatalogue.ScopeUnknownKey, entry.Key.Span, message, hint);
            }
            else if (entry.Key.Text != "not" && _items!.BindPlace(entry) is { } item)
            {
                items.Add(item);
            }
        }

        return items;
    }
}
