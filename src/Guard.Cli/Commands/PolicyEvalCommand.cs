using System.CommandLine;
using Guard.Cli.Policies;
using Guard.Policies;

namespace Guard.Cli.Commands;

/// <summary><c>guardctl policy eval</c>: which rules match which events, offline.</summary>
internal static class PolicyEvalCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var rules = new Option<string[]>("--rules")
        {
            Description = "Files, and directories that are read recursively (*.yml, *.yaml, and lists: *.txt, *.list); may be repeated",
            HelpName = "PATH",
            Required = true,
            Arity = ArgumentArity.OneOrMore,
        };
        var events = new Option<string>("--events")
        {
            Description = "JSON events, one per line; - is standard input",
            HelpName = "FILE",
            Required = true,
        };
        return new GuardCommand(
            environment,
            "eval",
            "Evaluate Sigma rules over events in a file and print the rules that match each; needs neither guardd nor root",
            "guardctl policy eval --rules ./rules --events events.jsonl\n"
            + "echo '{\"_category\": \"process_creation\", \"Image\": \"/usr/bin/nc\"}' | guardctl policy eval --rules a.yml --events -",
            [ExitCode.Findings, ExitCode.NotPermitted, ExitCode.NotFound, ExitCode.Interrupted],
            (run, cancellationToken) => RunAsync(run, run.Parsed.GetValue(rules)!, run.Parsed.GetValue(events)!, cancellationToken))
        {
            rules,
            events,
        };
    }

    private static async Task<ExitCode> RunAsync(CommandRun run, string[] rules, string events, CancellationToken cancellationToken)
    {
        var check = LocalCheck.Run(run, rules, PolicyDomain.Events);
        check.WriteDiagnostics(run.Environment.Error);
        if (check.Image is not { } image)
        {
            run.Note("the rules are refused; no event was evaluated");
            return ExitCode.Findings;
        }

        var shown = events == "-" ? "stdin" : events;
        using var stream = Open(run, events);
        var evaluation = new EventEvaluation(run, shown, image, check.RuleRanks());
        await evaluation.RunAsync(stream, cancellationToken).ConfigureAwait(false);
        if (evaluation.Bad == 0)
        {
            return ExitCode.Ok;
        }

        run.Note(evaluation.Bad == 1 ? "1 line was not evaluated" : $"{evaluation.Bad} lines were not evaluated");
        return ExitCode.Findings;
    }

    private static Stream Open(CommandRun run, string path)
    {
        if (path == "-")
        {
            return run.Environment.OpenInput();
        }

        if (Directory.Exists(path))
        {
            throw new CliException(ExitCode.Usage, $"{path} is a directory", $"cat {path}/*.jsonl | guardctl policy eval --rules PATH --events -");
        }

        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CliException(ExitCode.NotFound, $"{path}: no such file or directory");
        }
        catch (UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.NotPermitted, $"{path} may not be read");
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            throw new CliException(ExitCode.Findings, $"{path}: {e.Message}");
        }
    }
}
