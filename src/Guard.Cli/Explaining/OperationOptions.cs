using System.CommandLine;
using Guard.Policies.Binding;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

namespace Guard.Cli.Explaining;

/// <summary>The options that describe an operation which is neither on the name of a file nor on a socket.</summary>
internal sealed class OperationOptions
{
    private readonly Option<string?> _way = Text("--way", "VALUE", "In what way: the value of MountAction, BpfCommand, Signal, GrantedAccess, LoadedFrom, CredentialType or Capability; needed where there are several, unless it follows from another option");
    private readonly Option<string?> _target = Text("--target", "PATH", "Its file: the module (--way file follows from it), or the place of a mount");
    private readonly Option<string?> _fileSystem = Text("--file-system", "NAME", "Type of the file system that is mounted");
    private readonly Option<string?> _targetImage = Text("--target-image", "PATH", "Program of the process that is acted on");
    private readonly Option<uint?> _newUid = OptionValues.Number<uint>("--new-uid", "N", "Effective user that is to be, by number (0); --way user follows from it");
    private readonly Option<uint?> _newGid = OptionValues.Number<uint>("--new-gid", "N", "Effective group that is to be, by number (0); --way group follows from it");

    /// <summary>Where the command line names the log source.</summary>
    public const string Source = "source";

    /// <summary>Creates them for one command.</summary>
    public OperationOptions() => _way.Offer(parsed => OperationNames.WaysOf(parsed.GetValue<string>(Source)));

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [_way, _target, _fileSystem, _targetImage, _newUid, _newGid];

    /// <summary>Paths that have to be whole ones.</summary>
    public IEnumerable<string?> Paths(CommandRun run)
        => [run.Parsed.GetValue(_target), run.Parsed.GetValue(_targetImage)];

    /// <summary>Adds what is told of the operation.</summary>
    /// <exception cref="CliException">There is no such log source, or it is not done in this way.</exception>
    public DecisionRequest Add(DecisionRequest request, CommandRun run, ToldValues told, string logSource)
    {
        var number = NumberOf(logSource, run.Parsed.GetValue(_way) ?? ImpliedWay(run, logSource));

        if (OperationNames.Of(number) is { WayField: { } field, Way: { } value })
        {
            told.Known.Add(new ExplainedValue(field, "--way", value));
        }

        RefuseUnused(run, logSource, number);
        RefuseUnusedIds(run, number);
        return request with
        {
            SystemOperation = number,
            Target = told.Text(PolicyField.TargetFilename, IsFromMemory(number) ? null : "target", run.Parsed.GetValue(_target)),
            Object = told.Text(PolicyField.FilesystemType, "file-system", run.Parsed.GetValue(_fileSystem)),
            TargetImage = told.Text(PolicyField.TargetImage, "target-image", run.Parsed.GetValue(_targetImage)),
            NewId = ReadId(run, told, number),
        };
    }

    private static string WaysHint(string logSource)
        => string.Join(", ", OperationNames.WaysOf(logSource)) is { Length: > 0 } ways ? "there are " + ways : "leave --way out: there is one way only";

    /// <summary>Which operation it is. A way that nobody has told would be an invention.</summary>
    private static uint NumberOf(string logSource, string? way)
        => OperationNames.Read(logSource, null) is null
            ? throw new CliException(
                ExitCode.Usage, $"'{logSource}' is no log source of operations", "there are " + string.Join(", ", OperationNames.LogSources))
            : way is null && OperationNames.WaysOf(logSource).Skip(1).Any()
            ? throw new CliException(ExitCode.Usage, $"{logSource} is done in several ways: say with --way in which", WaysHint(logSource))
            : OperationNames.Read(logSource, way)
                ?? throw new CliException(ExitCode.Usage, $"{logSource} is not done in the way '{way}'", WaysHint(logSource));

    private string? ImpliedWay(CommandRun run, string logSource)
        => run.Parsed.GetResult(_newGid) is not null ? "group"
            : run.Parsed.GetResult(_newUid) is not null ? "user"
            : run.Parsed.GetResult(_target) is not null && OperationNames.Has(logSource, "ImageLoaded") ? "file"
            : null;

    /// <summary>What the operation has no field for would be left out of the answer in silence.</summary>
    private void RefuseUnused(CommandRun run, string logSource, uint number)
    {
        if (IsFromMemory(number) && run.Parsed.GetResult(_target) is not null)
        {
            throw new CliException(ExitCode.Usage, $"{logSource} has no file where something is loaded from memory", "leave it out: --target");
        }

        (Option Option, string[] Fields)[] options =
        [
            (_target, ["TargetFilename", "ImageLoaded"]), (_fileSystem, ["FilesystemType"]), (_targetImage, ["TargetImage"]),
        ];
        foreach (var (option, fields) in options)
        {
            if (run.Parsed.GetResult(option) is not null && !fields.Any(field => OperationNames.Has(logSource, field)))
            {
                throw new CliException(ExitCode.Usage, $"{logSource} has no field that {option.Name} tells", "leave it out");
            }
        }
    }

    private static bool IsFromMemory(uint number) => OperationNames.Of(number) is { WayField: "LoadedFrom", Way: "memory" };

    /// <summary>The same of a uid or gid.</summary>
    private void RefuseUnusedIds(CommandRun run, uint number)
    {
        CheckUsed(_newUid, CredentialType.User);
        CheckUsed(_newGid, CredentialType.Group);

        void CheckUsed(Option<uint?> option, CredentialType type)
        {
            if (run.Parsed.GetResult(option) is not null && number != OperationNumbers.Of(OperationKind.Credentials, (uint)type))
            {
                throw new CliException(
                    ExitCode.Usage, $"{option.Name} is for process_credentials --way {type.ToString().ToLowerInvariant()}", "leave it out");
            }
        }
    }

    private uint ReadId(CommandRun run, ToldValues told, uint number)
        => number == OperationNumbers.Of(OperationKind.Credentials, (uint)CredentialType.User)
            ? told.Number(nameof(PolicyField.NewUid), run.Parsed.GetValue(_newUid) ?? 0)
            : number == OperationNumbers.Of(OperationKind.Credentials, (uint)CredentialType.Group)
                ? told.Number(nameof(PolicyField.NewGid), run.Parsed.GetValue(_newGid) ?? 0)
                : 0;

    private static Option<string?> Text(string name, string helpName, string description)
        => new(name) { Description = description, HelpName = helpName };
}
