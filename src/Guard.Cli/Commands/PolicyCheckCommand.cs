using System.CommandLine;
using Guard.Cli.Output;
using Guard.Cli.Policies;
using Guard.Protocol;

namespace Guard.Cli.Commands;

/// <summary><c>guardctl policy check</c>: the compiler, without guardd.</summary>
internal static class PolicyCheckCommand
{
    public static Command Create(CliEnvironment environment)
    {
        var paths = CreatePaths();
        return new GuardCommand(
            environment,
            "check",
            "Compile policies on this machine and print what is wrong with them; needs neither guardd nor root",
            "guardctl policy check /usr/share/guard/policies ./my-rules.yml",
            [ExitCode.Findings, ExitCode.NotPermitted, ExitCode.NotFound],
            (run, _) => Task.FromResult(Run(run, run.Parsed.GetValue(paths)!)))
        {
            JsonErrors = true,
            Arguments = { paths },
        };
    }

    /// <summary>PATH...</summary>
    public static Argument<string[]> CreatePaths() => new("path")
    {
        Description = "Files, and directories that are read recursively (*.yml, *.yaml, and lists: *.txt, *.list)",
        HelpName = "PATH",
        Arity = ArgumentArity.OneOrMore,
    };

    private static ExitCode Run(CommandRun run, string[] paths)
    {
        var check = LocalCheck.Run(run, paths);
        var outcome = check.Outcome with { Findings = check.Shown(check.Outcome.Findings) };
        if (run.Json)
        {
            run.WriteJson(outcome, GuardJson.Default.PolicyOutcome);
        }
        else
        {
            check.WriteDiagnostics(run);
            run.Out.WriteLine(Summary(check, outcome));
        }
        return outcome.Accepted ? ExitCode.Ok : ExitCode.Findings;
    }

    /// <summary>The failure mode that a bundle says, as a part of a sentence; empty for none.</summary>
    public static string Failure(PolicyOutcome outcome) =>
        outcome.FailureMode is { } mode ? $" failure {SafeText.Line(mode)}," : "";

    private static string Summary(LocalCheck check, PolicyOutcome outcome)
    {
        var errors = outcome.Findings.Count(finding => finding.Severity == "error");
        var warnings = outcome.Findings.Count - errors;
        var (files, warned) = (Show.Several(check.FileCount, "file"), Show.Several(warnings, "warning"));
        return outcome.Accepted
            ? $"ok: {Show.Several(outcome.RuleCount, "rule")} ({outcome.BlockCount} block) in {files}, {warned};{Failure(outcome)} image {Show.Bytes(outcome.ImageBytes)}, hash {Show.Hash(outcome.Hash)}"
            : $"refused: {Show.Several(errors, "error")}, {warned} in {files}";
    }
}
