using Guard.Cli.Output;

namespace Guard.Cli.Explaining;

/// <summary>An explanation for people.</summary>
internal static class ExplainText
{
    /// <summary>Writes all of it.</summary>
    public static void Write(CommandRun run, ExplainReport report)
    {
        WriteVerdict(run, report);
        foreach (var rule in report.Rules)
        {
            WriteRule(run, RoleOf(report, rule), rule);
        }

        foreach (var same in report.SameFile)
        {
            var id = same.Id is null ? "" : $" {same.Id}";
            run.Out.WriteLine($"this rule names the same file: the kernel decides it too: {SafeText.Line(same.Title)}{id} ({same.Action}) at {SafeText.Line(same.Source)}, {SafeText.Line(same.Path)}");
        }

        foreach (var value in report.Unknown)
        {
            var option = value.Option is null ? "" : $" (tell it with {value.Option})";
            run.Out.WriteLine($"unknown: {SafeText.Line(value.Field)}{option}");
        }

        foreach (var rule in report.Close)
        {
            WriteRule(run, rule.Result == "unknown" ? "unknown, which its on_unknown allows" : "does not match", rule);
        }

        if (report.MoreClose > 0)
        {
            run.Out.WriteLine($"{report.MoreClose} more rules were looked at and do not match");
        }

        run.Out.WriteLine("decided on: " + string.Join(", ", report.Known.Select(v => SafeText.Line($"{v.Field}={v.Value}"))));
    }

    private static string RoleOf(ExplainReport report, ExplainedRule rule)
        => rule == report.Rules[0] ? "decided by" : rule.Result == "unknown" ? "also decides by its on_unknown" : "also matches";

    private static void WriteVerdict(CommandRun run, ExplainReport report)
    {
        var tone = report.Verdict switch
        {
            "block" => Tone.Bad,
            "audit" => Tone.Warn,
            _ => Tone.Good,
        };
        var why = report switch
        {
            { Failure: not null, Rules.Count: 0, FailureMode: { } mode } => $": the tables could not decide ({report.Failure}), the policy's failure mode {mode} does",
            { Failure: not null, Rules.Count: 0 } => $": the tables could not decide ({report.Failure}), the failure mode of guard.yaml does",
            { Verdict: "allow", FromUnknown: true } => ": by on_unknown, because not everything is known",
            { Verdict: "allow" } => ": no rule matches",
            { FromUnknown: true, FailureMode: "closed" } =>
                ": by on_unknown (deny where a rule that blocks does not say it, because the bundle says failure: closed), because not everything is known",
            { FromUnknown: true } => ": by on_unknown, because not everything is known",
            _ => "",
        };
        run.Out.WriteLine($"{report.Operation}{(report.Path.Length == 0 ? "" : " " + SafeText.Line(report.Path))}: {run.Terminal.Paint(report.Verdict, tone)}{why}");
    }

    private static void WriteRule(CommandRun run, string role, ExplainedRule rule)
    {
        var id = rule.Id is null ? "" : $" {rule.Id}";
        run.Out.WriteLine($"{role}: {SafeText.Line(rule.Title)}{id} ({rule.Action}) at {SafeText.Line(rule.Source)}");
        foreach (var item in rule.Items)
        {
            var result = item switch
            {
                { By: not null } when rule.Result == "false" => $"holds by {item.By}, which excludes",
                { By: not null } => "holds by " + item.By,
                { Result: "unknown" } => "unknown",
                _ => "does not hold",
            };
            run.Out.WriteLine($"  {SafeText.Line(item.Source)}: {SafeText.Line(item.Text)}  [{(item.Implied ? "implied; " : "")}{result}]");
        }
    }
}
