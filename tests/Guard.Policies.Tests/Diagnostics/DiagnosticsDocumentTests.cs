using System.Text;
using Guard.Policies.Diagnostics;
using Xunit;

namespace Guard.Policies.Tests.Diagnostics;

/// <summary>docs/diagnostics.md is the catalogue, printed. GUARD_UPDATE_GOLDENS=1 writes it anew.</summary>
public sealed class DiagnosticsDocumentTests
{
    private const string Head = """
        # Diagnostics

        Every finding of `guardctl policy check` and `guardctl policy push`, printed from
        `src/Guard.Policies/Diagnostics/DiagnosticCatalogue*.cs` by a test; do not edit it here. An id never changes its
        meaning and is never reused. A policy with an error is not pushed; a warning changes nothing.

        `GP1xxx` the YAML, `GP2xxx` keys and values, `GP3xxx` bounds of the kernel tables, `GP4xxx` whole rules. Findings
        `GP9xxx` are guardd's own and are not listed: refusals of a request, and one warning, GP9005, of a push that is in
        force and could not be kept on disk.

        | id | severity | what is wrong | what to do |
        |---|---|---|---|
        """;

    [Fact]
    public void The_document_has_every_finding_as_the_catalogue_says_it()
    {
        var text = new StringBuilder(Head.ReplaceLineEndings("\n")).Append('\n');
        foreach (var row in DiagnosticCatalogue.All)
        {
            var severity = row.Severity == DiagnosticSeverity.Error ? "error" : "warning";
            text.Append("| ").Append(row.Id).Append(" | ").Append(severity)
                .Append(" | ").Append(Cell(row.Title)).Append(" | ").Append(Cell(row.Hint)).Append(" |\n");
        }

        var file = Path.Combine(Root(), "docs", "diagnostics.md");
        if (Environment.GetEnvironmentVariable("GUARD_UPDATE_GOLDENS") == "1")
        {
            File.WriteAllText(file, text.ToString());
        }

        Assert.Equal(File.ReadAllText(file), text.ToString());
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Guard.slnx")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
