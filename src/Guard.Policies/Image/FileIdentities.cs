using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Guard.Policies.Image;

/// <summary>
/// The files that a policy names, as a hash table in its image: open addressing, found as bpf/lsm/identity.h finds them.
/// The compiler makes room; who can ask the kernel what a file is fills it.
/// </summary>
public static class FileIdentities
{
    /// <summary>The image with these files in it, whatever it had before.</summary>
    /// <param name="image">A compiled policy.</param>
    /// <param name="keyOf">What the file of a path is (see <see cref="NamedFile.Path"/>); null: it is known by its name only.</param>
    /// <param name="left">Paths of files for which no place was found: they are known by their names only.</param>
    public static PolicyImage Bind(PolicyImage image, Func<string, FileKey?> keyOf, out IReadOnlyList<string> left)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(keyOf);
        var dropped = new List<string>();
        left = dropped;
        if (image.NamedFiles.IsEmpty)
        {
            return image;
        }

        var bytes = image.Bytes.ToArray();
        ref var header = ref MemoryMarshal.AsRef<GuardImageHeader>(bytes.AsSpan());
        var buckets = MemoryMarshal.Cast<byte, GuardIdentity>(
            bytes.AsSpan((int)header.IdentitiesOff, (int)header.IdentityBuckets * Unsafe.SizeOf<GuardIdentity>()));
        buckets.Clear();
        header.IdentityCount = 0;
        foreach (var named in image.NamedFiles)
        {
            if (keyOf(named.Path) is { Generation: not 0 } key && !Place(buckets, key, named.List, ref header.IdentityCount))
            {
                dropped.Add(named.Path);
            }
        }

        ImageReader.HashOf(bytes).CopyTo(header.Sha256);
        return image.Rewritten(bytes);
    }

    /// <summary>What names a file: offsets of lists of patterns, in the order in which the kernel reads them.</summary>
    /// <param name="image">An image that the reader has accepted.</param>
    /// <param name="key">The file.</param>
    public static IReadOnlyList<uint> Find(ImageView image, FileKey key)
    {
        ArgumentNullException.ThrowIfNull(image);
        var lists = new List<uint>();
        var buckets = image.Identities;
        for (uint i = 0; i < KernelLimits.IdentityProbesMax && !buckets.IsEmpty; i++)
        {
            ref readonly var bucket = ref buckets[(int)((HashOf(key) + i) & (uint)(buckets.Length - 1))];
            if (bucket.List == 0)
            {
                break;
            }

            if (key == KeyOf(bucket))
            {
                lists.Add(bucket.List);
            }
        }

        return lists;
    }

    /// <summary>Never more than a quarter full, so that a look-up is short.</summary>
    internal static int BucketsFor(int files) => files == 0 ? 0 : (int)BitOperations.RoundUpToPowerOf2((uint)files * 4);

    /// <summary>Every entry is where a look-up of bounded length finds it.</summary>
    /// <exception cref="InvalidImageException">It is not.</exception>
    internal static void Check(ImageView view)
    {
        var count = view.Header.IdentityBuckets;
        if (count == 0)
        {
            return;
        }

        ImageReader.Require(BitOperations.IsPow2(count), "identities whose number of buckets is no power of two");
        ImageReader.CheckRange(
            view.Header, view.Header.IdentitiesOff, count, (ulong)Unsafe.SizeOf<GuardIdentity>(), "the identities");
        uint entries = 0;
        foreach (ref readonly var bucket in view.Identities)
        {
            if (bucket.List == 0)
            {
                continue;
            }

            entries++;
            ImageReader.CheckList(view, bucket.List, view.Header.PatternCount, "an identity");
            ImageReader.Require(Find(view, KeyOf(bucket)).Contains(bucket.List), "an identity out of reach");
        }

        ImageReader.Require(entries == view.Header.IdentityCount, "another number of identities than it says");
    }

    private static bool Place(Span<GuardIdentity> buckets, FileKey key, uint list, ref uint count)
    {
        for (uint i = 0; i < KernelLimits.IdentityProbesMax; i++)
        {
            ref var bucket = ref buckets[(int)((HashOf(key) + i) & (uint)(buckets.Length - 1))];
            if (bucket.List == list && KeyOf(bucket) == key)
            {
                return true;
            }

            if (bucket.List == 0)
            {
                bucket = new GuardIdentity { Inode = key.Inode, Device = key.Device, Generation = key.Generation, List = list };
                count++;
                return true;
            }
        }

        return false;
    }

    private static FileKey KeyOf(in GuardIdentity bucket) => new(bucket.Inode, bucket.Device, bucket.Generation);

    private static uint HashOf(FileKey key)
        => (uint)(((key.Inode * SetHash.First) ^ (((ulong)key.Device << 32 | key.Generation) * SetHash.Second)) >> 32);
}
