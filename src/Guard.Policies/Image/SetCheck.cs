using System.Numerics;
using System.Runtime.CompilerServices;

namespace Guard.Policies.Image;

/// <summary>One set: every entry is where a look-up of bounded length finds it.</summary>
internal static class SetCheck
{
    public static void Run(ImageView view, in GuardSet set)
    {
        if (set.BucketsOff == 0)
        {
            return;
        }

        ImageReader.Require(BitOperations.IsPow2(set.BucketCount), "a set whose size is no power of two");
        ImageReader.Require(set.EntryCount <= KernelLimits.SetEntriesMax, "a set of too many entries");
        ImageReader.CheckRange(
            view.Header, set.BucketsOff, set.BucketCount, (ulong)Unsafe.SizeOf<GuardSetEntry>(), "a set");
        var buckets = view.Buckets(set);
        uint entries = 0;
        for (var at = 0; at < buckets.Length; at++)
        {
            if (buckets[at].List != 0)
            {
                entries++;
                ImageReader.CheckList(view, buckets[at].List, view.Header.PatternCount, "a set");
                CheckReach(buckets, at);
            }
        }

        ImageReader.Require(entries == set.EntryCount, "a set with another number of entries than it says");
    }

    private static void CheckReach(ReadOnlySpan<GuardSetEntry> buckets, int at)
    {
        var mask = (uint)buckets.Length - 1;
        var home = (uint)buckets[at].Hash[0] & mask;
        var probes = ((uint)at - home) & mask;
        ImageReader.Require(probes < KernelLimits.SetProbesMax, "a set with an entry out of reach");
        for (uint i = 0; i < probes; i++)
        {
            ImageReader.Require(buckets[(int)((home + i) & mask)].List != 0, "a set with a gap before an entry");
        }
    }
}
