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

    [Theory]
    [InlineData("GP2010", "action on_unknown mapped scope rules list values file failure")]
    [InlineData("GP2011", "audit block allow deny open closed on_unknown mapped failure")]
    [InlineData("GP2022", "process_creation file_access file_change image_load network_connection driver_load kexec_load mount bpf namespace process_access process_signal process_credentials")]
    [InlineData("GP2063", "read times")]
    public void A_hint_lists_all_words_that_are_taken(string id, string words)
    {
        var hint = DiagnosticCatalogue.All.Single(row => row.Id == id).Hint.Split(' ', ',', ';');
        Assert.Empty(words.Split(' ').Except(hint));
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
