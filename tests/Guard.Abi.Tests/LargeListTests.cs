using System.Globalization;
using System.Net;
using System.Text;
using Guard.Policies;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Xunit;
using Xunit.Abstractions;

namespace Guard.Abi.Tests;

/// <summary>Lists of 100,000 values, each one atom, through the kernel's decision core.</summary>
public sealed class LargeListTests(ITestOutputHelper output)
{
    private const int Count = 100_000;

    [SkippableFact]
    public void Of_paths()
    {
        var image = Compile("file_access", "TargetFilename|expand: '%many%'", PathOf);
        AssertHolds(image, n => new DecisionRequest(RuleCategory.FileAccess) { Target = RequestText.Of(PathOf(n)), Access = AccessKinds.Read });
    }

    [SkippableFact]
    public void Of_digests()
    {
        var image = Compile("process_creation", "Hashes|contains|expand: '%many%'", n => "SHA256=" + DigestOf(n));
        AssertHolds(image, n => new DecisionRequest(RuleCategory.ProcessCreation) { Digest = RequestText.Of(DigestOf(n)) });
    }

    /// <summary>Networks of two addresses with two between them, so that no two become one.</summary>
    [SkippableFact]
    public void Of_networks()
    {
        var image = Compile("network_connection", "DestinationIp|cidr|expand: '%many%'", n => $"{AddressOf(4 * n)}/31");
        AssertHolds(image, n => Connection(n < Count ? (4 * n) + 1 : (4 * (n - Count)) + 2));
    }

    private static string PathOf(int n) => string.Create(CultureInfo.InvariantCulture, $"/usr/share/files/{n * 7919L}/data");

    private static string DigestOf(int n) => string.Create(CultureInfo.InvariantCulture, $"{n * 2654435761L:x32}{n:x32}");

    private static IPAddress AddressOf(int n)
        => new([10, (byte)(n >> 16), (byte)(n >> 8), (byte)n]);

    private static DecisionRequest Connection(int address) => new(RuleCategory.NetworkConnection)
    {
        Socket = new RequestSocket(NetworkOperation.Connect, 6, AddressOf(address), 443),
    };

    private PolicyImage Compile(string category, string item, Func<int, string> value)
    {
        var rule =
            $$"""
            title: many
            id: 100000a0-0000-4000-8000-000000000000
            logsource: {product: linux, category: {{category}}}
            detection:
                selection:
                    {{item}}
                condition: selection
            guard: {action: block}
            ---
            title: The values
            guard: {list: many, file: many.txt}
            """;
        var list = string.Join('\n', Enumerable.Range(0, Count).Select(value));
        var result = PolicyCompiler.Compile(
            [new PolicyFile("rule.yml", Encoding.UTF8.GetBytes(rule)), new PolicyFile("many.txt", Encoding.UTF8.GetBytes(list))], new CompilerOptions());
        Assert.True(result.Image is not null, string.Join('\n', result.Diagnostics.Take(5).Select(d => $"{d.Span} {d.Id} {d.Message}")));
        output.WriteLine($"{result.Image.Bytes.Length} bytes");
        return result.Image;
    }

    /// <summary>What is asked with a number below <see cref="Count"/> is in the list, any other is not.</summary>
    private static void AssertHolds(PolicyImage image, Func<int, DecisionRequest> ask)
    {
        using var kernel = NativeDecision.Load();
        kernel.Install(image);
        var simulator = new ImageSimulator(image);
        foreach (var n in Enumerable.Range(0, 2 * Count).Where(n => n % 997 == 0 || n is Count - 1 or Count))
        {
            var request = ask(n);
            var expected = n < Count ? Verdict.Block : Verdict.Allow;
            Assert.True(expected == kernel.Decide(request).Verdict, $"the kernel about value {n}");
            Assert.True(expected == simulator.Decide(request).Verdict, $"the simulator about value {n}");
        }
    }
}
