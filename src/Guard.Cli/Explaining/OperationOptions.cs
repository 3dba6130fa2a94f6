using System.CommandLine;
using Guard.Policies.Binding;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

namespace Guard.Cli.Explaining;

/// <summary>The options that describe an operation which is neither on the name of a file nor on a socket.</summary>
internal sealed class OperationOptions
{
    private readonly Option<string?> _way = Text("--way", "VALUE", "In what way: the value of MountAction, BpfCommand, Signal, GrantedAccess, LoadedFrom, CredentialType or Capability");
    private readonly Option<string?> _target = Text("--target", "PATH", "Its file: the module, or the place of a mount");
    private readonly Option<string?> _fileSystem = Text("--file-system", "NAME", "Type of the file system that is mounted");
    private readonly Option<string?> _targetImage = Text("--target-image", "PATH", "Program of the process that is acted on");
    private readonly Option<uint?> _newUid = OptionValues.Number<uint>("--new-uid", "N", "Effective user that is to be, by number (0)");
    private readonly Option<uint?> _newGid = OptionValues.Number<uint>("--new-gid", "N", "Effective group that is to be, by number (0), of --way group, which follows from it");

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
        var way = run.Parsed.GetValue(_way) ?? WayOfIds(run);
        if (OperationNames.Read(logSource, way) is not { } number)
        {
            var known = string.Join(", ", OperationNames.LogSources);
            throw OperationNames.Read(logSource, null) is null
                ? new CliException(ExitCode.Usage, $"'{logSource}' is no log source of operations", $"there are {known}")
                : new CliException(ExitCode.Usage, $"{logSource} is not done in the way '{way}'", WaysHint(logSource));
        }

        if (OperationNames.Of(number) is { WayField: { } field, Way: { } value })
        {
            told.Known.Add(new ExplainedValue(field, "--way", value));
        }

        RefuseUnused(run, number);
        return request with
        {
            SystemOperation = number,
            Target = told.Text(PolicyField.TargetFilename, "target", run.Parsed.GetValue(_target)),
            Object = told.Text(PolicyField.FilesystemType, "file-system", run.Parsed.GetValue(_fileSystem)),
            TargetImage = told.Text(PolicyField.TargetImage, "target-image", run.Parsed.GetValue(_targetImage)),
            NewId = ReadId(run, told, number),
        };
    }

    private static string WaysHint(string logSource)
        => string.Join(", ", OperationNames.WaysOf(logSource)) is { Length: > 0 } ways ? "there are " + ways : "leave --way out: there is one way only";

    private string? WayOfIds(CommandRun run) => run.Parsed.GetResult(_newGid) is null ? null : "group";

    /// <summary>A value that nothing asks for would be a wrong answer.</summary>
    private void RefuseUnused(CommandRun run, uint number)
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
