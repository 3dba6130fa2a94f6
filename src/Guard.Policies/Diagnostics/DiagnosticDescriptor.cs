namespace Guard.Policies.Diagnostics;

/// <summary>One row of the catalogue: a kind of finding. Its id never changes meaning and is never reused.</summary>
/// <param name="Id"><c>GP</c> and four digits.</param>
/// <param name="Severity">Error or warning.</param>
/// <param name="Title">What is wrong in general; a finding's message says it in particular.</param>
/// <param name="Hint">What to do about it unless the finding has a better hint.</param>
public sealed record DiagnosticDescriptor(string Id, DiagnosticSeverity Severity, string Title, string Hint);
