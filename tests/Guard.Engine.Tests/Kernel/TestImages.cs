using System.Buffers.Binary;
using System.Security.Cryptography;
using Guard.Policies.Image;

namespace Guard.Engine.Tests.Kernel;

/// <summary>Images with a proper header and nothing behind it that a program would read.</summary>
internal static class TestImages
{
    /// <summary>An image; equal fills give equal hashes.</summary>
    public static PolicyImage Create(byte fill, int bytes = 4096)
    {
        var image = new byte[bytes];
        image.AsSpan(64).Fill(fill);
        BinaryPrimitives.WriteUInt32LittleEndian(image, 0x474d4947);
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(4), KernelAbi.AbiVersion);
        BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(8), bytes);
        SHA256.HashData(image).CopyTo(image, 32);
        return new PolicyImage(image, []);
    }
}
