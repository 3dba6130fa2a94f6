namespace Guard.Cli.Explaining;

/// <summary>What <c>policy explain</c> says: one document as JSON, the same as text.</summary>
/// <param name="Operation">exec, open, connect, send, bind, listen, or the log source of another operation.</param>
/// <param name="Path">What is run or opened, or address and port; empty for another operation.</param>
/// <param name="Verdict">allow, audit or block.</param>
/// <param name="FromUnknown">Some on_unknown decides: that of the rule that refuses, or of one that would if more were known.</param>
/// <param name="Failure">Why the tables could not decide (then the failure mode of the engine does); null when they did.</param>
/// <param name="Policy">SHA-256 of the image.</param>
/// <param name="Known">The values that were decided on.</param>
/// <param name="Unknown">Options that would tell what is not known completely.</param>
/// <param name="Rules">The rules that match; the first one decides.</param>
/// <param name="Close">Rules that were evaluated and do not match.</param>
/// <param name="MoreClose">How many more of these there are.</param>
internal sealed record ExplainReport(
    string Operation,
    string Path,
    string Verdict,
    bool FromUnknown,
    string? Failure,
    string Policy,
    IReadOnlyList<ExplainedValue> Known,
    IReadOnlyList<ExplainedValue> Unknown,
    IReadOnlyList<ExplainedRule> Rules,
    IReadOnlyList<ExplainedRule> Close,
    int MoreClose)
{
    /// <summary>What the policy says becomes of what the tables can't decide: open, closed, or null (guard.yaml does).</summary>
    public string? FailureMode { get; init; }

    /// <summary>Rules that name, by another whole path, what on this machine is the file that was asked about.</summary>
    public IReadOnlyList<ExplainedFile> SameFile { get; init; } = [];
}

/// <summary>A rule that names a file under another name.</summary>
/// <param name="Id">Sigma's id, or null.</param>
/// <param name="Title">Sigma's title.</param>
/// <param name="Action">audit or block.</param>
/// <param name="Source">file(line,col) of the item.</param>
/// <param name="Path">The name that the rule has.</param>
internal sealed record ExplainedFile(string? Id, string Title, string Action, string Source, string Path);

/// <summary>One value of the request.</summary>
/// <param name="Field">As rules name it.</param>
/// <param name="Option">The option that says it, or null.</param>
/// <param name="Value">The value; null when unknown.</param>
internal sealed record ExplainedValue(string Field, string? Option, string? Value);

/// <summary>One rule.</summary>
/// <param name="Id">Sigma's id, or null.</param>
/// <param name="Title">Sigma's title.</param>
/// <param name="Action">audit or block.</param>
/// <param name="Source">file(line,col).</param>
/// <param name="Result">true, unknown or false.</param>
/// <param name="Items">The items that make it so.</param>
internal sealed record ExplainedRule(
    string? Id, string Title, string Action, string Source, string Result, IReadOnlyList<ExplainedItem> Items);

/// <summary>One selection item.</summary>
/// <param name="Text">As it was written, or would be.</param>
/// <param name="Source">file(line,col): where the rule has it, or where the rule begins that implies it.</param>
/// <param name="Result">true, unknown or false.</param>
/// <param name="By">What satisfied it, e.g. Image or ImageInvoked; null when it does not hold.</param>
internal sealed record ExplainedItem(string Text, string Source, string Result, string? By)
{
    /// <summary>Nobody has written it: it follows from the log source, or from what else the rule asks for.</summary>
    public bool Implied { get; init; }
}
