using System.Collections.Immutable;

namespace Guard.Policies.Compiling;

/// <summary>
/// Bytes that no pattern tells apart share a class, so that rows are narrow. Class 0 is NUL alone. Folding is by
/// table, A-Z onto a-z: <c>c | 0x20</c> would merge <c>@</c> with a backtick and <c>[</c> with <c>{</c>.
/// </summary>
internal sealed class ByteClasses
{
    private readonly byte[] _classOf;

    private ByteClasses(byte[] classOf, int count)
    {
        _classOf = classOf;
        Count = count;
    }

    /// <summary>Classes, NUL's included.</summary>
    public int Count { get; }

    public int this[byte value] => _classOf[value];

    public static byte Fold(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value + 32) : value;

    public static byte[] Fold(ImmutableArray<byte> bytes)
    {
        var folded = new byte[bytes.Length];
        for (var i = 0; i < folded.Length; i++)
        {
            folded[i] = Fold(bytes[i]);
        }

        return folded;
    }

    /// <summary>One byte of each class, by class.</summary>
    public byte[] Representatives()
    {
        var bytes = new byte[Count];
        for (var value = 255; value >= 0; value--)
        {
            bytes[_classOf[value]] = (byte)value;
        }

        return bytes;
    }

    /// <summary>The coarsest classes that tell apart what any of the sets tells apart.</summary>
    /// <param name="sets">256 entries each.</param>
    public static ByteClasses Of(IEnumerable<bool[]> sets)
    {
        var classOf = new int[256];
        Array.Fill(classOf, 1);
        classOf[0] = 0;
        foreach (var set in sets)
        {
            Refine(classOf, set);
        }

        var bytes = Array.ConvertAll(classOf, c => (byte)c);
        return new ByteClasses(bytes, classOf.Max() + 1);
    }

    /// <summary>The set of one byte, with the other case where it has one and <paramref name="folded"/> is true.</summary>
    public static bool[] SetOf(byte value, bool folded)
    {
        var set = new bool[256];
        set[value] = true;
        if (folded && value is >= (byte)'a' and <= (byte)'z')
        {
            set[value - 32] = true;
        }

        return set;
    }

    public static bool[] Range(int from, int to)
    {
        var set = new bool[256];
        Array.Fill(set, true, from, to - from + 1);
        return set;
    }

    /// <summary>Numbers follow the first byte of each class, so equal sets give equal numbers in any order.</summary>
    private static void Refine(int[] classOf, bool[] set)
    {
        var numbers = new Dictionary<(int Old, bool In), int> { [(0, set[0])] = 0 };
        for (var value = 1; value < 256; value++)
        {
            var key = (classOf[value], set[value]);
            if (!numbers.TryGetValue(key, out var number))
            {
                numbers.Add(key, number = numbers.Count);
            }

            classOf[value] = number;
        }
    }
}
