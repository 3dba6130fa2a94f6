using System.Collections.Immutable;
using System.Text;
using Guard.Policies;
using Guard.Policies.Diagnostics;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Protocol.Host;

namespace Guard.Cli.Tests;

/// <summary>guardctl in this process, with a clock that stands still in UTC and a compiler that obeys.</summary>
internal static class Cli
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static Task<CliResult> RunAsync(params string[] args) => RunAsync(new Options(), args);

    public static async Task<CliResult> RunAsync(Options options, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var environment = new CliEnvironment
        {
            Out = output,
            Error = error,
            IsTerminal = options.IsTerminal,
            Width = options.Width,
            NoColor = options.NoColor,
            Time = options.Time ?? new Clock(),
            Compile = options.Compile,
            ConfigurationFile = options.ConfigurationFile,
            HostChecks = () => options.HostChecks,
            OpenInput = () => options.Input,
        };
        var code = await GuardCtl.RunAsync(args, environment).WaitAsync(TimeSpan.FromSeconds(30));
        return new CliResult(code, output.ToString(), error.ToString());
    }

    /// <summary>One block rule per file whose text has the word rule; a file with the word bad is an error in line 3.</summary>
    public static CompilationResult Compile(IReadOnlyList<PolicyFile> files, CompilerOptions options)
    {
        var findings = ImmutableArray.CreateBuilder<Diagnostic>();
        foreach (var file in files.Where(file => Text(file).Contains("bad", StringComparison.Ordinal)))
        {
            findings.Add(new Diagnostic("GP1203", DiagnosticSeverity.Error, new SourceSpan(file.Name, 3, 5), "unknown key 'selektion'", "write 'selection'"));
        }
        if (findings.Count > 0)
        {
            return new CompilationResult(null, null, findings.ToImmutable());
        }
        var rules = files
            .Where(file => Text(file).Contains("rule", StringComparison.Ordinal))
            .Select(file => new CompiledRule(null!, RuleCategory.ProcessCreation, RuleAction.Block, OnUnknown.Allow));
        return new CompilationResult(new PolicyImage(new byte[128], [.. rules]), null, []);
    }

    private static string Text(PolicyFile file) => Encoding.UTF8.GetString(file.Content.Span);

    internal sealed record Options
    {
        public string ConfigurationFile { get; init; } = "/nowhere";

        public bool IsTerminal { get; init; }

        public int Width { get; init; } = 80;

        public bool NoColor { get; init; }

        public TimeProvider? Time { get; init; }

        public Func<IReadOnlyList<PolicyFile>, CompilerOptions, CompilationResult> Compile { get; init; } = Cli.Compile;

        public Stream Input { get; init; } = Stream.Null;

        public IReadOnlyList<SupportCheck> HostChecks { get; init; } = [];
    }

    private sealed class Clock : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}

internal sealed record CliResult(int Code, string Out, string Error);
