using System.CommandLine;
using System.CommandLine.Invocation;
using Guard.Policies.Binding;

namespace Guard.Cli;

/// <summary>
/// A word that stands where a command must stand and is none. The library says so once for the missing command and once
/// for each word of the line, and not what was meant.
/// </summary>
internal static class MistypedCommand
{
    /// <summary>What is wrong with the first such word of a line; null: there is none.</summary>
    public static string? Find(ParseResult parsed)
    {
        var commands = parsed.CommandResult.Command.Subcommands;
        if (commands.Count == 0 || parsed.Action is not ParseErrorAction || parsed.UnmatchedTokens is not [var word, ..])
        {
            return null;
        }
        if (word.StartsWith('-'))
        {
            return $"unknown option '{word}'";
        }
        var near = NearestName.Find(word, commands.Select(command => command.Name));
        return $"unknown command '{word}'" + (near is null ? "" : $"; did you mean '{near}'?");
    }
}
