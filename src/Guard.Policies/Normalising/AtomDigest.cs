using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Guard.Policies.Normalising;

/// <summary>
/// What an atom says apart from its roles, in 256 bits: a SHA-256 over its parts. The values of a list are digested one by
/// one and put in order, so that neither their order nor repetition counts and a list of 100,000 costs no more than
/// reading it.
/// </summary>
internal readonly record struct AtomDigest(UInt128 High, UInt128 Low) : IComparable<AtomDigest>
{
    public int CompareTo(AtomDigest other)
    {
        var high = High.CompareTo(other.High);
        return high != 0 ? high : Low.CompareTo(other.Low);
    }

    public static AtomDigest Of(NormalisedAtom atom) => atom switch
    {
        TextAtom text => OfValues($"text {(int)text.Field}", text.Patterns, text.Expressions),
        NumberAtom number => OfText($"number {(int)number.Field} {string.Join(' ', number.Ranges)}"),
        AddressAtom address => OfText($"address {(int)address.Field} {string.Join(' ', address.Ranges.Select(r => $"{r.From:x}-{r.To:x}"))}"),
        AccessAtom access => OfText($"access {(int)access.Kinds}"),
        PropertyAtom property => OfText($"property {(int)property.Properties}"),
        EventTextAtom text => OfValues($"event {text.Names[0]}", text.Patterns, text.Expressions),
        EventKeywordAtom keyword => OfValues("keyword", keyword.Patterns, keyword.Expressions),
        EventPresenceAtom presence => OfText($"presence {presence.IsNull} {presence.Name}"),
        EventNumberAtom number => OfText(
            $"compare {number.Comparison} {(number.Value / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture)} {number.Name}"),
        EventCidrAtom cidr => OfTexts($"cidr {cidr.Name}", cidr.Networks.Select(n => n.ToString())),
        EventReferenceAtom reference => OfText(
            $"reference {reference.Placement} {reference.CaseSensitive} {reference.Name.Length} {reference.Name} {reference.Other}"),
        EventTimeAtom time => OfText($"time {time.Part} {string.Join(' ', time.Values)} {time.Name}"),
        _ => throw new ArgumentOutOfRangeException(nameof(atom)),
    };

    private static AtomDigest OfText(string text) => OfBytes(Encoding.UTF8.GetBytes(text));

    private static AtomDigest OfTexts(string head, IEnumerable<string> texts)
        => OfSet(head, [.. texts.Select(OfText)]);

    private static AtomDigest OfValues(
        string head, ImmutableArray<TextPattern> patterns, ImmutableArray<RegexPattern> expressions)
    {
        var values = new List<AtomDigest>(patterns.Length + expressions.Length);
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var pattern in patterns)
        {
            buffer.ResetWrittenCount();
            Write(pattern, buffer);
            values.Add(OfBytes(buffer.WrittenSpan));
        }

        values.AddRange(expressions.Select(e => OfText($"re {(int)e.Flags} {e.Expression}")));
        return OfSet(head, values);
    }

    private static AtomDigest OfSet(string head, List<AtomDigest> values)
    {
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write(Encoding.UTF8.GetBytes(head));
        buffer.Write([(byte)0]);
        values.Sort();
        for (var i = 0; i < values.Count; i++)
        {
            var value = values[i];
            if (i > 0 && value == values[i - 1])
            {
                continue;
            }

            BinaryPrimitives.WriteUInt128LittleEndian(buffer.GetSpan(16), value.High);
            buffer.Advance(16);
            BinaryPrimitives.WriteUInt128LittleEndian(buffer.GetSpan(16), value.Low);
            buffer.Advance(16);
        }

        return OfBytes(buffer.WrittenSpan);
    }

    /// <summary>Self-delimiting, so that no two patterns have one key.</summary>
    private static void Write(TextPattern pattern, ArrayBufferWriter<byte> key)
    {
        key.Write([pattern.CaseSensitive ? (byte)'c' : (byte)'i']);
        foreach (var element in pattern.Elements)
        {
            if (element is not LiteralElement literal)
            {
                key.Write([element is AnyRunElement ? (byte)'*' : (byte)'?']);
                continue;
            }

            var target = key.GetSpan(5 + literal.Bytes.Length);
            target[0] = (byte)'=';
            BinaryPrimitives.WriteInt32LittleEndian(target[1..], literal.Bytes.Length);
            for (var i = 0; i < literal.Bytes.Length; i++)
            {
                target[5 + i] = Fold(literal.Bytes[i], pattern.CaseSensitive);
            }

            key.Advance(5 + literal.Bytes.Length);
        }
    }

    private static byte Fold(byte value, bool caseSensitive)
        => !caseSensitive && value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value + 32) : value;

    private static AtomDigest OfBytes(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return new AtomDigest(
            BinaryPrimitives.ReadUInt128LittleEndian(hash), BinaryPrimitives.ReadUInt128LittleEndian(hash[16..]));
    }
}
