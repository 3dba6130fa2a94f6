using System.Buffers.Binary;

namespace Guard.Policies.Image;

/// <summary>The keyed hash by which sets find a text: set_hash of bpf/lsm/sets.h.</summary>
internal static class SetHash
{
    /// <summary>GUARD_HASH_FIRST of bpf/lsm/automaton.h.</summary>
    public const ulong First = 0x9E3779B97F4A7C15;

    /// <summary>GUARD_HASH_SECOND.</summary>
    public const ulong Second = 0xC2B2AE3D27D4EB4F;
    private const ulong Ones = 0x0101010101010101;

    /// <summary>Both words of the hash of a text, A-Z folded.</summary>
    public static (ulong First, ulong Second) Of(ReadOnlySpan<byte> text, ulong key0, ulong key1)
    {
        unchecked
        {
            var first = key0 ^ ((ulong)text.Length * First);
            var second = key1 + (ulong)text.Length;
            Span<byte> last = stackalloc byte[8];
            for (var at = 0; at < text.Length; at += 8)
            {
                ulong word;
                if (text.Length - at >= 8)
                {
                    word = BinaryPrimitives.ReadUInt64LittleEndian(text[at..]);
                }
                else
                {
                    last.Clear();
                    text[at..].CopyTo(last);
                    word = BinaryPrimitives.ReadUInt64LittleEndian(last);
                }

                word = Fold(word);
                first = (first ^ word) * First;
                first ^= first >> 32;
                second = (second + word) * Second;
                second ^= second >> 29;
            }

            // Buckets are counted by the lower bits, which the last word's upper bytes have not reached yet.
            first *= Second;
            first ^= first >> 32;
            return (first, second);
        }
    }

    /// <summary>A-Z to a-z in eight bytes at once; bytes above 7F stay.</summary>
    private static ulong Fold(ulong word)
    {
        unchecked
        {
            var low = word & (Ones * 0x7f);
            var fromA = low + (Ones * (0x80 - 'A'));
            var pastZ = low + (Ones * (0x7f - 'Z'));
            return word | ((fromA & ~pastZ & ~word & (Ones * 0x80)) >> 2);
        }
    }
}
