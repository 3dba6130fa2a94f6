using System.Collections.Immutable;

namespace Guard.Policies.Compiling.General;

/// <summary>A regular expression as a tree; greedy and lazy are one, and groups are gone.</summary>
internal abstract record RegexNode;

/// <summary>One character of a set.</summary>
internal sealed record SetNode(RuneSet Set) : RegexNode;

/// <summary>One after the other; none is the empty text.</summary>
internal sealed record SequenceNode(ImmutableArray<RegexNode> Parts) : RegexNode;

/// <summary>One of them.</summary>
internal sealed record ChoiceNode(ImmutableArray<RegexNode> Parts) : RegexNode;

/// <summary>From so many to so many times; -1 is without end.</summary>
internal sealed record RepeatNode(RegexNode Part, int Least, int Most) : RegexNode;

/// <summary>A place, not a text.</summary>
internal sealed record AssertionNode(Assertion Kind) : RegexNode;

/// <summary>What a place must be.</summary>
internal enum Assertion
{
    /// <summary>The beginning of the text.</summary>
    TextStart,

    /// <summary>The end of the text.</summary>
    TextEnd,

    /// <summary>The end of the text, or before a newline that is its last character (<c>\Z</c>).</summary>
    LastLineEnd,

    /// <summary>The beginning of the text, or behind a newline.</summary>
    LineStart,

    /// <summary>The end of the text, or before a newline.</summary>
    LineEnd,

    /// <summary>Between a word character and another.</summary>
    WordBoundary,

    /// <summary>Not between a word character and another.</summary>
    NoWordBoundary,
}
