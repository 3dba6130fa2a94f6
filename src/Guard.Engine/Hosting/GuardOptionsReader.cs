using System.Text;
using Guard.Policies;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Guard.Engine.Hosting;

/// <summary>Reads guard.yaml. Whatever it does not know is an error with a position.</summary>
internal static class GuardOptionsReader
{
    private const int MaxBytes = 1 << 20;

    /// <summary>Reads a file.</summary>
    /// <exception cref="ConfigurationException">It is absent, too large or wrong.</exception>
    public static GuardOptions ReadFile(string path)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            if (stream.Length > MaxBytes)
            {
                throw new ConfigurationException(path, 0, 0, "larger than 1 MiB");
            }
            using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true));
            return Read(path, reader.ReadToEnd());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new ConfigurationException(path, 0, 0, e is DecoderFallbackException ? "not UTF-8" : e.Message);
        }
    }

    /// <summary>Reads a text; the name is for messages.</summary>
    /// <exception cref="ConfigurationException">It is wrong.</exception>
    public static GuardOptions Read(string name, string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new ConfigurationException(name, e.Start.Line, e.Start.Column, e.Message);
        }
        return stream.Documents.Count switch
        {
            0 => new GuardOptions(),
            1 => Bind(new ConfigurationMap(name, stream.Documents[0].RootNode, "the file")),
            _ => throw new ConfigurationException(name, 0, 0, "more than one YAML document"),
        };
    }

    private static GuardOptions Bind(ConfigurationMap root)
    {
        var defaults = new GuardOptions();
        var options = new GuardOptions
        {
            Failure = root.OneOf("failure", "open", "closed") == "closed" ? FailureMode.Closed : FailureMode.Open,
            ObserveExec = root.Flag("observe_exec") ?? defaults.ObserveExec,
            Survival = root.Map("survival") is { } survival ? BindSurvival(survival) : defaults.Survival,
            Trail = root.Map("trail") is { } trail ? BindTrail(trail) : defaults.Trail,
            Sinks = BindSinks(root.Maps("sinks")),
            Socket = root.AbsolutePath("socket") ?? defaults.Socket,
            BpfObject = root.AbsolutePath("bpf_object") ?? defaults.BpfObject,
        };
        root.Done();
        return options;
    }

    private static SurvivalEntries BindSurvival(ConfigurationMap map)
    {
        var entries = new SurvivalEntries([.. map.AbsolutePaths("programs")], [.. map.AbsolutePaths("files")]);
        map.Done();
        return entries.Programs.IsEmpty && entries.Files.IsEmpty ? SurvivalEntries.None : entries;
    }

    private static TrailOptions BindTrail(ConfigurationMap map)
    {
        var defaults = new TrailOptions();
        var trail = new TrailOptions
        {
            Path = map.AbsolutePath("path") ?? defaults.Path,
            MaxBytes = map.Number("max_bytes", 1 << 20, 1L << 50) ?? defaults.MaxBytes,
            MaxAgeDays = (int)(map.Number("max_age_days", 1, 36500) ?? defaults.MaxAgeDays),
        };
        map.Done();
        return trail;
    }

    private static List<SinkOptions> BindSinks(IReadOnlyList<ConfigurationMap> maps)
    {
        var sinks = new List<SinkOptions>();
        foreach (var map in maps)
        {
            var sink = new SinkOptions(
                map.RequiredText("name"),
                map.OneOf("type", "syslog") ?? throw map.Error("'type' is missing"),
                map.RequiredText("host"),
                (int)(map.Number("port", 1, 65535) ?? 514));
            map.Done();
            if (sinks.Exists(other => other.Name == sink.Name))
            {
                throw map.Error($"a second sink with the name '{sink.Name}'");
            }
            sinks.Add(sink);
        }
        return sinks;
    }
}
