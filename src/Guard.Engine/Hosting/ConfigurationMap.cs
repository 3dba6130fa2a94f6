using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Guard.Engine.Hosting;

/// <summary>
/// One mapping of guard.yaml. Every key must be taken; <see cref="Done"/> refuses the ones that nobody took, so a
/// misspelt key is an error and never a default.
/// </summary>
internal sealed class ConfigurationMap
{
    private readonly string _file;
    private readonly Mark _start;
    private readonly Dictionary<string, (YamlNode Key, YamlNode Value)> _entries = new(StringComparer.Ordinal);
    private readonly List<string> _known = [];

    /// <summary>Takes a node that must be a mapping with scalar keys.</summary>
    public ConfigurationMap(string file, YamlNode node, string what)
    {
        _file = file;
        _start = node.Start;
        if (node is not YamlMappingNode map)
        {
            throw Error(node, $"{what} must be a mapping of keys to values");
        }
        foreach (var (key, value) in map.Children)
        {
            if (key is not YamlScalarNode { Value: { } name })
            {
                throw Error(key, "a key must be a plain word");
            }
            _entries.Add(name, (key, value));
        }
    }

    /// <summary>A text that is not empty, or null when the key is absent.</summary>
    public string? Text(string key)
    {
        if (Take(key) is not { } node)
        {
            return null;
        }
        return node is YamlScalarNode { Value.Length: > 0 } scalar && !IsNull(scalar)
            ? scalar.Value
            : throw Error(node, $"'{key}' needs a text");
    }

    /// <summary>A text that must be there.</summary>
    public string RequiredText(string key)
        => Text(key) ?? throw new ConfigurationException(_file, _start.Line, _start.Column, $"'{key}' is missing");

    /// <summary>An absolute path, or null.</summary>
    public string? AbsolutePath(string key)
    {
        var node = Peek(key);
        var text = Text(key);
        return text is null || (text.StartsWith('/') && !text.Contains('\0', StringComparison.Ordinal))
            ? text
            : throw Error(node!, $"'{key}' must be an absolute path");
    }

    /// <summary>A list of absolute paths; empty when absent.</summary>
    public IReadOnlyList<string> AbsolutePaths(string key)
    {
        if (Take(key) is not { } node)
        {
            return [];
        }
        var paths = new List<string>();
        foreach (var item in node is YamlSequenceNode list ? list.Children : throw Error(node, $"'{key}' must be a list"))
        {
            if (item is not YamlScalarNode { Value: ['/', ..] path } || path.Contains('\0', StringComparison.Ordinal))
            {
                throw Error(item, $"an entry of '{key}' must be an absolute path");
            }
            paths.Add(path);
        }
        return paths;
    }

    /// <summary>One of some words, or null.</summary>
    public string? OneOf(string key, params ReadOnlySpan<string> words)
    {
        var node = Peek(key);
        var text = Text(key);
        return text is null || words.Contains(text)
            ? text
            : throw Error(node!, $"'{key}' must be {string.Join(" or ", words.ToArray())}, not '{Printable(text)}'");
    }

    /// <summary>true or false, unquoted, or null.</summary>
    public bool? Flag(string key)
    {
        if (Take(key) is not { } node)
        {
            return null;
        }
        return node is YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" or "false" } scalar
            ? scalar.Value == "true"
            : throw Error(node, $"'{key}' must be true or false");
    }

    /// <summary>A whole number within bounds, or null.</summary>
    public long? Number(string key, long least, long most)
    {
        if (Take(key) is not { } node)
        {
            return null;
        }
        return node is YamlScalarNode { Style: ScalarStyle.Plain } scalar
            && long.TryParse(scalar.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most
            ? number
            : throw Error(node, string.Create(CultureInfo.InvariantCulture, $"'{key}' must be a whole number from {least} to {most}"));
    }

    /// <summary>A mapping below, or null.</summary>
    public ConfigurationMap? Map(string key) => Take(key) is { } node ? new ConfigurationMap(_file, node, $"'{key}'") : null;

    /// <summary>A list of mappings below; empty when absent.</summary>
    public IReadOnlyList<ConfigurationMap> Maps(string key)
    {
        if (Take(key) is not { } node)
        {
            return [];
        }
        return node is YamlSequenceNode list
            ? [.. list.Children.Select(item => new ConfigurationMap(_file, item, $"an entry of '{key}'"))]
            : throw Error(node, $"'{key}' must be a list");
    }

    /// <summary>Refuses keys that nobody asked for.</summary>
    public void Done()
    {
        foreach (var (name, (key, _)) in _entries)
        {
            throw Error(key, $"unknown key '{Printable(name)}'; known here: {string.Join(", ", _known)}");
        }
    }

    /// <summary>An error at this mapping.</summary>
    public ConfigurationException Error(string message) => new(_file, _start.Line, _start.Column, message);

    private ConfigurationException Error(YamlNode node, string message) => new(_file, node.Start.Line, node.Start.Column, message);

    private YamlNode? Peek(string key) => _entries.TryGetValue(key, out var entry) ? entry.Value : null;

    private YamlNode? Take(string key)
    {
        _known.Add(key);
        return _entries.Remove(key, out var entry) ? entry.Value : null;
    }

    private static bool IsNull(YamlScalarNode scalar)
        => scalar.Style == ScalarStyle.Plain && scalar.Value is "~" or "null" or "Null" or "NULL";

    private static string Printable(string text)
        => string.Concat(text.Take(60).Select(c => char.IsControl(c) ? '?' : c));
}
