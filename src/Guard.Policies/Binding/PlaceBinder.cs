using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>Values that say where a process is: units, cgroups, containers, mount namespaces.</summary>
internal sealed class PlaceBinder(DiagnosticBag bag)
{
    /// <summary>Units, by the names that systemctl lists. In a scope they are written out and with their case.</summary>
    public TextItem? BindUnits(YamlScalar key, bool all, bool inScope, ImmutableArray<YamlScalar> values)
        => BindTexts(key, all, values, value =>
        {
            if (CgroupPatterns.ComplaintAboutUnit(value.Text) is { } hint && (inScope || value.Text.Contains('/', StringComparison.Ordinal)))
            {
                return Refuse(DiagnosticCatalogue.BadUnit, value, "no unit", hint);
            }

            return CgroupPatterns.Unit(ValueText.Parse(value.Text), inScope);
        });

    /// <summary>Containers, by their ids.</summary>
    public TextItem? BindContainers(YamlScalar key, bool all, ImmutableArray<YamlScalar> values)
        => BindTexts(key, all, values, value => CgroupPatterns.Container(value.Text)
            ?? Refuse(DiagnosticCatalogue.BadContainer, value, "no container", ContainerHint(value.Text)));

    /// <summary>Cgroups with what is below them.</summary>
    public TextItem? BindSubtrees(YamlScalar key, ImmutableArray<YamlScalar> values)
        => BindTexts(key, false, values, value => CgroupPatterns.Subtree(value.Text)
            ?? Refuse(DiagnosticCatalogue.BadCgroup, value, "no path of a cgroup", null));

    /// <summary>Mount namespaces: the host's, any other, or one by its number.</summary>
    public NumberItem? BindMountNamespaces(YamlScalar key, bool all, ImmutableArray<YamlScalar> values)
    {
        var sets = new List<ImmutableArray<NumberRange>>();
        foreach (var value in values)
        {
            if (value.Text is "host" or "other")
            {
                sets.Add(value.Text == "host" ? [new NumberRange(0, 0)] : [new NumberRange(1, uint.MaxValue)]);
            }
            else if (PlainScalars.TryReadUid(value.Text, out var number) && number != 0)
            {
                sets.Add([new NumberRange(number, number)]);
            }
            else
            {
                Refuse(DiagnosticCatalogue.BadMountNamespace, value, "no mount namespace", null);
            }
        }

        return sets.Count == values.Length
            ? new NumberItem(PolicyField.MountNamespace, key.Span, NumberRanges.Combine(sets, all))
            : null;
    }

    private static TextItem? BindTexts(
        YamlScalar key, bool all, ImmutableArray<YamlScalar> values, Func<YamlScalar, TextValue?> bind)
    {
        var bound = values.Select(bind).OfType<TextValue>().ToImmutableArray();
        return bound.Length == values.Length ? new TextItem(PolicyField.CgroupPath, key.Span, all, bound) : null;
    }

    private static string? ContainerHint(string value)
        => value.Length < CgroupPatterns.MinIdDigits && value.All(char.IsAsciiHexDigitLower)
            ? $"write at least {CgroupPatterns.MinIdDigits} digits of its id"
            : null;

    private TextValue? Refuse(DiagnosticDescriptor descriptor, YamlScalar value, string what, string? hint)
    {
        bag.Report(descriptor, value.Span, $"{TerminalText.Quote(value.Text)} is {what}", hint);
        return null;
    }
}
