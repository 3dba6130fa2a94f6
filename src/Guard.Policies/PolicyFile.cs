namespace Guard.Policies;

/// <summary>One file of a bundle as it was read: hostile until the compiler has accepted it.</summary>
/// <param name="Name">Path relative to the bundle's root, with <c>/</c> separators; used in diagnostics.</param>
/// <param name="Content">The bytes, expected to be UTF-8 YAML (one or many documents).</param>
public sealed record PolicyFile(string Name, ReadOnlyMemory<byte> Content);
