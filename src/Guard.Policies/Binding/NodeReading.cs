using System.Collections.Immutable;
using Guard.Policies.Diagnostics;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>Reads typed values out of nodes; every mismatch is a finding.</summary>
internal static class NodeReading
{
    /// <summary>The entry, or null after the finding that it is missing.</summary>
    public static YamlEntry? Required(YamlMapping map, string key, string where, DiagnosticBag bag)
    {
        var entry = map.Find(key);
        if (entry is null)
        {
            bag.Report(DiagnosticCatalogue.MissingKey, map.Span, $"{where} has no {key}");
        }

        return entry;
    }

    /// <summary>Text that is not empty, or null (after a finding unless the key is absent).</summary>
    public static YamlScalar? Text(YamlEntry? entry, DiagnosticBag bag)
    {
        if (entry is null)
        {
            return null;
        }

        if (entry.Value is YamlScalar { IsNull: false, Text.Length: > 0 } scalar)
        {
            return scalar;
        }

        WrongType(entry, "text", bag);
        return null;
    }

    /// <summary>A list of texts; a single text counts as a list of one where Sigma files are lenient.</summary>
    public static ImmutableArray<string> TextList(YamlEntry? entry, bool allowSingle, DiagnosticBag bag)
    {
        if (entry is null)
        {
            return [];
        }

        if (allowSingle && entry.Value is YamlScalar single)
        {
            return single.IsNull ? [] : [single.Text];
        }

        if (entry.Value is YamlSequence list && list.Items.All(i => i is YamlScalar { IsNull: false }))
        {
            return [.. list.Items.Select(i => ((YamlScalar)i).Text)];
        }

        WrongType(entry, "a list of texts", bag);
        return [];
    }

    /// <summary>A map, or null (after a finding unless the key is absent).</summary>
    /// <param name="entry">Key and value.</param>
    /// <param name="bag">Findings.</param>
    /// <param name="hint">What to write instead; null: the specification says it.</param>
    public static YamlMapping? Map(YamlEntry? entry, DiagnosticBag bag, string? hint = null)
    {
        if (entry is { Value: not YamlMapping })
        {
            WrongType(entry, "a map", bag, hint);
        }

        return entry?.Value as YamlMapping;
    }

    private static void WrongType(YamlEntry entry, string expected, DiagnosticBag bag, string? hint = null)
        => bag.Report(
            DiagnosticCatalogue.WrongType,
            entry.Value.Span,
            $"{TerminalText.Quote(entry.Key.Text)} must be {expected}, but {Describe(entry.Value)} is written",
            hint);

    public static string Describe(YamlNode node) => node switch
    {
        YamlMapping => "a map",
        YamlSequence => "a list",
        YamlScalar { IsNull: true } => "nothing",
        YamlScalar { Text.Length: 0 } => "empty text",
        _ => "a single value",
    };
}
