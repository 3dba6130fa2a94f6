using Guard.Policies.Normalising;

namespace Guard.Engine.Kernel;

/// <summary>
/// Proof that a policy is in the slot of these maps: only <see cref="PolicyInstaller"/> makes one, after it has read the
/// bytes back, and programs can't be attached without it.
/// </summary>
internal sealed class InstalledGeneration
{
    internal InstalledGeneration(
        KernelMaps maps, ulong generation, string hash, int imageBytes, FailureOrder failure, ImageNeeds needs)
    {
        Maps = maps;
        Generation = generation;
        Hash = hash;
        ImageBytes = imageBytes;
        Failure = failure;
        Needs = needs;
    }

    /// <summary>Number of the generation: grows within a boot.</summary>
    public ulong Generation { get; }

    /// <summary>SHA-256 of the image, 64 hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>Bytes of the image.</summary>
    public int ImageBytes { get; }

    /// <summary>What the image orders about what can't be decided.</summary>
    public FailureOrder Failure { get; }

    /// <summary>Which hooks it has rules for.</summary>
    public ImageNeeds Needs { get; }

    /// <summary>Whose slot it is in.</summary>
    internal KernelMaps Maps { get; }
}
