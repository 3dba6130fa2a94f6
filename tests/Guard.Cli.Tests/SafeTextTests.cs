using Guard.Cli.Output;
using Xunit;

namespace Guard.Cli.Tests;

public sealed class SafeTextTests
{
    [Theory]
    [InlineData("plain /usr/bin/ls", "plain /usr/bin/ls")]
    [InlineData("größe 日本 😀", "größe 日本 😀")]
    [InlineData("a\nb\tc\rd", "a\\nb\\tc\\rd")]
    [InlineData("\u001b[31m", "\\x1b[31m")]
    [InlineData("\u009b31m", "\\x9b31m")]
    [InlineData("\0\u007f", "\\x00\\x7f")]
    [InlineData("\u202e\u2066\u200b\ufeff", "\\u{202e}\\u{2066}\\u{200b}\\u{feff}")]
    [InlineData("\u2028\u2029", "\\u{2028}\\u{2029}")]
    [InlineData("\U000e0041", "\\u{e0041}")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void A_line_has_nothing_that_drives_a_terminal(string? text, string expected) => Assert.Equal(expected, SafeText.Line(text));

    [Fact]
    public void A_lone_surrogate_is_escaped() => Assert.Equal("\\u{d800}x", SafeText.Line("\ud800x"));

    [Fact]
    public void A_block_keeps_line_feeds_and_tabs_only() => Assert.Equal("a\n\tb\\r\\x1b", SafeText.Block("a\n\tb\r\u001b"));

    [Fact]
    public void No_character_at_all_comes_through_as_a_control()
    {
        for (var c = 0; c <= 0xffff; c++)
        {
            Assert.DoesNotContain(SafeText.Line(((char)c).ToString()), ch => char.IsControl(ch) || ch is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069');
        }
    }
}
