using System.Collections.Immutable;

namespace Guard.Policies.Normalising;

/// <summary>One element of a pattern.</summary>
public abstract record PatternElement;

/// <summary>These bytes (UTF-8), compared without regard to ASCII case unless the pattern is case-sensitive.</summary>
/// <param name="Bytes">At least one byte, none of them NUL (see <see cref="TextPattern.Nul"/>).</param>
public sealed record LiteralElement(ImmutableArray<byte> Bytes) : PatternElement;

/// <summary>Sigma's <c>?</c>: exactly one character. See <see cref="TextPattern"/> for what a character is in bytes.</summary>
public sealed record AnyCharacterElement : PatternElement;

/// <summary>Sigma's <c>*</c>: any run of bytes, also none.</summary>
public sealed record AnyRunElement : PatternElement;

/// <summary>
/// One value of a selection item over a text, after contains / startswith / endswith have become leading and trailing
/// <see cref="AnyRunElement"/>s. It must match the whole text. No two AnyRunElements and no two LiteralElements stand
/// side by side. An empty list of elements matches the empty text only.
/// </summary>
/// <remarks>
/// Texts are bytes. A character is: one byte 00-7F; a lead byte C2-DF, E0-EF or F0-F4 with its 1, 2 or 3
/// continuation bytes 80-BF; or one byte that can't begin such a sequence (80-C1, F5-FF).
/// Folding maps A-Z to a-z and nothing else.
/// The byte 00 ends a text in the tables, so U+0000, which the text of an event can contain, is <see cref="Nul"/> in
/// patterns and in texts alike; it counts as two characters. Values with letters beyond ASCII are not patterns but
/// expressions that list both cases, unless they are case-sensitive.
/// </remarks>
/// <param name="Elements">In order.</param>
/// <param name="CaseSensitive">True for <c>cased</c>.</param>
public sealed record TextPattern(ImmutableArray<PatternElement> Elements, bool CaseSensitive)
{
    /// <summary>U+0000 as patterns and texts contain it: C0 80, which is no UTF-8 and so cannot be taken for anything else.</summary>
    public static ReadOnlySpan<byte> Nul => [0xC0, 0x80];
}
