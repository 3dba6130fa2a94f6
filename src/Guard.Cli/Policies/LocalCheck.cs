using Guard.Cli.Output;
using Guard.Policies;
using Guard.Policies.Diagnostics;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Protocol;

namespace Guard.Cli.Policies;

/// <summary>The compiler, run here: what <c>policy check</c> is and what <c>policy push</c> does first.</summary>
internal sealed class LocalCheck
{
    private readonly BundleLoader _loader;

    private readonly CompilationResult _result;

    private LocalCheck(BundleLoader loader, CompilationResult result, PolicyOutcome outcome)
    {
        _loader = loader;
        _result = result;
        Outcome = outcome;
    }

    /// <summary>Findings with the bundle's names, counts, hash.</summary>
    public PolicyOutcome Outcome { get; }

    /// <summary>The compiled rules; null when they are refused.</summary>
    public PolicyImage? Image => _result.HasErrors ? null : _result.Image;

    /// <summary>What the rules mean; null when they are refused early.</summary>
    public NormalisedPolicy? Normalised => _result.Normalised;

    /// <summary>Loads and compiles.</summary>
    public static LocalCheck Run(CommandRun run, IEnumerable<string> paths, PolicyDomain domain = PolicyDomain.Kernel, bool allowLockOut = false)
        => Load(run, paths, OptionsOf(run, domain) with { AllowLockOut = allowLockOut });

    /// <summary>Loads and compiles what is only looked at: a rule that would lock root out can be explained.</summary>
    public static LocalCheck ToExplain(CommandRun run, IEnumerable<string> paths)
        => Load(run, paths, OptionsOf(run, PolicyDomain.Kernel) with { OnlyWarnOfLockOut = true });

    private static CompilerOptions OptionsOf(CommandRun run, PolicyDomain domain) => new()
    {
        Accounts = Accounts.Read(run.Environment),
        Domain = domain,
        Survival = ConfiguredSurvival.Read(run),
        DigestOf = new FileDigests().Find,
    };

    private static LocalCheck Load(CommandRun run, IEnumerable<string> paths, CompilerOptions options)
    {
        var loader = new BundleLoader(options);
        loader.Load(paths);
        return Compile(run, loader, options);
    }

    /// <summary>Compiles what is in force as guardd does, the self-test included, so that the hashes can be compared.</summary>
    public static LocalCheck Compile(CommandRun run, IReadOnlyList<PolicyFile> inForce)
    {
        var options = new CompilerOptions { Accounts = Accounts.Read(run.Environment), IncludeSelfTest = true, AllowLockOut = true };
        var loader = new BundleLoader(options);
        foreach (var file in inForce)
        {
            loader.Add(file);
        }

        return Compile(run, loader, options);
    }

    private static LocalCheck Compile(CommandRun run, BundleLoader loader, CompilerOptions options)
    {
        var result = run.Environment.Compile(loader.Files, options);
        return new LocalCheck(loader, result, ToOutcome(result));
    }

    /// <summary>The files that were compiled, under their names in the bundle.</summary>
    public IReadOnlyList<PolicyFile> Files => _loader.Files;

    /// <summary>A position with the path that was typed.</summary>
    public string Shown(SourceSpan span) => (span with { File = _loader.Shown(span.File) }).ToString();

    /// <summary>The bundle as it travels.</summary>
    public PolicyBundle ToBundle() => new([.. _loader.Files.Select(file => new BundleFile(file.Name, file.Content.ToArray()))]);

    /// <summary>Findings with the paths that were typed.</summary>
    public IReadOnlyList<PolicyFinding> Shown(IReadOnlyList<PolicyFinding> findings)
        => [.. findings.Select(finding => finding with { File = _loader.Shown(finding.File), Message = _loader.ShownIn(finding.Message) })];

    /// <summary>Prints the findings with the lines that they are about, under the paths that were typed.</summary>
    public void WriteDiagnostics(CommandRun run) => WriteDiagnostics(run.Out);

    /// <summary>The same, to anywhere.</summary>
    public void WriteDiagnostics(TextWriter output)
    {
        var formatter = new DiagnosticFormatter(_loader.Files.Select(f => new PolicyFile(_loader.Shown(f.Name), f.Content)));
        foreach (var diagnostic in _result.Diagnostics)
        {
            var span = diagnostic.Span;
            output.Write(formatter.Format(diagnostic with { Span = span with { File = _loader.Shown(span.File) }, Message = _loader.ShownIn(diagnostic.Message) }));
        }
    }

    /// <summary>Prints findings, one or two lines each.</summary>
    public static void WriteFindings(CommandRun run, IReadOnlyList<PolicyFinding> findings)
    {
        foreach (var finding in findings)
        {
            var place = finding switch
            {
                { File.Length: 0 } => "guardd",
                { Line: 0 } => finding.File,
                _ => $"{finding.File}({finding.Line},{finding.Column})",
            };
            var severity = run.Terminal.Paint(SafeText.Line(finding.Severity), finding.Severity == "error" ? Tone.Bad : Tone.Warn);
            run.Out.WriteLine($"{SafeText.Line(place)}: {severity} {SafeText.Line(finding.Id)}: {SafeText.Line(finding.Message)}");
            if (finding.Hint is not null)
            {
                run.Out.WriteLine($"  hint: {SafeText.Line(finding.Hint)}");
            }
        }
    }

    /// <summary>By rule number of the image: the rule's place in the order of files, then of lines.</summary>
    public IReadOnlyList<int> RuleRanks()
    {
        var files = _loader.Files.Select((file, i) => (file.Name, i)).ToDictionary(f => f.Name, f => f.i, StringComparer.Ordinal);
        var rules = Image!.Rules;
        var ordered = Enumerable.Range(0, rules.Length)
            .OrderBy(i => files.GetValueOrDefault(rules[i].Identity.Span.File, int.MaxValue))
            .ThenBy(i => rules[i].Identity.Span.Line)
            .ThenBy(i => rules[i].Identity.Span.Column);
        var ranks = new int[rules.Length];
        var rank = 0;
        foreach (var rule in ordered)
        {
            ranks[rule] = rank++;
        }

        return ranks;
    }

    /// <summary>How many files were read.</summary>
    public int FileCount => _loader.Files.Count;

    private static PolicyOutcome ToOutcome(CompilationResult result)
    {
        var rules = result.Image?.Rules ?? [];
        return new PolicyOutcome(
            !result.HasErrors && result.Image is not null,
            [.. result.Diagnostics.Select(ToFinding)],
            rules.Length,
            rules.Count(rule => rule.Action == RuleAction.Block),
            result.Image?.PolicyHash,
            null,
            result.Image?.Bytes.Length ?? 0)
        {
            FailureMode = result.Image?.Failure.ToWord(),
        };
    }

    private static PolicyFinding ToFinding(Diagnostic diagnostic) => new(
        diagnostic.Id,
        diagnostic.Severity == DiagnosticSeverity.Error ? "error" : "warning",
        diagnostic.Span.File,
        diagnostic.Span.Line,
        diagnostic.Span.Column,
        diagnostic.Message,
        diagnostic.Hint)
    {
        Details = diagnostic.Details.IsEmpty ? null : diagnostic.Details,
    };
}
