using System.CommandLine;
using System.Text;
using Guard.Cli.Explaining;
using Guard.Cli.Output;
using Guard.Cli.Policies;
using Guard.Policies.Binding;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Guard.Protocol;

namespace Guard.Cli.Commands;

/// <summary><c>guardctl policy explain</c>: what would be decided, and why.</summary>
internal static class PolicyExplainCommand
{
    private static readonly ExitCode[] Exits = [ExitCode.Findings, ExitCode.Unreachable, ExitCode.NotPermitted, ExitCode.NotFound];

    public static Command Create(CliEnvironment environment) => new("explain", "Say what would be decided about an operation, and why")
    {
        CreateOf(
            environment,
            "exec",
            RuleCategory.ProcessCreation,
            "Explain the decision about running a program",
            "guardctl policy explain exec /usr/bin/nc.openbsd --invoked nc --rules ./policies -- nc -l -p 4444"),
        CreateOf(
            environment,
            "open",
            RuleCategory.FileAccess,
            "Explain the decision about opening a file",
            "guardctl policy explain open /etc/shadow --access read --image /usr/bin/cat --rules ./policies"),
        CreateOf(
            environment,
            "load",
            RuleCategory.ImageLoad,
            "Explain the decision about mapping a library or a program for execution",
            "guardctl policy explain load /tmp/evil.so --image /usr/bin/python3 --rules ./policies"),
        CreateOf(
            environment,
            "operation",
            RuleCategory.Operation,
            "Explain the decision about a module, a kernel for kexec, a mount, bpf(2), a namespace, another process, credentials or a capability",
            "guardctl policy explain operation process_signal --way SIGKILL --target-image /usr/lib/guard/guardd --rules ./policies"),
        CreateOf(
            environment,
            "connect",
            RuleCategory.NetworkConnection,
            "Explain the decision about a connection, a send, a bind, a listen or a raw socket",
            "guardctl policy explain connect 192.0.2.1:443 --image /usr/bin/curl --uid 33 --rules ./policies"),
    };

    private static GuardCommand CreateOf(CliEnvironment environment, string name, RuleCategory category, string description, string example)
    {
        var path = category switch
        {
            RuleCategory.NetworkConnection => new Argument<string>("endpoint")
            {
                Description = "Address and port: 192.0.2.1:443, [2001:db8::1]:443; with --operation raw the family: ipv4, ipv6, packet, xdp",
                HelpName = "ADDRESS:PORT",
            },
            RuleCategory.Operation => new Argument<string>(OperationOptions.Source)
            {
                Description = "Log source of rules about it: " + string.Join(", ", OperationNames.LogSources),
                HelpName = "SOURCE",
            },
            _ => new Argument<string>("path") { Description = "What is run, opened or mapped", HelpName = "PATH" },
        };
        OfferWords(path, category);
        var rules = new Option<string[]>("--rules")
        {
            Description = "Files and directories of policies; without it, the policy in force, which guardd is asked for",
            HelpName = "PATH",
        };
        var options = new ExplainOptions(category);
        var command = new GuardCommand(environment, name, description, example, Exits, RunAsync)
        {
            JsonErrors = true,
            Arguments = { path },
            Options = { rules },
        };
        options.AddTo(command);
        return command;

        async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
        {
            var question = options.Read(run, run.Parsed.GetValue(path)!);
            var check = run.Parsed.GetValue(rules) is { Length: > 0 } paths
                ? LocalCheck.ToExplain(run, paths)
                : await PolicyOfDaemon.FetchAsync(run, cancellationToken).ConfigureAwait(false);
            return Explain(run, check, question);
        }
    }

    private static void OfferWords(Argument<string> path, RuleCategory category)
    {
        switch (category)
        {
            case RuleCategory.Operation:
                path.Offer(_ => OperationNames.LogSources);
                break;
            case RuleCategory.NetworkConnection:
                path.Offer(parsed => parsed.GetValue<string>("--operation") == "raw" ? ExplainedSocket.Families : []);
                break;
            default:
                break;
        }
    }

    /// <summary>Of a mapping, rules about programs are asked first, and have the last word when they refuse.</summary>
    private static ExplainQuestion AsKernelAsks(PolicyImage image, ExplainQuestion question)
    {
        if (question.Request.Category != RuleCategory.ImageLoad)
        {
            return question;
        }

        var asProgram = question with { Request = question.Request with { Category = RuleCategory.MappedProgram } };
        return new ImageSimulator(image).Decide(asProgram.Request).Verdict == Verdict.Block ? asProgram : question;
    }

    /// <summary>What a mount covers is decided about by rules of another log source, too.</summary>
    private static void NoteFilesBelowMount(CommandRun run, LocalCheck check, ExplainQuestion question)
    {
        var covers = OperationNames.Of(question.Request.SystemOperation) is { LogSource: "mount", Way: "new" or "bind" or "move" };
        if (question.Request.Category == RuleCategory.Operation && covers && check.Image!.Rules.Any(rule => rule.Category == RuleCategory.FileAccess))
        {
            var place = question.Request.Target.State == TextState.Absent ? "PATH" : SafeText.Line(Encoding.UTF8.GetString(question.Request.Target.Bytes.Span));
            run.Note($"rules about files are asked, too, as for a write and a rename of what is covered: guardctl policy explain open {place} --access write,rename");
        }
    }

    private static ExitCode Explain(CommandRun run, LocalCheck check, ExplainQuestion question)
    {
        check.WriteDiagnostics(run.Environment.Error);
        if (check.Image is null)
        {
            const string refused = "the rules are refused; nothing can be explained with them";
            run.Note(refused);
            if (run.Json)
            {
                run.WriteJson(new ControlError(refused, "guardctl policy check PATH"), GuardJson.Default.ControlError);
            }

            return ExitCode.Findings;
        }

        var report = Explanation.Of(check, AsKernelAsks(check.Image, question));
        if (run.Json)
        {
            run.WriteJson(report, CliJson.Default.ExplainReport);
        }
        else
        {
            ExplainText.Write(run, report);
            NoteFilesBelowMount(run, check, question);
        }

        return ExitCode.Ok;
    }
}
