using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Text.Json;
using Guard.Cli.Commands;
using Guard.Cli.Output;
using Guard.Protocol;

namespace Guard.Cli;

/// <summary>guardctl: the tree of commands, and the way from any outcome to an exit code.</summary>
internal static class GuardCtl
{
    /// <summary>The tree.</summary>
    public static RootCommand CreateRoot(CliEnvironment environment)
    {
        var policy = new Command("policy", "Check, push, list, show, remove, explain and evaluate policies, and find what is open against them")
        {
            PolicyCheckCommand.Create(environment),
            PolicyPushCommand.Create(environment),
            PolicyListCommand.Create(environment),
            PolicyShowCommand.Create(environment),
            PolicyRemoveCommand.Create(environment),
            PolicySweepCommand.Create(environment),
            PolicyExplainCommand.Create(environment),
            PolicyEvalCommand.Create(environment),
        };
        var audit = new Command("audit", "Read the audit trail")
        {
            AuditListCommand.Create(environment),
            AuditFollowCommand.Create(environment),
        };
        var trace = new Command("trace", "Watch this machine live") { TraceExecCommand.Create(environment) };
        var root = new RootCommand("guardctl controls Guard: policies in the kernel, the audit trail, this machine's state")
        {
            StatusCommand.Create(environment),
            DoctorCommand.Create(environment),
            policy,
            audit,
            trace,
            VersionCommand.Create(environment),
            CompletionCommand.Create(environment),
        };
        root.Options.Add(GlobalOptions.Socket);
        root.Options.Add(GlobalOptions.Format);
        root.Options.Add(GlobalOptions.Color);
        // The library's own has aliases that no Unix command has.
        root.Options.Remove(root.Options.OfType<HelpOption>().Single());
        var help = new HelpOption("--help", "-h");
        help.Action = new GuardHelp((HelpAction)help.Action!);
        root.Options.Add(help);
        return root;
    }

    /// <summary>Runs a command line.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CliEnvironment environment, CancellationToken cancellationToken = default)
    {
        var root = CreateRoot(environment);
        var asked = args is ["help", ..];
        var parsed = root.Parse(asked ? [.. args.Skip(1)] : args);
        try
        {
            if (MistypedCommand.Find(parsed) is { } mistyped)
            {
                return Refuse(parsed, [mistyped], environment);
            }
            if (asked)
            {
                parsed = root.Parse([.. args.Skip(1), "--help"]);
            }
            if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction)
            {
                return Refuse(parsed, parsed.Errors.Select(error => error.Message), environment);
            }
            var configuration = new InvocationConfiguration
            {
                Output = environment.Out,
                Error = environment.Error,
                EnableDefaultExceptionHandler = false,
            };
            return await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
        }
        catch (CliException e)
        {
            Report(environment, e);
            if (parsed.CommandResult.Command is GuardCommand { JsonErrors: true } && parsed.GetValue(GlobalOptions.Format) == "json")
            {
                environment.Out.WriteLine(JsonSerializer.Serialize(new ControlError(e.Message, e.Hint), GuardJson.Default.ControlError));
            }

            return (int)e.Code;
        }
        catch (OperationCanceledException)
        {
            return (int)ExitCode.Interrupted;
        }
        catch (IOException e)
        {
            return (int)Unwritten(environment, e);
        }
        catch (UnauthorizedAccessException e) when (e.InnerException is IOException closed)
        {
            // What .NET makes of EBADF: stdout was closed before the start.
            return (int)Unwritten(environment, closed);
        }
    }

    /// <summary>
    /// What became of output that can't be written. Never 0: a script that asks whether a policy is accepted must not take
    /// a full disk or a reader that has gone for a yes.
    /// </summary>
    /// <param name="environment">Where the error goes.</param>
    /// <param name="failure">What the write ended with; .NET keeps errno in HResult.</param>
    internal static ExitCode Unwritten(CliEnvironment environment, IOException failure)
    {
        const int BrokenPipe = 32;
        if (failure.HResult == BrokenPipe)
        {
            return ExitCode.ReaderGone;
        }

        environment.Error.WriteLine("guardctl: the output could not be written: " + SafeText.Line(failure.Message));
        return ExitCode.Unwritten;
    }

    private static int Refuse(ParseResult parsed, IEnumerable<string> errors, CliEnvironment environment)
    {
        foreach (var error in errors)
        {
            environment.Error.WriteLine("guardctl: " + SafeText.Line(error));
        }
        var path = new List<string>();
        for (var result = parsed.CommandResult; result.Parent is System.CommandLine.Parsing.CommandResult parent; result = parent)
        {
            path.Insert(0, result.Command.Name);
        }
        environment.Error.WriteLine("try: " + string.Join(' ', ["guardctl", .. path, "--help"]));
        return (int)ExitCode.Usage;
    }

    private static void Report(CliEnvironment environment, CliException e)
    {
        environment.Error.WriteLine("guardctl: " + SafeText.Line(e.Message));
        if (e.Hint is not null)
        {
            environment.Error.WriteLine("try: " + SafeText.Line(e.Hint));
        }
    }
}
