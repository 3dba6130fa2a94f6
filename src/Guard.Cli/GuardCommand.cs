using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace Guard.Cli;

/// <summary>A command with an example and the exit codes that it can have: --help prints both, tests insist on both.</summary>
internal sealed class GuardCommand : Command
{
    /// <summary>A command that does something.</summary>
    public GuardCommand(CliEnvironment environment, string name, string description, string example, ExitCode[] exits, Func<CommandRun, CancellationToken, Task<ExitCode>> run)
        : base(name, description)
    {
        Example = example;
        Exits = [ExitCode.Ok, .. exits, ExitCode.Usage, ExitCode.Unwritten, ExitCode.ReaderGone];
        Validators.Add(RefuseMistypedOptions);
        SetAction(async (parsed, cancellationToken) =>
        {
            var code = await run(new CommandRun(environment, parsed), cancellationToken).ConfigureAwait(false);
            await environment.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
            return (int)code;
        });
    }

    /// <summary>The library takes an unknown option for an argument: a mistyped --dry-run must not be a path.</summary>
    private void RefuseMistypedOptions(CommandResult result)
    {
        foreach (var argument in result.Children.OfType<ArgumentResult>().Where(argument => argument.Argument != Verbatim))
        {
            foreach (var token in argument.Tokens.Where(token => token.Value.Length > 1 && token.Value[0] == '-'))
            {
                result.AddError($"Unrecognized option '{token.Value}'. (A path that begins with - is written as ./{token.Value})");
            }
        }
    }

    /// <summary>A command line to try, with what it is for.</summary>
    public string Example { get; }

    /// <summary>The argument that takes what stands after <c>--</c>, where words may begin with -; or null.</summary>
    public Argument? Verbatim { get; set; }

    /// <summary>With -o json, what keeps it from answering is a document as well, the one that guardd has for errors.</summary>
    public bool JsonErrors { get; init; }

    /// <summary>How it can end.</summary>
    public IReadOnlyList<ExitCode> Exits { get; }
}

/// <summary>--help: what the library prints, then the example and the exit codes.</summary>
internal sealed class GuardHelp : SynchronousCommandLineAction
{
    private readonly HelpAction _library;

    /// <summary>Around the library's help.</summary>
    public GuardHelp(HelpAction library) => _library = library;

    /// <inheritdoc />
    public override bool ClearsParseErrors => true;

    /// <inheritdoc />
    public override int Invoke(ParseResult parseResult)
    {
        _library.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        var command = parseResult.CommandResult.Command as GuardCommand;
        if (command is not null)
        {
            output.WriteLine("Example:");
            output.WriteLine("  " + command.Example.ReplaceLineEndings("\n  "));
            output.WriteLine();
        }
        output.WriteLine("Exit status:");
        foreach (var (code, meaning) in ExitCodes.All)
        {
            if (command is null || command.Exits.Contains(code))
            {
                output.WriteLine($"  {(int)code,-3}  {meaning}");
            }
        }
        return (int)ExitCode.Ok;
    }
}
