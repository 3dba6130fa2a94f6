using System.Diagnostics;
using Guard.Policies.Compiling;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Xunit;
using Xunit.Abstractions;

namespace Guard.Policies.Tests.Compiling;

/// <summary>Large policies compile and decide right; times are printed, not judged.</summary>
public sealed class ScaleTests(ITestOutputHelper output)
{
    [Fact]
    public void Ten_thousand_rules_compile_and_each_decides_its_own_file()
    {
        const int Rules = 10_000;
        var builder = new PolicyBuilder();
        for (var n = 0; n < Rules; n++)
        {
            var action = n % 3 == 0 ? RuleAction.Block : RuleAction.Audit;
            builder.File(builder.Target($"/srv/data/{n}", $"/opt/{n}/*"), action);
        }

        var policy = builder.Build();
        var compiled = Compile(policy);
        Assert.Equal(compiled.Hash, Compile(policy).Hash);
        var simulator = new ImageSimulator(compiled);
        for (var n = 0; n < Rules; n += 97)
        {
            Assert.Equal([n], Open(simulator, $"/SRV/data/{n}").Rules.ToArray());
            Assert.Equal([n], Open(simulator, $"/opt/{n}/key").Rules.ToArray());
            Assert.Empty(Open(simulator, $"/srv/data/{n}/x").Rules);
            Assert.Empty(Open(simulator, $"/opt/{n}").Rules);
        }
    }

    private PolicyImage Compile(NormalisedPolicy policy)
    {
        var watch = Stopwatch.StartNew();
        var cpu = Environment.CpuUsage.TotalTime;
        var compiled = ImageCompiler.Compile(policy);
        Assert.Empty(compiled.Diagnostics);
        var cpuTime = Environment.CpuUsage.TotalTime - cpu;
        output.WriteLine($"compiled in {watch.ElapsedMilliseconds} ms ({cpuTime.TotalMilliseconds:F0} ms of CPU), {compiled.Image!.Bytes.Length} bytes");
        return compiled.Image;
    }

    private static Decision Open(ImageSimulator simulator, string target)
        => simulator.Decide(new DecisionRequest(RuleCategory.FileAccess)
        {
            Image = RequestText.Of("/bin/cat"),
            Invoked = RequestText.Of("cat"),
            ParentImage = RequestText.Of("/bin/sh"),
            ParentInvoked = RequestText.Of("sh"),
            Target = RequestText.Of(target),
        });
}
