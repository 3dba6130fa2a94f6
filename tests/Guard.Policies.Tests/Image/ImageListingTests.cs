using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Tests.Compiling;
using Xunit;

namespace Guard.Policies.Tests.Image;

/// <summary>Compiled tables, readable. GUARD_UPDATE_GOLDENS=1 writes the files anew.</summary>
public sealed class ImageListingTests
{
    [Fact]
    public void An_empty_policy_lists_nothing()
        => AssertListing("empty", new PolicyBuilder());

    [Fact]
    public void Literals_share_one_automaton_and_rules_one_trigger_each()
    {
        var builder = new PolicyBuilder();
        var shells = builder.Image("*/sh", "*/bash", "/bin/sh");
        var admin = builder.User(0, 1000);
        builder.Exec(PolicyBuilder.And(shells, PolicyBuilder.Not(builder.ImageOnly("/usr/bin/bash")), admin));
        builder.File(
            PolicyBuilder.And(builder.Target("/etc/shadow", "/etc/*.key", "*"), builder.Access(AccessKinds.Write)),
            RuleAction.Audit);
        builder.File(PolicyBuilder.Not(builder.Parent("/sbin/init")), RuleAction.Block, OnUnknown.Deny);
        builder.File(new ConstantNode(false));
        AssertListing("literals", builder);
    }

    [Fact]
    public void Wildcards_and_case_go_to_the_general_automaton()
    {
        var builder = new PolicyBuilder();
        builder.File(PolicyBuilder.Or(builder.Target("/tmp/?", "/tmp/a"), builder.Cased("*.SH", "/Etc/*")));
        AssertListing("general", builder);
    }

    private static void AssertListing(string name, PolicyBuilder builder)
    {
        var listing = ImageListing.Write(builder.Image());
        var file = Path.Combine(SourceFolder(), "Golden", $"{name}.listing");
        if (Environment.GetEnvironmentVariable("GUARD_UPDATE_GOLDENS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, listing);
        }

        Assert.Equal(File.ReadAllText(file), listing);
    }

    private static string SourceFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Guard.slnx")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, "tests", "Guard.Policies.Tests", "Image");
    }
}
