using System.Runtime.InteropServices;
using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Engine.Kernel;

/// <summary>What an image asks of the kernel's hooks, by its header.</summary>
internal sealed record ImageNeeds
{
    /// <summary>Of an image that asks for nothing.</summary>
    public static readonly ImageNeeds None = new();

    /// <summary>Bit c: category c has rules, besides the engine's own.</summary>
    private uint Categories { get; init; }

    /// <summary>Bit c: rules of category c speak of digests.</summary>
    private uint Digests { get; init; }

    /// <summary>Bit o: some rule is about operation o.</summary>
    private uint Operations { get; init; }

    /// <summary>Bit o: some rule can hold for operation o on a socket.</summary>
    private uint Networks { get; init; }

    /// <summary>Reads the header of an image that was found to be one (see <see cref="ImageBuffer.FindFault"/>).</summary>
    public static ImageNeeds Of(ReadOnlySpan<byte> image)
    {
        var header = MemoryMarshal.Read<GuardImageHeader>(image);
        uint categories = 0, digests = 0;
        for (var category = 0; category < KernelAbi.Categories; category++)
        {
            categories |= header.Categories[category].UserRules != 0 ? 1u << category : 0;
            digests |= (header.Categories[category].Fields >> (int)PolicyField.Digest & 1) << category;
        }

        return new ImageNeeds
        {
            Categories = categories,
            Digests = digests,
            Operations = header.Operations,
            Networks = header.NetworkOperations,
        };
    }

    /// <summary>Whether one of these categories has rules.</summary>
    public bool Has(params ReadOnlySpan<RuleCategory> categories) => Any(Categories, categories);

    /// <summary>Whether rules of one of these categories speak of digests.</summary>
    public bool AsksDigest(params ReadOnlySpan<RuleCategory> categories) => Any(Digests, categories);

    /// <summary>Whether a rule is about one of these operations.</summary>
    public bool Has(params ReadOnlySpan<OperationKind> operations) => Any(Operations, operations);

    /// <summary>Whether a rule can hold for one of these operations on a socket.</summary>
    public bool Has(params ReadOnlySpan<NetworkOperation> operations) => Any(Networks, operations);

    private static bool Any<T>(uint bits, ReadOnlySpan<T> of)
        where T : struct, Enum
    {
        foreach (var one in of)
        {
            if ((bits >> Convert.ToInt32(one, null) & 1) != 0)
            {
                return true;
            }
        }

        return false;
    }
}
