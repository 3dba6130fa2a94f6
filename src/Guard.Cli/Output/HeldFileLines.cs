using Guard.Protocol;

namespace Guard.Cli.Output;

/// <summary>What a sweep over open files found, for people.</summary>
internal static class HeldFileLines
{
    /// <summary>Nothing was found, and everything was looked at.</summary>
    public static bool IsClean(SweepOutcome outcome) => outcome is { Held: 0, Undecided: 0, Error: null };

    /// <summary>Writes nothing when the outcome is clean.</summary>
    /// <param name="run">Where to.</param>
    /// <param name="outcome">What guardd answered.</param>
    /// <param name="most">Lines about single files at most.</param>
    public static void Write(CommandRun run, SweepOutcome outcome, int most)
    {
        if (outcome.Error is { } error)
        {
            run.Out.WriteLine($"open and mapped files could not all be looked at: {SafeText.Line(error)}");
        }
        if (outcome.Undecided > 0)
        {
            run.Out.WriteLine($"{Show.Count(outcome.Undecided)} open or mapped files could not be decided about");
        }
        if (outcome.Held == 0)
        {
            return;
        }
        run.Out.WriteLine(outcome.Held == 1
            ? "1 file that the policy refuses is open or mapped already, and stays so:"
            : $"{Show.Count(outcome.Held)} files that the policy refuses are open or mapped already, and stay so:");
        foreach (var file in outcome.Files.Take(most))
        {
            run.Out.WriteLine("  " + Line(file));
        }
        var shown = Math.Min(most, outcome.Files.Count);
        if (outcome.Held > shown)
        {
            run.Out.WriteLine($"  and {Show.Count(outcome.Held - shown)} more");
        }
        WriteHints(run, outcome, shown);
    }

    private static void WriteHints(CommandRun run, SweepOutcome outcome, int shown)
    {
        if (outcome.Files.Count > shown)
        {
            run.Note($"{(outcome.Held > outcome.Files.Count ? Show.Count(outcome.Files.Count) : "all")} of them: guardctl audit list --kind file.held -n 1000");
        }
        run.Note("restart these processes to close them; sudo guardctl policy sweep looks again");
    }

    private static string Line(HeldFile file)
    {
        var rule = file.RuleTitle is { } title ? $"rule '{title}'" : "the failure mode";
        var how = file.Descriptor is { } descriptor ? $"fd {descriptor} {string.Join(',', file.Access)}" : "mapped";
        return SafeText.Line($"{file.Comm ?? "?"}[{file.Pid}] {how} {file.Path} ({rule})");
    }
}
