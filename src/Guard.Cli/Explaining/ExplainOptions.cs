using System.CommandLine;
using System.Globalization;
using Guard.Cli.Policies;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

namespace Guard.Cli.Explaining;

/// <summary>The options that describe an operation. What is not told is unknown, as it can be to the kernel.</summary>
internal sealed class ExplainOptions
{
    private readonly Option<string?> _image = Text("--image", "PATH", "Program, by its resolved path");
    private readonly Option<string?> _invoked = Text("--invoked", "NAME", "Program, as it was called");
    private readonly Option<string?> _parentImage = Text("--parent-image", "PATH", "Program of the parent");
    private readonly Option<string?> _user = Text("--user", "NAME", "Effective user (root)");
    private readonly Option<uint?> _uid = new("--uid") { Description = "Effective user, by number", HelpName = "N" };

    private readonly Option<string[]> _unknown = new("--unknown")
    {
        Description = "A value that is not known, whatever else is told",
        HelpName = "VALUE",
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<string[]> _access = new("--access")
    {
        Description = "Kind of the access (read); may be repeated",
        HelpName = "KIND",
    };

    /// <summary>Options that tell a text, in the order in which they are shown.</summary>
    private static readonly string[] UnknownWords = ["image", "invoked", "parent-image"];

    /// <summary>Creates them for one command.</summary>
    public ExplainOptions()
    {
        _unknown.AcceptOnlyFromAmong(UnknownWords);
        _access.AcceptOnlyFromAmong("read", "write", "append", "create", "truncate", "exec");
    }

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command, RuleCategory category)
    {
        foreach (var option in (Option[])[_image, _invoked, _parentImage, _user, _uid, _unknown])
        {
            command.Options.Add(option);
        }

        if (category == RuleCategory.FileAccess)
        {
            command.Options.Add(_access);
        }

        command.Validators.Add(result =>
        {
            if (result.GetResult(_user) is not null && result.GetResult(_uid) is not null)
            {
                result.AddError("give --user or --uid");
            }
        });
    }

    /// <summary>The question that a command line asks.</summary>
    /// <exception cref="CliException">A value is none.</exception>
    public ExplainQuestion Read(CommandRun run, RuleCategory category, string path)
    {
        var isExec = category == RuleCategory.ProcessCreation;
        var asked = new Asked(run.Parsed.GetValue(_unknown) ?? []);
        var image = run.Parsed.GetValue(_image) ?? (isExec ? path : null);
        var invoked = run.Parsed.GetValue(_invoked) ?? (isExec ? path : image);
        CheckAbsolute(isExec ? image : path, isExec ? "the program" : "the file");
        var parent = run.Parsed.GetValue(_parentImage);
        var request = new DecisionRequest(category)
        {
            Image = asked.Text("Image", "--image", image),
            Invoked = asked.Text("ImageInvoked", "--invoked", invoked),
            ParentImage = asked.Text("ParentImage", "--parent-image", parent),
            ParentInvoked = asked.Again("ParentImage", parent),
            Uid = asked.Number("User", "--user", ReadUser(run)),
        };
        if (!isExec)
        {
            request = request with
            {
                Target = asked.Text("TargetFilename", null, path),
                Access = asked.Access(run.Parsed.GetValue(_access)),
            };
        }

        return new ExplainQuestion(isExec ? "exec" : "open", path, request, asked.Known, asked.Unknown);
    }

    private uint ReadUser(CommandRun run)
    {
        if (run.Parsed.GetValue(_uid) is { } uid)
        {
            return uid;
        }

        var name = run.Parsed.GetValue(_user) ?? "root";
        return Accounts.Read(run.Environment.PasswdFile).UidByName.TryGetValue(name, out var found)
            ? found
            : throw new CliException(ExitCode.Usage, $"there is no account '{name}' on this machine", "give its number: --uid N");
    }

    /// <summary>The kernel decides on whole paths; a rule would never match half a one, and that would explain nothing.</summary>
    private static void CheckAbsolute(string? path, string what)
    {
        if (path is not null && !path.StartsWith('/'))
        {
            throw new CliException(ExitCode.Usage, $"{what} must be told by its whole path, and '{path}' is none", "begin it with /");
        }
    }

    private static Option<string?> Text(string name, string helpName, string description)
        => new(name) { Description = description, HelpName = helpName };

    /// <summary>Collects what is known and what is not while the request is put together.</summary>
    private sealed class Asked(string[] unknown)
    {
        public List<ExplainedValue> Known { get; } = [];

        public List<ExplainedValue> Unknown { get; } = [];

        public RequestText Text(string field, string? option, string? value)
        {
            if (value is null || (option is not null && unknown.Contains(option[2..])))
            {
                Unknown.Add(new ExplainedValue(field, option, null));
                return RequestText.Absent;
            }

            Known.Add(new ExplainedValue(field, option, value));
            return RequestText.Of(value);
        }

        /// <summary>The second text of a field that is told by one option.</summary>
        public RequestText Again(string field, string? value)
            => value is null || Unknown.Exists(u => u.Field == field) ? RequestText.Absent : RequestText.Of(value);

        public uint Number(string field, string option, uint value)
        {
            Known.Add(new ExplainedValue(field, option, value.ToString(CultureInfo.InvariantCulture)));
            return value;
        }

        public AccessKinds Access(string[]? words)
        {
            words = words is { Length: > 0 } ? words : ["read"];
            Known.Add(new ExplainedValue("Access", "--access", string.Join(',', words)));
            var kinds = words.Aggregate(AccessKinds.None, (all, word) => all | Enum.Parse<AccessKinds>(word, ignoreCase: true));
            return kinds.HasFlag(AccessKinds.Append) ? kinds | AccessKinds.Write : kinds;
        }
    }
}
