using Guard.Policies.Diagnostics;
using Xunit;

namespace Guard.Policies.Tests.Diagnostics;

public sealed class DiagnosticCatalogueTests
{
    public static TheoryData<int> Numbers()
        => [.. Enumerable.Range(0, DiagnosticTable.Rows().Count())];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Finding_has_the_id_severity_and_position_of_the_table(int number)
    {
        var row = DiagnosticTable.Rows().ElementAt(number);
        var result = PolicyText.Check(row.Files, row.Options);
        var found = result.Diagnostics.Select(d => $"{d.Span}: {d.Id}").ToList();
        Assert.True(
            found.Contains($"{row.Where}: {row.Id}"),
            $"expected {row.Where}: {row.Id}, found {string.Join("; ", found.Take(10))}");
        var descriptor = DiagnosticCatalogue.All.Single(d => d.Id == row.Id);
        Assert.All(result.Diagnostics.Where(d => d.Id == row.Id), d => Assert.Equal(descriptor.Severity, d.Severity));
        Assert.All(result.Diagnostics, d => Assert.False(string.IsNullOrEmpty(d.Hint)));
        Assert.True(result.HasErrors || result.Image is not null || row.Options.Domain == PolicyDomain.Events);
        if (descriptor.Severity == DiagnosticSeverity.Warning)
        {
            Assert.False(result.HasErrors && row.Id != DiagnosticCatalogue.CustomKey.Id, string.Join("; ", found));
        }
    }

    [Fact]
    public void Every_id_of_the_front_end_has_a_row_in_the_table()
    {
        var tested = DiagnosticTable.Rows().Select(r => r.Id).ToHashSet();
        var missing = DiagnosticCatalogue.All.Select(d => d.Id)
            .Where(id => !id.StartsWith("GP3", StringComparison.Ordinal) && !tested.Contains(id));
        Assert.Empty(missing);
    }

    [Fact]
    public void Ids_are_unique_well_formed_and_in_order()
    {
        var ids = DiagnosticCatalogue.All.Select(d => d.Id).ToList();
        Assert.Equal(ids.Distinct().Order(StringComparer.Ordinal), ids);
        Assert.All(ids, id => Assert.Matches("^GP[1-4][0-9]{3}$", id));
        Assert.All(DiagnosticCatalogue.All, d => Assert.False(string.IsNullOrWhiteSpace(d.Title + d.Hint)));
        Assert.True(ids.Count > 50);
    }
}
