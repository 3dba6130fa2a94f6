using System.CommandLine;
using Guard.Protocol;

namespace Guard.Cli;

/// <summary>Options of every command.</summary>
internal static class GlobalOptions
{
    /// <summary>--socket.</summary>
    public static Option<string> Socket { get; } = new("--socket")
    {
        Description = "Where guardd listens",
        HelpName = "PATH",
        Recursive = true,
        DefaultValueFactory = _ => ControlApi.SocketPath,
    };

    /// <summary>-o, --output.</summary>
    public static Option<string> Format { get; } = Words("--output", "-o", "Form of the output; streams are JSON lines", "table", "json");

    /// <summary>--color.</summary>
    public static Option<string> Color { get; } = Words("--color", null, "Colours; auto heeds NO_COLOR and whether stdout is a terminal", "auto", "always", "never");

    private static Option<string> Words(string name, string? alias, string description, params string[] words)
    {
        var option = new Option<string>(name, alias is null ? [] : [alias])
        {
            Description = description,
            Recursive = true,
            HelpName = string.Join('|', words),
            DefaultValueFactory = _ => words[0],
        };
        option.AcceptOnly(words);
        return option;
    }
}
