using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Guard.Policies.Image;

/// <summary>
/// An image with its rules as one file, so that a boot can enforce before any policy is parsed. All numbers are little
/// endian: "GPIF", u32 version, u32 bytes of the rules, u32 bytes of the image; the rules as JSON; the image; SHA-256
/// of everything before it. Pure: reading and writing the file is the caller's part.
/// </summary>
public static class ImageFile
{
    private const int HeaderBytes = 16;
    private const uint Version = 1;
    private const int MaxRulesBytes = 256 << 20;

    private static ReadOnlySpan<byte> Magic => "GPIF"u8;

    /// <summary>The bytes of a file.</summary>
    /// <param name="image">What to keep.</param>
    public static byte[] Save(PolicyImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var rules = RuleMapJson.Write(image.Rules);
        var file = new byte[HeaderBytes + rules.Length + image.Bytes.Length + SHA256.HashSizeInBytes];
        Magic.CopyTo(file);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(4), Version);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(8), rules.Length);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(12), image.Bytes.Length);
        rules.CopyTo(file.AsSpan(HeaderBytes));
        image.Bytes.Span.CopyTo(file.AsSpan(HeaderBytes + rules.Length));
        SHA256.HashData(file.AsSpan(..^SHA256.HashSizeInBytes), file.AsSpan(^SHA256.HashSizeInBytes..));
        return file;
    }

    /// <summary>Takes a file back, hostile until every part of it was checked.</summary>
    /// <param name="file">The bytes.</param>
    /// <exception cref="InvalidImageException">It is not such a file, or a damaged one.</exception>
    public static PolicyImage Load(ReadOnlySpan<byte> file)
    {
        Require(file.Length >= HeaderBytes + SHA256.HashSizeInBytes && file.StartsWith(Magic), "wrong magic");
        Require(BinaryPrimitives.ReadUInt32LittleEndian(file[4..]) == Version, "another version");
        var rulesBytes = BinaryPrimitives.ReadUInt32LittleEndian(file[8..]);
        var imageBytes = BinaryPrimitives.ReadUInt32LittleEndian(file[12..]);
        Require(rulesBytes <= MaxRulesBytes && imageBytes <= KernelLimits.ImageBytes, "too large");
        Require(file.Length == HeaderBytes + rulesBytes + imageBytes + SHA256.HashSizeInBytes, "cut short or too long");
        var hash = SHA256.HashData(file[..^SHA256.HashSizeInBytes]);
        Require(file[^SHA256.HashSizeInBytes..].SequenceEqual(hash), "wrong hash");

        var image = file.Slice(HeaderBytes + (int)rulesBytes, (int)imageBytes).ToArray();
        var view = ImageReader.Read(image);
        Require(view.Bytes.Length == image.Length, "bytes behind the image");
        var rules = RuleMapJson.Read(file.Slice(HeaderBytes, (int)rulesBytes).ToArray());
        Require(rules.Length == view.Header.RuleCount, "another number of rules than the image");
        return new PolicyImage(image, rules);
    }

    private static void Require(bool condition, string complaint)
    {
        if (!condition)
        {
            throw new InvalidImageException($"Not a policy image file: {complaint}.");
        }
    }
}
