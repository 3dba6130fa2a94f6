using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Guard.Policies.Normalising;

/// <summary>
/// Addresses as numbers of 128 bits and sets of them in the form of <see cref="AddressAtom"/>. An IPv4 address and its
/// mapped form are one number, because they are one destination; no network of IPv6 that is wider than ::ffff:0:0/96
/// contains it.
/// </summary>
public static class AddressRanges
{
    private static readonly AddressRange Mapped = new((UInt128)0xffff << 32, ((UInt128)0xffff << 32) | uint.MaxValue);

    /// <summary>The number of an address.</summary>
    /// <param name="address">IPv4 or IPv6; a scope is not part of it.</param>
    public static UInt128 ToNumber(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Span<byte> bytes = stackalloc byte[16];
        var six = address.AddressFamily == AddressFamily.InterNetworkV6 ? address : address.MapToIPv6();
        six.TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>The address of a number; IPv4 where it is mapped.</summary>
    /// <param name="number">Any.</param>
    public static IPAddress ToAddress(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return IsFour(number) ? new IPAddress(bytes[12..]) : new IPAddress(bytes);
    }

    /// <summary>Whether the number is that of an IPv4 address.</summary>
    /// <param name="number">Any.</param>
    public static bool IsFour(UInt128 number) => number >= Mapped.From && number <= Mapped.To;

    /// <summary>What is in any of the networks.</summary>
    /// <param name="networks">Without host bits.</param>
    public static ImmutableArray<AddressRange> Of(IEnumerable<IPNetwork> networks)
    {
        var result = new List<AddressRange>();
        foreach (var range in networks.SelectMany(Of).OrderBy(r => r.From))
        {
            if (result.Count > 0 && (result[^1].To == UInt128.MaxValue || range.From <= result[^1].To + 1))
            {
                result[^1] = result[^1] with { To = UInt128.Max(result[^1].To, range.To) };
            }
            else
            {
                result.Add(range);
            }
        }

        return [.. result];
    }

    private static IEnumerable<AddressRange> Of(IPNetwork network)
    {
        var four = network.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
        var host = 128 - (four ? network.PrefixLength + 96 : network.PrefixLength);
        var from = ToNumber(network.BaseAddress);
        var to = host == 128 ? UInt128.MaxValue : from | ((UInt128.One << host) - 1);
        if (host <= 32 || from > Mapped.From || to < Mapped.To)
        {
            return [new AddressRange(from, to)];
        }

        var below = new AddressRange(from, Mapped.From - 1);
        return to == Mapped.To ? [below] : [below, new AddressRange(Mapped.To + 1, to)];
    }
}
