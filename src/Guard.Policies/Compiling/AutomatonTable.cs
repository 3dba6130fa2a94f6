using Guard.Policies.Image;

namespace Guard.Policies.Compiling;

/// <summary>One automaton with every transition resolved, before it has an address in the image.</summary>
internal sealed class AutomatonTable
{
    public AutomatonTable(ByteClasses classes, int states)
    {
        Classes = classes;
        States = states;
        Next = new int[states * classes.Count];
        Outputs = new int[states];
        Ends = new int[states];
    }

    public ByteClasses Classes { get; }

    public int States { get; }

    /// <summary>State * class count + class to state.</summary>
    public int[] Next { get; }

    /// <summary>By state: the list of patterns that end in it.</summary>
    public int[] Outputs { get; }

    /// <summary>By state: the list of patterns that end in it if the text ends here.</summary>
    public int[] Ends { get; }

    /// <summary>Where a walk over a text starts whose beginning is known.</summary>
    public int Anchored { get; init; }

    /// <summary>Where a walk over the rest of a text starts.</summary>
    public int Floating { get; init; }

    /// <summary>The list of patterns that hold for any text.</summary>
    public int Start { get; init; }

    public int RowBytes => RowBytesFor(Classes.Count);

    public static int RowBytesFor(int classes) => (classes + 2) * 4;

    /// <summary>Whether that many rows can fit into an image at all.</summary>
    public static bool Fits(long states, int classes) => states * RowBytesFor(classes) <= KernelLimits.ImageBytes;
}
