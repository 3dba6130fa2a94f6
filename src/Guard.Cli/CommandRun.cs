using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Guard.Cli.Output;

namespace Guard.Cli;

/// <summary>One invocation: its environment and the options that every command has.</summary>
internal sealed class CommandRun
{
    /// <summary>Reads the global options.</summary>
    public CommandRun(CliEnvironment environment, ParseResult parsed)
    {
        Environment = environment;
        Parsed = parsed;
        Socket = parsed.GetValue(GlobalOptions.Socket)!;
        Json = parsed.GetValue(GlobalOptions.Format) == "json";
        Terminal = new Terminal(environment, parsed.GetValue(GlobalOptions.Color)!);
    }

    /// <summary>Everything outside.</summary>
    public CliEnvironment Environment { get; }

    /// <summary>The command line.</summary>
    public ParseResult Parsed { get; }

    /// <summary>Where guardd is asked.</summary>
    public string Socket { get; }

    /// <summary>Whether JSON is wanted.</summary>
    public bool Json { get; }

    /// <summary>For people.</summary>
    public Terminal Terminal { get; }

    /// <summary>stdout.</summary>
    public TextWriter Out => Environment.Out;

    /// <summary>A client of guardd; the caller disposes it.</summary>
    public ControlClient Connect() => new(Socket);

    /// <summary>One JSON document, or one line of a stream.</summary>
    public void WriteJson<T>(T value, JsonTypeInfo<T> type) => Out.WriteLine(JsonSerializer.Serialize(value, type));

    /// <summary>A line on stderr.</summary>
    public void Note(string text) => Environment.Error.WriteLine("guardctl: " + text);
}
