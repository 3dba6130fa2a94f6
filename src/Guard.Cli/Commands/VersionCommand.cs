using System.CommandLine;
using System.Reflection;
using Guard.Cli.Output;
using Guard.Protocol;

namespace Guard.Cli.Commands;

/// <summary><c>guardctl version</c>.</summary>
internal static class VersionCommand
{
    public static Command Create(CliEnvironment environment) => new GuardCommand(
        environment,
        "version",
        "Print the versions of guardctl and, where it answers, of guardd",
        "guardctl version -o json",
        [],
        RunAsync);

    /// <summary>As the build wrote it down.</summary>
    public static string Own
        => typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    private static async Task<ExitCode> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string? daemon = null;
        string? why = null;
        try
        {
            using var client = run.Connect();
            daemon = (await client.GetAsync(ControlApi.Status, GuardJson.Default.EngineStatus, cancellationToken).ConfigureAwait(false)).Version;
        }
        catch (CliException e)
        {
            why = e.Message;
        }
        if (run.Json)
        {
            run.WriteJson(new VersionReport(Own, daemon), CliJson.Default.VersionReport);
        }
        else
        {
            run.Out.WriteLine("guardctl " + Own);
            run.Out.WriteLine("guardd   " + SafeText.Line(daemon ?? $"unknown ({why})"));
        }
        return ExitCode.Ok;
    }
}
