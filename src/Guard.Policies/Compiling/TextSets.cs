using System.Numerics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Guard.Policies.Image;

namespace Guard.Policies.Compiling;

/// <summary>The whole values of long lists over one text, as a hash table before it has an address.</summary>
/// <param name="Buckets">A power of two of them; List is a number in the pool.</param>
/// <param name="Entries">Those in use.</param>
internal sealed record TextSet(GuardSetEntry[] Buckets, int Entries);

/// <summary>All sets of an image.</summary>
/// <param name="Key">Of the hash.</param>
/// <param name="Sets">By text; null = absent.</param>
internal sealed record TextSets((ulong First, ulong Second) Key, TextSet?[] Sets)
{
    /// <param name="patterns">With their values.</param>
    /// <param name="lists">Takes what the values make hold.</param>
    /// <param name="findings">Takes what is too much.</param>
    /// <param name="secret">Goes into the key.</param>
    public static TextSets Build(
        LoweredPatterns patterns, ListPool lists, BudgetFindings findings, ReadOnlySpan<byte> secret = default)
    {
        var key = KeyOf(patterns, secret);
        var sets = new TextSet?[patterns.Texts.Length];
        for (var text = 0; text < sets.Length; text++)
        {
            var values = patterns.Texts[text].Set;
            var fits = findings.Check(
                BudgetFindings.SetEntries,
                BudgetFindings.Bundle,
                values.Count,
                KernelLimits.SetEntriesMax,
                "GUARD_SET_ENTRIES_MAX",
                "different whole values of long lists over one field",
                "use fewer values");
            sets[text] = fits && values.Count > 0 ? BuildOne(values, key, lists) : null;
        }

        return new TextSets(key, sets);
    }

    /// <summary>
    /// From the values, so that the same policy gives the same bytes, and from the secret, without which anybody who has
    /// the values, and many lists are public, could look for a text that collides with one.
    /// </summary>
    private static (ulong First, ulong Second) KeyOf(LoweredPatterns patterns, ReadOnlySpan<byte> secret)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(secret);
        Span<byte> length = stackalloc byte[4];
        foreach (var text in patterns.Texts)
        {
            foreach (var value in text.Set.Keys)
            {
                System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(length, value.Length);
                hash.AppendData(length);
                hash.AppendData(Encoding.Latin1.GetBytes(value));
            }
        }

        var words = MemoryMarshal.Cast<byte, ulong>(hash.GetHashAndReset().AsSpan());
        return (words[0], words[1]);
    }

    private static TextSet BuildOne(Dictionary<string, List<int>> values, (ulong First, ulong Second) key, ListPool lists)
    {
        var entries = new List<GuardSetEntry>(values.Count);
        foreach (var (value, patterns) in values)
        {
            var bytes = Encoding.Latin1.GetBytes(value);
            var entry = new GuardSetEntry { Length = (uint)bytes.Length, List = (uint)lists.Intern([.. patterns]) };
            (entry.Hash[0], entry.Hash[1]) = SetHash.Of(bytes, key.First, key.Second);
            entries.Add(entry);
        }

        for (var size = BitOperations.RoundUpToPowerOf2((uint)entries.Count * 2); ; size *= 2)
        {
            if (Place(entries, new GuardSetEntry[size]) is { } buckets)
            {
                return new TextSet(buckets, entries.Count);
            }
        }
    }

    /// <summary>Null when a look-up would have to go on for too long.</summary>
    private static GuardSetEntry[]? Place(List<GuardSetEntry> entries, GuardSetEntry[] buckets)
    {
        var mask = (uint)buckets.Length - 1;
        foreach (var entry in entries)
        {
            var at = (uint)entry.Hash[0] & mask;
            var probes = 0;
            while (buckets[at].List != 0)
            {
                at = (at + 1) & mask;
                if (++probes == KernelLimits.SetProbesMax)
                {
                    return null;
                }
            }

            buckets[at] = entry;
        }

        return buckets;
    }
}
