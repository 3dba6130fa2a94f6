using System.Text;
using Guard.Abi.Tests;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

namespace Guard.Benchmarks;

/// <summary>
/// Times of the kernel's decision core under BPF_PROG_TEST_RUN on this machine. The only file of this project that knows
/// what a request is; how it reaches the program is NativeDecision's business.
/// </summary>
internal sealed class DecisionTimes : IDisposable
{
    private const int Batches = 40;
    private const int PerBatch = 500;

    private readonly NativeDecision _decision = NativeDecision.Load();

    /// <inheritdoc/>
    public void Dispose() => _decision.Dispose();

    /// <summary>Bytes of the kernel's copy of an image, whatever the image has.</summary>
    public int CapacityBytes => _decision.ImageCapacity;

    /// <summary>Puts a policy in force.</summary>
    public void Install(PolicyImage image) => _decision.Install(image);

    /// <summary>One system call that decides about an open of a file that no rule speaks of.</summary>
    /// <param name="pathBytes">Length of the file's path.</param>
    public Measurement Open(int pathBytes)
    {
        var request = new DecisionRequest(RuleCategory.FileAccess)
        {
            Image = RequestText.Of("/usr/sbin/service"),
            Invoked = RequestText.Of("/usr/sbin/service"),
            ParentImage = RequestText.Of("/usr/lib/systemd/systemd"),
            ParentInvoked = RequestText.Of("/sbin/init"),
            Target = RequestText.Of(PathOf(pathBytes)),
            Uid = 1000,
            Access = AccessKinds.Read,
        };
        _decision.Prepare(request);
        return Measurement.Of(Batches, PerBatch, _decision.Run);
    }

    private static string PathOf(int bytes)
    {
        var path = new StringBuilder("/var/lib");
        while (path.Length < bytes)
        {
            path.Append("/service");
        }

        return path.ToString(0, bytes);
    }
}
