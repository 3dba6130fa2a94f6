namespace Guard.Policies.Normalising;

/// <summary>Sigma's <c>re</c>: an unanchored search, case-sensitive unless <c>i</c> follows (semantics, statement 19).</summary>
/// <param name="Expression">As written; .NET's syntax, as far as RegexOptions.NonBacktracking accepts it.</param>
/// <param name="Flags">i, m, s.</param>
public sealed record RegexPattern(string Expression, RegexFlags Flags);

/// <summary>Modifiers that follow <c>re</c>.</summary>
[Flags]
public enum RegexFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>i</c>: without regard to case.</summary>
    IgnoreCase = 1,

    /// <summary><c>m</c>: <c>^</c> and <c>$</c> also stand at the ends of lines.</summary>
    Multiline = 2,

    /// <summary><c>s</c>: <c>.</c> is a newline too.</summary>
    Singleline = 4,
}
