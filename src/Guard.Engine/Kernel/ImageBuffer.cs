using System.Buffers.Binary;
using System.Security.Cryptography;
using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Engine.Kernel;

/// <summary>The header fields of an image that the installer needs: struct guard_image_header of bpf/lsm/abi.h.</summary>
internal static class ImageBuffer
{
    /// <summary>Bytes of one value of an inner map.</summary>
    public const int ValueBytes = KernelLimits.ImageBytes + KernelLimits.ImageSlack;

    private const int AbiOffset = 4;
    private const int TotalOffset = 8;
    private const int FlagsOffset = 12;
    private const int GenerationOffset = 16;
    private const int HashOffset = 32;
    private const int HashBytes = 32;
    private const int HeaderFront = HashOffset + HashBytes;

    /// <summary>Why these bytes are no image of this ABI, or null.</summary>
    public static string? FindFault(ReadOnlySpan<byte> image)
    {
        if (image.Length < HeaderFront)
        {
            return "shorter than its header";
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(image) != KernelAbi.ImageMagic)
        {
            return "no image magic";
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(image[AbiOffset..]) != KernelAbi.AbiVersion)
        {
            return "another ABI version";
        }

        var total = TotalBytes(image);
        return total is < HeaderFront or > KernelLimits.ImageBytes || total % 4 != 0 || total > image.Length
            ? $"a total of {total} bytes, of {KernelLimits.ImageBytes} that fit"
            : null;
    }

    /// <summary>total_bytes.</summary>
    public static int TotalBytes(ReadOnlySpan<byte> image) => BinaryPrimitives.ReadInt32LittleEndian(image[TotalOffset..]);

    /// <summary>The failure mode in flags, as the kernel reads them: with both bits set, closed.</summary>
    public static FailureOrder Failure(ReadOnlySpan<byte> image)
    {
        var flags = BinaryPrimitives.ReadUInt32LittleEndian(image[FlagsOffset..]);
        return (flags & KernelAbi.ImageFailureClosed) != 0 ? FailureOrder.Closed
            : (flags & KernelAbi.ImageFailureOpen) != 0 ? FailureOrder.Open
            : FailureOrder.NotSaid;
    }

    /// <summary>generation.</summary>
    public static ulong Generation(ReadOnlySpan<byte> image) => BinaryPrimitives.ReadUInt64LittleEndian(image[GenerationOffset..]);

    /// <summary>Writes generation, which the hash does not cover.</summary>
    public static void SetGeneration(Span<byte> image, ulong generation) =>
        BinaryPrimitives.WriteUInt64LittleEndian(image[GenerationOffset..], generation);

    /// <summary>The hash that the header claims.</summary>
    public static string ClaimedHash(ReadOnlySpan<byte> image) => Convert.ToHexStringLower(image.Slice(HashOffset, HashBytes));

    /// <summary>The hash that the bytes have: generation and hash taken as zero.</summary>
    public static string ComputeHash(ReadOnlySpan<byte> image)
    {
        Span<byte> front = stackalloc byte[HeaderFront];
        image[..HeaderFront].CopyTo(front);
        front.Slice(GenerationOffset, sizeof(ulong)).Clear();
        front.Slice(HashOffset, HashBytes).Clear();
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(front);
        sha.AppendData(image[HeaderFront..TotalBytes(image)]);
        return Convert.ToHexStringLower(sha.GetHashAndReset());
    }
}
