namespace Guard.Policies;

/// <summary>One file of a bundle as it was read: hostile until the compiler has accepted it.</summary>
/// <param name="Name">Path relative to the bundle's root, with <c>/</c> separators; used in diagnostics.</param>
/// <param name="Content">
/// The bytes, expected to be UTF-8: YAML (one or many documents), or for a list file one value a line.
/// </param>
public sealed record PolicyFile(string Name, ReadOnlyMemory<byte> Content)
{
    /// <summary>True for a list file, whose values a <c>guard: list:</c> document can name.</summary>
    public bool IsList => IsListName(Name);

    /// <summary>Whether a file of this name is a list file: it ends in .txt or .list.</summary>
    /// <param name="name">Name or path.</param>
    /// <returns>False for YAML.</returns>
    public static bool IsListName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.EndsWith(".txt", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".list", StringComparison.OrdinalIgnoreCase);
    }
}
