using System.CommandLine;
using System.CommandLine.Parsing;
using Guard.Cli.Policies;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

namespace Guard.Cli.Explaining;

/// <summary>The options that describe an operation. What is not told is unknown, as it can be to the kernel.</summary>
internal sealed class ExplainOptions
{
    private static readonly string[] Unknowns =
    [
        "image", "invoked", "command-line", "cwd", "parent-image", "parent-command", "ancestor", "cgroup", "target",
        "file-system", "target-image", "sha256",
    ];

    private static readonly string[] Kinds =
    [
        "read", "write", "append", "create", "truncate", "exec", "delete", "rename", "link", "chmod", "chown", "xattr", "times",
        "setid", "executable",
    ];

    private static readonly string[] Properties = [.. Enum.GetNames<ImageProperties>().Skip(1).Select(name => name.ToLowerInvariant())];

    private readonly RuleCategory _category;
    private readonly PlaceOptions _place = new();
    private readonly OperationOptions _own = new();
    private readonly Option<string?> _image = Text("--image", "PATH", "Program, by its resolved path");
    private readonly Option<string?> _invoked = Text("--invoked", "NAME", "Program, as it was called");
    private readonly Option<string?> _command = Text("--command", "TEXT", "Its arguments joined by blanks, its name first");
    private readonly Option<string?> _directory = Text("--cwd", "PATH", "Directory that it is in");
    private readonly Option<string?> _parentImage = Text("--parent-image", "PATH", "Program of the parent");
    private readonly Option<string?> _parentCommand = Text("--parent-command", "TEXT", "Arguments of the parent");
    private readonly Option<string?> _digest = Text("--sha256", "DIGEST", "Digest of the file, 64 hexadecimal digits");
    private readonly Option<string?> _user = Text("--user", "NAME", "Effective user (root)");
    private readonly Option<uint?> _uid = OptionValues.Number<uint>("--uid", "N", "Effective user, by number");

    private readonly Option<uint?> _logon
        = OptionValues.Number<uint>("--logon-id", "N", "Login uid (4294967295: nobody has logged in)");

    private readonly Option<string[]> _ancestor = new("--ancestor")
    {
        Description = "Program of an ancestor above the parent; repeat it for all of them",
        HelpName = "PATH",
    };

    private readonly Option<string[]> _unknown = new("--unknown")
    {
        Description = "A value that is not known, whatever else is told; may be repeated: " + string.Join(", ", Unknowns),
        HelpName = "VALUE",
    };

    private readonly Option<string[]> _access = new("--access")
    {
        Description = "Kind of the access (read); may be repeated: " + string.Join(", ", Kinds),
        HelpName = "KIND",
    };

    private readonly Option<bool> _isDirectory = new("--is-directory")
    {
        Description = "With --access rename: the path is a directory, as it is where this machine has one there",
    };

    private readonly Option<string[]> _properties = new("--properties")
    {
        Description = "Properties of the program (none), with commas between them: " + string.Join(", ", Properties),
        HelpName = "LIST",
    };

    private readonly Option<string?> _operation = Text("--operation", "KIND", "What is done (connect)");
    private readonly Option<string?> _protocol = Text("--protocol", "NAME", "Protocol of the socket (tcp), by name or number");

    private readonly Argument<string[]> _arguments = new("args")
    {
        Description = "After --: the arguments, the program's name first, instead of --command",
        HelpName = "ARGS",
        Arity = ArgumentArity.ZeroOrMore,
    };

    /// <summary>Creates them for one command.</summary>
    /// <param name="category">Any that a kernel decides.</param>
    public ExplainOptions(RuleCategory category)
    {
        _category = category;
        _unknown.AcceptOnly(Unknowns);
        _access.AcceptOnly(Kinds);
        _properties.Offer(_ => Properties);
        _operation.AcceptOnly(ExplainedSocket.Operations);
        _protocol.Offer(_ => ExplainedSocket.ProtocolNames);
    }

    private bool IsExec => _category == RuleCategory.ProcessCreation;

    private bool IsNetwork => _category == RuleCategory.NetworkConnection;

    private bool IsOperation => _category == RuleCategory.Operation;

    /// <summary>Adds the options, and the arguments after <c>--</c>, to a command.</summary>
    public void AddTo(GuardCommand command)
    {
        Option[] both = [_image, _invoked, _command, _parentImage, _parentCommand, _ancestor, _user, _uid, _logon, _unknown];
        Option[] own = _category switch
        {
            RuleCategory.ProcessCreation => [_directory, _digest, _properties],
            RuleCategory.NetworkConnection => [_operation, _protocol],
            RuleCategory.Operation => [.. _own.All],
            RuleCategory.ImageLoad => [_digest],
            _ => [_access, _isDirectory],
        };
        foreach (var option in both.Concat(own))
        {
            command.Options.Add(option);
        }

        _place.AddTo(command);
        command.Arguments.Add(_arguments);
        command.Verbatim = _arguments;
        command.Validators.Add(RefuseContradictions);
    }

    /// <summary>The question that a command line asks.</summary>
    /// <exception cref="CliException">A value is none.</exception>
    public ExplainQuestion Read(CommandRun run, string path)
    {
        var parsed = run.Parsed;
        var image = parsed.GetValue(_image) ?? (IsExec ? path : null);
        var invoked = parsed.GetValue(_invoked) ?? (IsExec ? path : image);
        string?[] paths = IsNetwork ? [] : IsOperation ? [.. _own.Paths(run)] : [IsExec ? image : path];
        foreach (var told in paths)
        {
            CheckAbsolute(told, IsExec ? "the program" : "the file");
        }

        CheckAbsolute(image, "the program");
        CheckArguments(parsed);
        var command = parsed.GetValue(_arguments) is { Length: > 0 } arguments
            ? string.Join(' ', arguments)
            : parsed.GetValue(_command);
        var values = new ToldValues(parsed.GetValue(_unknown) ?? []);
        var request = new DecisionRequest(_category)
        {
            Image = values.Text(PolicyField.Image, "image", image),
            Invoked = values.Text(PolicyField.ImageInvoked, "invoked", invoked),
            CommandLine = values.Arguments(PolicyField.CommandLine, "command-line", command),
            ParentImage = values.Text(PolicyField.ParentImage, "parent-image", parsed.GetValue(_parentImage)),
            ParentInvoked = values.Again("parent-image", parsed.GetValue(_parentImage)),
            ParentCommandLine = values.Arguments(PolicyField.ParentCommandLine, "parent-command", parsed.GetValue(_parentCommand)),
            Uid = ReadUser(run, values),
            LogonId = values.Number(nameof(PolicyField.LogonId), parsed.GetValue(_logon) ?? uint.MaxValue),
        };
        request = values.Ancestors(_place.Read(run, request, values), parsed.GetValue(_ancestor) ?? []);
        if (IsOperation)
        {
            return new ExplainQuestion(path, "", _own.Add(request, run, values, path), values.Known, values.Unknown);
        }

        request = _category switch
        {
            RuleCategory.ProcessCreation => request with
            {
                CurrentDirectory = values.Text(PolicyField.CurrentDirectory, "cwd", parsed.GetValue(_directory)),
                Properties = ReadProperties(parsed, values),
                Digest = values.Text(PolicyField.Digest, "sha256", ReadDigest(parsed)),
            },
            RuleCategory.NetworkConnection => request with { Socket = ReadSocket(parsed, values, path) },
            RuleCategory.ImageLoad => request with
            {
                Target = values.Text(PolicyField.ImageLoaded, null, path),
                Digest = values.Text(PolicyField.Digest, "sha256", ReadDigest(parsed)),
            },
            _ => request with
            {
                Target = values.Text(PolicyField.TargetFilename, null, path),
                Access = values.Access(parsed.GetValue(_access) ?? []),
                RenamesDirectory = IsRenamedDirectory(parsed, path),
            },
        };
        var operation = _category switch
        {
            RuleCategory.ProcessCreation => "exec",
            RuleCategory.NetworkConnection => ExplainedSocket.WordOf(request.Socket.Operation),
            RuleCategory.ImageLoad => "load",
            _ => "open",
        };
        return new ExplainQuestion(operation, path, request, values.Known, values.Unknown);
    }

    private bool IsRenamedDirectory(ParseResult parsed, string path)
        => (parsed.GetValue(_access) ?? []).Contains("rename") && (parsed.GetValue(_isDirectory) || Directory.Exists(path));

    private RequestSocket ReadSocket(ParseResult parsed, ToldValues told, string endpoint)
        => told.Socket(ExplainedSocket.Read(
            endpoint, parsed.GetValue(_operation) ?? "connect", parsed.GetValue(_protocol) ?? "tcp"));

    private void RefuseContradictions(CommandResult result)
    {
        if (result.GetResult(_user) is not null && result.GetResult(_uid) is not null)
        {
            result.AddError("give --user or --uid");
        }

        if (result.GetValue(_isDirectory) && !(result.GetValue(_access) ?? []).Contains("rename"))
        {
            result.AddError("--is-directory goes with --access rename");
        }

        if (result.GetResult(_command) is not null && result.GetValue(_arguments) is { Length: > 0 })
        {
            result.AddError("give --command or arguments after --");
        }
    }

    /// <summary>Only what follows <c>--</c> is an argument of the program: a mistyped option must not be one.</summary>
    private void CheckArguments(ParseResult parsed)
    {
        var mark = parsed.Tokens.ToList().FindIndex(token => token.Type == TokenType.DoubleDash);
        var after = mark < 0 ? 0 : parsed.Tokens.Count - mark - 1;
        if (parsed.GetValue(_arguments) is { } arguments && arguments.Length > after)
        {
            throw new CliException(ExitCode.Usage, $"unrecognized option or argument '{arguments[0]}'", "arguments of the program stand after --");
        }
    }

    private ImageProperties ReadProperties(ParseResult parsed, ToldValues told)
    {
        var words = (parsed.GetValue(_properties) ?? []).SelectMany(list => list.Split(',')).ToList();
        return words.Find(word => !Properties.Contains(word)) is { } unknown
            ? throw new CliException(ExitCode.Usage, $"'{unknown}' is no property of a program", "properties are " + string.Join(", ", Properties))
            : told.Properties(words);
    }

    private string? ReadDigest(ParseResult parsed)
    {
        var digest = parsed.GetValue(_digest);
        return digest is null or { Length: 64 } && digest?.All(char.IsAsciiHexDigit) != false
            ? digest?.ToLowerInvariant()
            : throw new CliException(ExitCode.Usage, $"'{digest}' is no SHA-256 digest", "sha256sum prints the one of a file");
    }

    private uint ReadUser(CommandRun run, ToldValues told)
    {
        if (run.Parsed.GetValue(_uid) is { } uid)
        {
            return told.Number("Uid", uid);
        }

        var name = run.Parsed.GetValue(_user) ?? "root";
        return Accounts.Read(run.Environment).UidByName.TryGetValue(name, out var found)
            ? told.Number(nameof(PolicyField.User), found, name)
            : throw new CliException(ExitCode.Usage, $"there is no account '{name}' on this machine", "give its number: --uid N");
    }

    /// <summary>The kernel decides on whole paths; a rule would never match half a one, and that would explain nothing.</summary>
    private static void CheckAbsolute(string? path, string what)
    {
        if (path is not null && !path.StartsWith('/'))
        {
            throw new CliException(ExitCode.Usage, $"{what} must be told by its whole path, and '{path}' is none", "begin it with /");
        }

        if (path is { Length: > 1 } && path.EndsWith('/'))
        {
            throw new CliException(ExitCode.Usage, $"no path that the kernel knows ends with /, and '{path}' does", "leave the last / out");
        }

        if (path is not null && path.Length > 1 && path[1..].Split('/').Any(name => name is "" or "." or ".."))
        {
            throw new CliException(
                ExitCode.Usage, $"the kernel knows no path with //, . or .., and '{path}' is one", "realpath prints the path that it has");
        }
    }

    private static Option<string?> Text(string name, string helpName, string description)
        => new(name) { Description = description, HelpName = helpName };
}
