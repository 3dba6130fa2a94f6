using System.Text.RegularExpressions;

namespace Guard.Abi.Tests;

/// <summary>The names that a header of bpf/lsm defines, read from its text.</summary>
internal sealed partial class AbiHeader(string file)
{
    private readonly string _text = Comments().Replace(
        File.ReadAllText(Path.Combine(Repository.Headers, file)), string.Empty);

    /// <summary>Macros with a value.</summary>
    public IEnumerable<string> Macros => Defines().Matches(_text).Select(m => m.Groups[1].Value);

    /// <summary>Structs with the names of their fields.</summary>
    public IEnumerable<(string Name, string[] Fields)> Structs
        => BlocksOf().Matches(_text).Select(m => (
            m.Groups[1].Value,
            FieldNames().Matches(m.Groups[2].Value).Select(f => f.Groups[1].Value).ToArray()));

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"^#define[ \t]+(GUARD_\w+)[ \t]+\S", RegexOptions.Multiline)]
    private static partial Regex Defines();

    [GeneratedRegex(@"^struct (guard_\w+) \{(.*?)^\};", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex BlocksOf();

    [GeneratedRegex(@"(\w+)(?:\[\w+\])*;")]
    private static partial Regex FieldNames();
}
