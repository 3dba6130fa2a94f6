using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling;

/// <summary>A literal text of an automaton.</summary>
/// <param name="Pattern">Number in the image's pattern table.</param>
/// <param name="Text">Folded bytes; may be empty only when both anchors are set.</param>
/// <param name="AtStart">The text must begin here.</param>
/// <param name="AtEnd">The text must end here.</param>
internal readonly record struct LiteralEntry(int Pattern, byte[] Text, bool AtStart, bool AtEnd);

/// <summary>A pattern of the general automaton.</summary>
/// <param name="Pattern">Number in the image's pattern table.</param>
/// <param name="Source">What it matches.</param>
/// <param name="Atom">Whom to name when it is too expensive.</param>
internal readonly record struct GeneralEntry(int Pattern, TextPattern Source, NormalisedAtom Atom);

/// <summary>The patterns over one kind of text, sorted by what executes them.</summary>
internal sealed class LoweredText
{
    /// <summary>For automaton 2t.</summary>
    public List<LiteralEntry> Literals { get; } = [];

    /// <summary>For automaton 2t+1.</summary>
    public List<GeneralEntry> Generals { get; } = [];

    /// <summary>Patterns that hold for any text (<c>*</c>); listed by automaton 2t.</summary>
    public List<int> Always { get; } = [];

    /// <summary>Sequences of automaton 2t so far.</summary>
    public int Sequences { get; set; }
}

/// <summary>Result of <see cref="PatternLowering"/>.</summary>
internal sealed class LoweredPatterns
{
    public LoweredPatterns()
    {
        for (var i = 0; i < Texts.Length; i++)
        {
            Texts[i] = new LoweredText();
        }
    }

    /// <summary>The image's pattern table.</summary>
    public List<GuardPattern> Table { get; } = [];

    /// <summary>By GUARD_TEXT_*.</summary>
    public LoweredText[] Texts { get; } = new LoweredText[KernelAbi.Texts];
}
