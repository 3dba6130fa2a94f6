using System.Text;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Xunit;

namespace Guard.Policies.Tests;

/// <summary>Short ways to compile text in tests.</summary>
internal static class PolicyText
{
    public const string FileName = "p.yml";

    public static PolicyFile File(string text, string name = FileName) => new(name, Encoding.UTF8.GetBytes(text));

    public static CompilationResult Compile(string text, CompilerOptions? options = null)
        => PolicyCompiler.Compile([File(text)], options ?? new CompilerOptions());

    /// <summary>Compiled, or for events, which other tests compile, read only.</summary>
    public static CompilationResult Check(IReadOnlyList<PolicyFile> files, CompilerOptions options)
    {
        if (options.Domain == PolicyDomain.Kernel)
        {
            return PolicyCompiler.Compile(files, options);
        }

        var bag = new DiagnosticBag();
        var policy = PolicyCompiler.Analyse(files, options, bag);
        return new CompilationResult(null, policy, bag.ToImmutable());
    }

    /// <summary>The policy; fails with the findings when there are errors.</summary>
    public static NormalisedPolicy Normalise(string text, CompilerOptions? options = null)
    {
        var result = Compile(text, options);
        Assert.False(result.HasErrors, string.Join('\n', result.Diagnostics.Select(d => $"{d.Span}: {d.Id} {d.Message}")));
        return result.Normalised!;
    }

    /// <summary>A rule over execs; detection lines are indented by four.</summary>
    public static string Exec(string detection, string guard = "") => Rule("process_creation", detection, guard);

    public static string FileAccess(string detection, string guard = "") => Rule("file_access", detection, guard);

    /// <summary>The detection's first line is line 6.</summary>
    public static string Rule(string category, string detection, string guard = "")
    {
        var indented = string.Join('\n', detection.Split('\n').Select(l => "    " + l));
        return $"title: t\nlogsource:\n    product: linux\n    category: {category}\ndetection:\n{indented}\n{guard}";
    }

    public static IEnumerable<string> Where(CompilationResult result, DiagnosticDescriptor descriptor)
        => result.Diagnostics.Where(d => d.Id == descriptor.Id).Select(d => d.Span.ToString());
}
