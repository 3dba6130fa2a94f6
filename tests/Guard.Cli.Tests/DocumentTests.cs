using System.Text.RegularExpressions;
using Xunit;

namespace Guard.Cli.Tests;

/// <summary>What the documents point at exists, and the commands that they show parse.</summary>
public sealed partial class DocumentTests
{
    /// <summary>Prose names a command without what it takes.</summary>
    private const string NoArgument = "Required argument ";

    private static string Root { get; } = FindRoot();

    public static TheoryData<string> Documents { get; } = [.. FindDocuments()];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_point_at_files_that_exist(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Root, document))!;
        var missing = Link().Matches(File.ReadAllText(Path.Combine(Root, document)))
            .Select(match => match.Groups[1].Value.Split('#')[0])
            .Where(target => target.Length > 0 && !target.Contains("://", StringComparison.Ordinal))
            .Where(target => !Path.Exists(Path.Combine(folder, target)));
        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Targets_of_make_exist(string document)
    {
        var rules = File.ReadAllText(Path.Combine(Root, "Makefile"));
        var missing = MakeTarget().Matches(File.ReadAllText(Path.Combine(Root, document)))
            .Select(match => match.Groups[1].Value)
            .Where(target => !Regex.IsMatch(rules, "^" + target + ":", RegexOptions.Multiline));
        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Command_lines_of_guardctl_parse(string document)
    {
        var root = GuardCtl.CreateRoot(new CliEnvironment { Out = TextWriter.Null, Error = TextWriter.Null });
        var wrong = CommandLine().Matches(File.ReadAllText(Path.Combine(Root, document)))
            .Select(match => match.Groups[1].Value.Trim())
            .Select(line => (line, errors: root.Parse(line).Errors.Select(error => error.Message).Where(message => !message.StartsWith(NoArgument, StringComparison.Ordinal)).ToList()))
            .Where(found => found.errors.Count > 0)
            .Select(found => $"{found.line}: {string.Join("; ", found.errors)}");
        Assert.Empty(wrong);
    }

    private static IEnumerable<string> FindDocuments()
    {
        string[] folders = ["src", "bpf", "docs", "policies", "packaging", "tests"];
        var files = folders.Select(folder => Path.Combine(Root, folder)).Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateFiles(Root, "*.md"));
        return files.Select(file => Path.GetRelativePath(Root, file))
            .Where(file => !file.Split('/').Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal);
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Guard.slnx")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    /// <summary>In code: `make x`, or a line of a block that begins with it.</summary>
    [GeneratedRegex(@"(?:^|`)make ([a-z][a-z-]*)", RegexOptions.Multiline)]
    private static partial Regex MakeTarget();

    /// <summary>In code: from guardctl to the end of the code, a comment or the next command.</summary>
    [GeneratedRegex(@"(?:^|`|sudo |&& )guardctl ([a-z][^`\n#|&]*)", RegexOptions.Multiline)]
    private static partial Regex CommandLine();
}
