using System.CommandLine;
using System.Globalization;
using Guard.Protocol;

namespace Guard.Cli.Commands;

/// <summary>The filters that <c>audit list</c> and <c>audit follow</c> share.</summary>
internal sealed class AuditFilters
{
    private static readonly string[] Verdicts = ["allow", "audit", "block", "kill"];

    private readonly Option<string?> _since;
    private readonly Option<string?> _until;
    private readonly Option<string?> _kind = Text("--kind", "KIND", "exec.denied, 'exec.*', policy.pushed, …");
    private readonly Option<string?> _verdict = Text("--verdict", string.Join('|', Verdicts), "What was decided");
    private readonly Option<string?> _rule = Text("--rule", "RULE", "Id or title of the rule that decided");
    private readonly Option<string?> _path = Text("--path", "GLOB", "Path of the program or file, with * and ?");
    private readonly Option<int?> _pid = OptionValues.Number<int>("--pid", "PID", "Process id");
    private readonly Option<string?> _user = Text("--user", "USER", "Account name or uid");

    public AuditFilters(CliEnvironment environment)
    {
        _verdict.AcceptOnly(Verdicts);
        _kind.Offer(_ => AuditKinds.All);
        _since = Moment(environment, "--since", "Not before: 10m, 2h, today, yesterday, boot, 2026-11-22T10:00");
        _until = Moment(environment, "--until", "Before, in the same forms");
    }

    /// <summary>The options.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_since, _until, _kind, _verdict, _rule, _path, _pid, _user])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The request.</summary>
    public string ToQuery(string path, CommandRun run, params ReadOnlySpan<(string Key, string? Value)> more)
    {
        var parsed = run.Parsed;
        return ControlClient.Query(
            path,
            [
                ("since", Time(parsed.GetValue(_since), run)),
                ("until", Time(parsed.GetValue(_until), run)),
                ("kind", parsed.GetValue(_kind)),
                ("verdict", parsed.GetValue(_verdict)),
                ("rule", parsed.GetValue(_rule)),
                ("path", parsed.GetValue(_path)),
                ("pid", parsed.GetValue(_pid)?.ToString(CultureInfo.InvariantCulture)),
                ("user", parsed.GetValue(_user)),
                .. more,
            ]);
    }

    private static string? Time(string? text, CommandRun run)
        => text is null ? null : Durations.TryMoment(text, run.Environment.Time)?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);

    private static Option<string?> Text(string name, string form, string description)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = form };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value.Length: 0 }])
            {
                result.AddError($"{name} needs a value that is not empty");
            }
        });
        return option;
    }

    private static Option<string?> Moment(CliEnvironment environment, string name, string description)
    {
        var option = Text(name, "TIME", description);
        option.Offer(_ => ["today", "yesterday", "boot"]);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: { Length: > 0 } text }] && Durations.TryMoment(text, environment.Time) is null)
            {
                result.AddError($"'{text}' is no time; write it as 10m, 2h, today, yesterday, boot or 2026-11-22T10:00");
            }
        });
        return option;
    }
}
