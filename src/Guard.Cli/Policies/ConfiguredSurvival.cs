using System.Collections.Immutable;
using Guard.Policies;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Guard.Cli.Policies;

/// <summary>
/// <c>survival</c> of guard.yaml, so that <c>policy check</c> finds what guardd would. guardd reads the whole file strictly and
/// decides; what can't be read here is only said.
/// </summary>
internal static class ConfiguredSurvival
{
    private const int MaxBytes = 1 << 20;

    /// <summary>The entries; none, with a note, when the file can't be read.</summary>
    public static SurvivalEntries Read(CommandRun run)
    {
        var path = run.Environment.ConfigurationFile;
        if (!File.Exists(path))
        {
            return SurvivalEntries.None;
        }

        try
        {
            return new FileInfo(path).Length > MaxBytes ? SurvivalEntries.None : Bind(File.ReadAllText(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or YamlException)
        {
            run.Note($"{path} could not be read: what its survival adds is checked by guardd only");
            return SurvivalEntries.None;
        }
    }

    private static SurvivalEntries Bind(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        var survival = stream.Documents.Count == 1 ? Find(stream.Documents[0].RootNode, "survival") : null;
        return new SurvivalEntries(Paths(survival, "programs"), Paths(survival, "files"));
    }

    private static YamlNode? Find(YamlNode? node, string key)
        => node is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

    private static ImmutableArray<string> Paths(YamlNode? survival, string key)
        => Find(survival, key) is YamlSequenceNode list
            ? [.. list.Children.OfType<YamlScalarNode>().Select(item => item.Value ?? "").Where(path => path.StartsWith('/'))]
            : [];
}
