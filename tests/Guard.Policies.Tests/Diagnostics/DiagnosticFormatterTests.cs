using Guard.Policies.Diagnostics;
using Xunit;

namespace Guard.Policies.Tests.Diagnostics;

public sealed class DiagnosticFormatterTests
{
    [Fact]
    public void Finding_is_shown_with_position_line_caret_and_hint()
    {
        var text = PolicyText.Exec("sel:\n    Imgae: 😀a\ncondition: sel");
        var result = PolicyText.Compile(text);
        var formatted = new DiagnosticFormatter([PolicyText.File(text)]).Format(result.Diagnostics[0]);
        Assert.Equal(
            "p.yml(7,9): error GP2040: the field 'Imgae' is not known\n"
            + "  |         Imgae: 😀a\n  |         ^\n  hint: did you mean 'Image'?\n",
            formatted);
    }

    [Fact]
    public void Text_that_could_deceive_is_shown_as_escapes()
    {
        var text = "title: \"a\u202Eb\"\n\"\\e[2Jx\u2066\": y\n";
        var result = PolicyText.Compile(text);
        var formatted = string.Concat(result.Diagnostics.Select(new DiagnosticFormatter([PolicyText.File(text)]).Format));
        Assert.Contains("\\u{001B}[2Jx\\u{2066}", formatted, StringComparison.Ordinal);
        Assert.DoesNotContain(formatted, c => (char.IsControl(c) && c != '\n') || c is '\u202E' or '\u2066');
    }

    [Fact]
    public void Columns_count_characters()
    {
        var result = PolicyText.Compile("😀😀: !x y");
        Assert.Equal("p.yml(1,5)", result.Diagnostics[0].Span.ToString());
    }
}
