using Guard.Policies.Diagnostics;
using Xunit;
using static Guard.Policies.Tests.PolicyText;

namespace Guard.Policies.Tests.Yaml;

/// <summary>A tab for indentation, the most common mistake that nobody sees.</summary>
public sealed class TabTests
{
    private static readonly string[] Lines =
    [
        "title: t", "logsource:", "    product: linux", "    category: process_creation", "detection:", "    sel:",
        "        Image: [/bin/a,", "          /bin/b]", "        ParentImage:", "            - /bin/x", "            - /bin/y", "    condition: sel",
    ];

    [Theory]
    [InlineData(3, "\tproduct: linux", "3,1")]
    [InlineData(4, "\tcategory: process_creation", "4,1")]
    [InlineData(4, "  \t category: process_creation", "4,3")]
    [InlineData(7, "\t\tImage: [/bin/a,", "7,1")]
    [InlineData(11, "\t    - /bin/y", "11,1")]
    [InlineData(12, "\tcondition: sel", "12,1")]
    public void Is_reported_where_it_stands(int number, string line, string where)
    {
        var lines = Lines.ToArray();
        lines[number - 1] = line;
        var found = Assert.Single(Compile(string.Join('\n', lines)).Diagnostics);
        Assert.Equal(("GP1005", $"p.yml({where})"), (found.Id, found.Span.ToString()));
        Assert.Contains("tab", found.Message, StringComparison.Ordinal);
        Assert.Contains("blanks", found.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("        Image: /bin/a # c")]
    [InlineData("        Image: '/bin/a'")]
    [InlineData("        Image: /bin/a")]
    public void Is_found_in_a_line_without_text(string before)
    {
        var text = $"title: t\nlogsource: {{product: linux, category: process_creation}}\ndetection:\n    sel:\n{before}\n\t\n    condition: sel\n";
        Assert.All(Compile(text).Diagnostics, found => Assert.Equal(("GP1005", "p.yml(6,1)"), (found.Id, found.Span.ToString())));
    }

    [Fact]
    public void Elsewhere_nothing_changes()
    {
        Assert.Empty(Compile(string.Join('\n', Lines)).Diagnostics);
        Assert.Equal(["p.yml(2,6)"], Where(Compile("title: x\n  bad: [\n"), DiagnosticCatalogue.BrokenYaml));
    }
}
