using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Guard.Cli.Policies;
using Guard.Policies.Binding;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

namespace Guard.Cli.Explaining;

/// <summary>The options that say where a process is.</summary>
internal sealed class PlaceOptions
{
    private readonly Option<string?> _cgroup = new("--cgroup") { Description = "Its cgroup, as /proc/PID/cgroup has it", HelpName = "PATH" };
    private readonly Option<string?> _unit = new("--unit") { Description = "Unit in system.slice, instead of --cgroup", HelpName = "NAME" };
    private readonly Option<string?> _group = new("--group") { Description = "Effective group", HelpName = "NAME" };
    private readonly Option<uint?> _gid = OptionValues.Number<uint>("--gid", "N", "Effective group, by number");

    private readonly Option<string?> _namespace = new("--mount-namespace")
    {
        Description = "Mount namespace: host, or the number of another",
        HelpName = "host|N",
    };

    /// <summary>Creates them for one command.</summary>
    public PlaceOptions() => _namespace.Offer(_ => ["host"]);

    /// <summary>Adds them to a command.</summary>
    public void AddTo(GuardCommand command)
    {
        foreach (var option in new Option[] { _cgroup, _unit, _group, _gid, _namespace })
        {
            command.Options.Add(option);
        }

        command.Validators.Add(RefuseContradictions);
    }

    /// <summary>The request with what the command line says of the place; what it does not say is unknown.</summary>
    /// <exception cref="CliException">A value is none.</exception>
    public DecisionRequest Read(CommandRun run, DecisionRequest request, ToldValues told)
    {
        var unit = run.Parsed.GetValue(_unit);
        CheckUnit(unit);
        var cgroup = unit is null ? run.Parsed.GetValue(_cgroup) : "/system.slice/" + unit;
        if (cgroup?.StartsWith('/') == false)
        {
            throw new CliException(
                ExitCode.Usage, $"a cgroup is told by its whole path, and '{cgroup}' is none", "say --cgroup with the path that begins with /");
        }

        return request with
        {
            Cgroup = told.Text(PolicyField.CgroupPath, "cgroup", cgroup),
            Group = run.Parsed.GetValue(_gid) is { } gid
                ? told.NumberIfTold("Gid", _gid.Name, gid, null)
                : told.NumberIfTold(nameof(PolicyField.Group), _group.Name, ReadGroup(run), run.Parsed.GetValue(_group)),
            MountNamespace = told.NumberIfTold(
                nameof(PolicyField.MountNamespace), _namespace.Name, ReadNamespace(run), run.Parsed.GetValue(_namespace)),
        };
    }

    /// <summary>No unit is called so, and rules about the one that was meant would not hold.</summary>
    private static void CheckUnit(string? unit)
    {
        if (unit is not null && RuleWords.ComplaintAboutUnit(unit) is { } complaint)
        {
            throw new CliException(ExitCode.Usage, $"'{unit}' is no name of a unit", complaint);
        }
    }

    private void RefuseContradictions(CommandResult result)
    {
        Option[] cgroups = [_cgroup, _unit];
        Option[] groups = [_group, _gid];
        foreach (var pair in new[] { cgroups, groups }.Where(pair => pair.All(option => result.GetResult(option) is not null)))
        {
            result.AddError($"give {pair[0].Name} or {pair[1].Name}");
        }
    }

    private uint? ReadGroup(CommandRun run)
    {
        var name = run.Parsed.GetValue(_group);
        return name is null ? null
            : Accounts.Read(run.Environment).GidByName.TryGetValue(name, out var found) ? found
            : throw new CliException(ExitCode.Usage, $"there is no group '{name}' on this machine", "give its number: --gid N");
    }

    private uint? ReadNamespace(CommandRun run)
    {
        var text = run.Parsed.GetValue(_namespace);
        return text is null ? null
            : text == "host" ? 0
            : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
            : throw new CliException(
                ExitCode.Usage, $"'{text}' is no mount namespace", "say host, or the number that readlink /proc/PID/ns/mnt shows");
    }
}
