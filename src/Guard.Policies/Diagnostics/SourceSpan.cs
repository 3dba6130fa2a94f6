namespace Guard.Policies.Diagnostics;

/// <summary>Where something was written: a file of the bundle and a 1-based line and column (in Unicode characters).</summary>
/// <param name="File">Path of the file, relative to the bundle's root, with <c>/</c> separators.</param>
/// <param name="Line">Line, from 1; 0 when the whole file is meant.</param>
/// <param name="Column">Column, from 1; 0 when the whole line is meant.</param>
public readonly record struct SourceSpan(string File, int Line, int Column)
{
    /// <summary>The form that diagnostics and <c>explain</c> print: <c>file(line,col)</c>, or the file alone.</summary>
    public override string ToString() => Line == 0 ? File : $"{File}({Line},{Column})";
}
