using Guard.Policies.Diagnostics;
using Xunit;
using static Guard.Policies.Tests.PolicyText;

namespace Guard.Policies.Tests.Binding;

/// <summary>Values that no path is: a rule with such a value alone would be silently ignored.</summary>
public sealed class PathValueTests
{
    [Theory]
    [InlineData("file_access", "TargetFilename: etc/shadow", "begin with /")]
    [InlineData("file_access", "TargetFilename: '~/.ssh/id_rsa'", "home directory")]
    [InlineData("file_access", "TargetFilename: $HOME/x", "variables")]
    [InlineData("file_access", "TargetFilename: file:///etc/x", "the path alone")]
    [InlineData("file_access", "TargetFilename: ''", "begin with /")]
    [InlineData("file_access", "TargetFilename: /etc/secrets/", "startswith for all that is in the directory")]
    [InlineData("file_access", "TargetFilename: /etc//shadow", "realpath")]
    [InlineData("file_access", "TargetFilename: /tmp/../etc/shadow", "realpath")]
    [InlineData("file_access", "TargetFilename: /etc/./x", "realpath")]
    [InlineData("file_access", "TargetFilename: /etc/x/..", "realpath")]
    [InlineData("file_access", "TargetFilename|startswith: etc/", "begin with /")]
    [InlineData("file_access", "TargetFilename|contains: //", "realpath")]
    [InlineData("file_access", "TargetFilename|endswith: /", "contains for all")]
    [InlineData("file_access", "TargetFilename|neq: etc/shadow", "begin with /")]
    [InlineData("file_access", "TargetFilename|all: [/etc/x, etc/x]", "begin with /")]
    [InlineData("file_access", "TargetFilename: etc/schlüssel", "begin with /")]
    [InlineData("file_delete", "TargetFilename: [/etc/x, etc/y]", "begin with /")]
    [InlineData("image_load", "ImageLoaded: evil.so", "endswith for a name")]
    [InlineData("driver_load", "ImageLoaded: evil.ko", "endswith for a name")]
    [InlineData("process_signal", "TargetImage: sshd", "endswith for a name")]
    [InlineData("process_creation", "CurrentDirectory: /tmp/", "startswith")]
    [InlineData("file_access", "TargetFilename|startswith: /var/run/secrets/", "begin with /run/")]
    [InlineData("file_access", "TargetFilename: /bin/*sh", "begin with /usr/bin/")]
    [InlineData("image_load", "ImageLoaded|startswith: /lib64/", "begin with /usr/lib64/")]
    public void What_no_path_is_draws_a_warning_with_what_to_write(string category, string item, string hint)
    {
        var found = Assert.Single(Find(category, item, "GP2102"));
        Assert.Equal(DiagnosticSeverity.Warning, found.Severity);
        Assert.Contains(hint, found.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file_access", "TargetFilename: /")]
    [InlineData("file_access", "TargetFilename: /etc/shadow")]
    [InlineData("file_access", "TargetFilename: '*/shadow'")]
    [InlineData("file_access", "TargetFilename: '?etc/shadow'")]
    [InlineData("file_access", "TargetFilename: /home/*/.ssh/..x/a..")]
    [InlineData("file_access", "TargetFilename: /var/run/secret")]
    [InlineData("file_access", "TargetFilename|contains: /bin/")]
    [InlineData("file_access", "TargetFilename|startswith: /binary/")]
    [InlineData("process_creation", "Image|startswith: /bin/")]
    [InlineData("file_access", "TargetFilename|startswith: [/etc/, /etc/., /]")]
    [InlineData("file_access", "TargetFilename|contains: [etc/, /., '~', /.ssh/]")]
    [InlineData("file_access", "TargetFilename|endswith: [shadow, .bak, '~', ssh/id_rsa]")]
    [InlineData("file_access", "TargetFilename|re: etc/shadow")]
    [InlineData("image_load", "ImageLoaded|endswith: /evil.so")]
    [InlineData("process_creation", "Image|endswith: /nc")]
    [InlineData("process_creation", "Image: ./nc")]
    [InlineData("process_creation", "ImageInvoked: nc")]
    [InlineData("process_creation", "CommandLine: nc")]
    public void What_a_path_can_be_draws_none(string category, string item)
    {
        Assert.Empty(Find(category, item, "GP2102"));
        Assert.Empty(Find(category, item, "GP2104"));
    }

    [Theory]
    [InlineData("process_creation", "Image: nc")]
    [InlineData("process_creation", "ParentImage: [/bin/x, nginx]")]
    [InlineData("file_access", "Image: nc")]
    public void A_program_without_a_directory_is_only_what_was_called_so(string category, string item)
    {
        var found = Assert.Single(Find(category, item, "GP2104"));
        Assert.Equal(DiagnosticSeverity.Warning, found.Severity);
        Assert.Contains("endswith: /n", found.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_of_a_list_is_shown_as_it_stands_there()
    {
        const string list = "---\ntitle: l\nguard: {list: l, values: [/etc/x, etc/y]}\n";
        var text = FileAccess("sel:\n    TargetFilename|expand: '%l%'\ncondition: sel") + list;
        var found = Assert.Single(Compile(text).Diagnostics);
        Assert.Equal("GP2102", found.Id);
        Assert.Contains("etc/y", found.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<Diagnostic> Find(string category, string item, string id)
    {
        var result = Compile(Rule(category, $"sel:\n    {item}\ncondition: sel"));
        Assert.False(result.HasErrors, string.Join('\n', result.Diagnostics.Select(d => d.Message)));
        return result.Diagnostics.Where(d => d.Id == id);
    }
}
