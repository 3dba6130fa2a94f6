namespace Guard.Policies.Compiling.General;

/// <summary>A state of an expression together with what it knows of its surroundings.</summary>
/// <param name="State">Of the <see cref="RuneNfa"/>.</param>
/// <param name="Before">The character before.</param>
/// <param name="MustEnd">The text has to end here.</param>
internal readonly record struct RegexPlace(int State, Before Before, bool MustEnd);

/// <summary>What stands before a place.</summary>
internal enum Before
{
    /// <summary>Nothing: the text begins.</summary>
    Start,

    /// <summary>What a cut has taken away: no assertion about it is true.</summary>
    Unknown,

    /// <summary>A newline.</summary>
    Newline,

    /// <summary>A character of a word.</summary>
    Word,

    /// <summary>Any other character.</summary>
    Other,
}

/// <summary>What may come next.</summary>
[Flags]
internal enum Following
{
    /// <summary>Nothing can: the way is closed.</summary>
    None = 0,

    /// <summary>A newline.</summary>
    Newline = 1,

    /// <summary>A character of a word.</summary>
    Word = 2,

    /// <summary>Any other character.</summary>
    Other = 4,

    /// <summary>The end of the text.</summary>
    End = 8,

    /// <summary>Some character.</summary>
    Characters = Newline | Word | Other,

    /// <summary>Anything.</summary>
    Any = Characters | End,
}
