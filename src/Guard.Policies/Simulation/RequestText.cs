using System.Text;
using Guard.Policies.Image;

namespace Guard.Policies.Simulation;

/// <summary>How much of a text a decision knows.</summary>
public enum TextState
{
    /// <summary>Nothing: the field is unknown.</summary>
    Absent = 0,

    /// <summary>All of it.</summary>
    Complete = 1,

    /// <summary>The end; the beginning is missing.</summary>
    TruncatedFront = 2,

    /// <summary>The beginning; the end is missing.</summary>
    TruncatedEnd = 3,
}

/// <summary>A text as a hook sees it. The default value is absent.</summary>
public readonly record struct RequestText
{
    /// <summary>Most bytes that are walked; the kernel's paths have a NUL in addition.</summary>
    public const int MaxBytes = KernelLimits.PathMax - 1;

    private RequestText(ReadOnlyMemory<byte> bytes, TextState state)
    {
        Bytes = bytes;
        State = state;
    }

    /// <summary>Nothing is known.</summary>
    public static RequestText Absent => default;

    /// <summary>What is known, without a terminator.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>How much that is.</summary>
    public TextState State { get; }

    /// <summary>A whole text. One that is longer than a path can be is cut at its front, as the kernel does.</summary>
    /// <param name="bytes">UTF-8 or any other bytes.</param>
    public static RequestText Complete(ReadOnlyMemory<byte> bytes)
        => bytes.Length <= MaxBytes ? new(bytes, TextState.Complete) : Truncated(bytes);

    /// <summary>The end of a text.</summary>
    /// <param name="bytes">UTF-8 or any other bytes.</param>
    public static RequestText Truncated(ReadOnlyMemory<byte> bytes)
        => new(bytes.Length <= MaxBytes ? bytes : bytes[^MaxBytes..], TextState.TruncatedFront);

    /// <summary>A whole text of any length: arguments, and values of events.</summary>
    /// <param name="bytes">UTF-8 or any other bytes.</param>
    public static RequestText Whole(ReadOnlyMemory<byte> bytes) => new(bytes, TextState.Complete);

    /// <summary>The beginning of a text: arguments beyond GUARD_COMMAND_MAX.</summary>
    /// <param name="bytes">UTF-8 or any other bytes.</param>
    public static RequestText CutShort(ReadOnlyMemory<byte> bytes) => new(bytes, TextState.TruncatedEnd);

    /// <summary>A whole text from a string.</summary>
    /// <param name="text">Encoded as UTF-8.</param>
    public static RequestText Of(string text) => Complete(Encoding.UTF8.GetBytes(text));
}
