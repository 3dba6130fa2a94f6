using Guard.Policies.Compiling.General;
using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling;

/// <summary>A literal text of an automaton.</summary>
/// <param name="Pattern">Number in the image's pattern table.</param>
/// <param name="Text">Folded bytes; may be empty only when both anchors are set.</param>
/// <param name="AtStart">The text must begin here.</param>
/// <param name="AtEnd">The text must end here.</param>
internal readonly record struct LiteralEntry(int Pattern, byte[] Text, bool AtStart, bool AtEnd);

/// <summary>A pattern with an automaton of its own, and all that it makes hold.</summary>
/// <param name="Source">What it matches.</param>
/// <param name="Atom">Whom to name when it is too expensive.</param>
internal sealed record GeneralEntry(GeneralPattern Source, NormalisedAtom Atom)
{
    /// <summary>Numbers in the image's pattern table, ascending.</summary>
    public List<int> Patterns { get; } = [];

    /// <summary>All roles that any of them is read in.</summary>
    public ushort Roles { get; set; }
}

/// <summary>The patterns over one kind of text, sorted by what executes them.</summary>
internal sealed class LoweredText
{
    /// <summary>For automaton 2t.</summary>
    public List<LiteralEntry> Literals { get; } = [];

    /// <summary>General patterns by their keys.</summary>
    public Dictionary<string, GeneralEntry> Generals { get; } = new(StringComparer.Ordinal);

    /// <summary>Patterns that hold for any text (<c>*</c>); listed by automaton 2t.</summary>
    public List<int> Always { get; } = [];

    /// <summary>Whole values of long lists: folded bytes as Latin-1 to patterns.</summary>
    public Dictionary<string, List<int>> Set { get; } = new(StringComparer.Ordinal);

    /// <summary>Sequences of automaton 2t so far.</summary>
    public int Sequences { get; set; }
}

/// <summary>Result of <see cref="PatternLowering"/>.</summary>
/// <param name="Names">Field of text GUARD_TEXTS + i; null is the text of keywords.</param>
internal sealed record LoweredPatterns(IReadOnlyList<string?> Names)
{
    /// <summary>The image's pattern table.</summary>
    public List<GuardPattern> Table { get; } = [];

    /// <summary>Files that items name, their paths as Latin-1, to patterns that hold for the file under every name.</summary>
    public SortedDictionary<string, List<int>> Named { get; } = new(StringComparer.Ordinal);

    /// <summary>By text number.</summary>
    public LoweredText[] Texts { get; } =
        [.. Enumerable.Range(0, KernelAbi.Texts + Names.Count).Select(_ => new LoweredText())];
}
