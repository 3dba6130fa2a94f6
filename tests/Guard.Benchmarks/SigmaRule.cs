using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Guard.Benchmarks;

/// <summary>
/// A published Sigma rule and as many copies of it as wanted, each with an id and literals of its own, so that nothing is
/// shared between them that real rules would not share.
/// </summary>
internal sealed class SigmaRule
{
    /// <summary>Fields whose values are names of accounts, numbers or words of a fixed list: another value is no rule.</summary>
    private static readonly HashSet<string> FixedFields =
        new(StringComparer.Ordinal) { "User", "ParentUser", "Access", "LogonId", "IntegrityLevel", "Initiated" };

    private readonly string _text;

    /// <summary>Takes the text of a rule file with one document.</summary>
    public SigmaRule(string text)
    {
        _text = text;
        ReadsCommandLine = text.Contains("CommandLine", StringComparison.Ordinal);
    }

    /// <summary>Whether an item asks for a command line, its own or the parent's.</summary>
    public bool ReadsCommandLine { get; }

    /// <summary>The same rule with id and literals of its own.</summary>
    /// <param name="number">From 1 to 99999; what distinguishes it.</param>
    public string Copy(int number)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(_text));
        var rule = (YamlMappingNode)stream.Documents[0].RootNode;
        var tag = number.ToString("D5", CultureInfo.InvariantCulture);
        rule.Children["id"] = new YamlScalarNode($"00000000-0000-4000-9000-0000000{tag}");
        rule.Children["title"] = new YamlScalarNode($"Copy {tag}");
        // They name the original's id, or rules that are not in the bundle.
        rule.Children.Remove("related");
        foreach (var (key, value) in (YamlMappingNode)rule.Children["detection"])
        {
            if (((YamlScalarNode)key).Value is not ("condition" or "timeframe"))
            {
                ChangeItems(value, "-" + tag);
            }
        }

        var output = new StringWriter(CultureInfo.InvariantCulture);
        stream.Save(output, assignAnchors: false);
        return output.ToString().Replace("\r", string.Empty, StringComparison.Ordinal).Replace("\n...\n", "\n", StringComparison.Ordinal);
    }

    private static void ChangeItems(YamlNode search, string tag)
    {
        switch (search)
        {
            case YamlSequenceNode list:
                foreach (var entry in list)
                {
                    ChangeItems(entry, tag);
                }

                break;
            case YamlMappingNode items:
                foreach (var (key, value) in items.Where(item => IsText(((YamlScalarNode)item.Key).Value!)))
                {
                    ChangeValues(value, tag);
                }

                break;
        }
    }

    private static bool IsText(string key)
    {
        var parts = key.Split('|');
        return !FixedFields.Contains(parts[0]) && !parts.Skip(1).Any(modifier => modifier is "re" or "cidr" or "exists");
    }

    private static void ChangeValues(YamlNode value, string tag)
    {
        if (value is YamlSequenceNode list)
        {
            foreach (var entry in list)
            {
                ChangeValues(entry, tag);
            }
        }
        else if (value is YamlScalarNode { Value: { Length: > 0 } text } scalar)
        {
            scalar.Value = Tagged(text, tag);
            scalar.Style = ScalarStyle.SingleQuoted;
        }
    }

    /// <summary>At the end, but in front of what is a wildcard or a separator there: the shape stays.</summary>
    private static string Tagged(string text, string tag)
    {
        var end = text.AsSpan().TrimEnd("*? /").Length;
        return end == 0 || text[end - 1] == '\\' ? text + tag : text.Insert(end, tag);
    }
}
