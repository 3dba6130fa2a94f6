using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Guard.Policies.Simulation.Events;

/// <summary>
/// IP addresses as they are written in full: four decimal numbers without leading zeros, or IPv6 without zone, brackets
/// and port. .NET's own reader takes more ("10", octal, hexadecimal, "[::1]:80"), by which a text that is no address to
/// anybody else would be in a network.
/// </summary>
internal static class AddressText
{
    /// <summary>The longest: six groups of four digits and an IPv4 address.</summary>
    private const int MaxLength = 45;

    private static readonly SearchValues<byte> V6Signs = SearchValues.Create("0123456789abcdefABCDEF:."u8);

    /// <summary>Reads a whole text.</summary>
    /// <param name="text">UTF-8.</param>
    /// <param name="address">The address as a number.</param>
    /// <param name="family">InterNetwork or InterNetworkV6; an IPv4 address mapped into IPv6 is of the latter.</param>
    /// <returns>False when it is no address.</returns>
    public static bool TryParse(ReadOnlySpan<byte> text, out UInt128 address, out AddressFamily family)
    {
        var isV6 = text.Contains((byte)':');
        family = isV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        return isV6 ? TryV6(text, out address) : TryV4(text, out address);
    }

    /// <summary>The number of an address.</summary>
    public static UInt128 NumberOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        return address.TryWriteBytes(bytes, out var written) && written == 4
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private static bool TryV4(ReadOnlySpan<byte> text, out UInt128 address)
    {
        address = 0;
        for (var octet = 0; octet < 4; octet++)
        {
            var end = text.IndexOf((byte)'.');
            if (end < 0 == octet < 3)
            {
                return false;
            }

            var digits = end < 0 ? text : text[..end];
            if (digits.Length is 0 or > 3
                || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
                || (digits[0] == '0' && digits.Length > 1))
            {
                return false;
            }

            var value = 0u;
            foreach (var digit in digits)
            {
                value = (value * 10) + digit - '0';
            }

            if (value > 255)
            {
                return false;
            }

            address = (address << 8) | value;
            text = end < 0 ? [] : text[(end + 1)..];
        }

        return true;
    }

    private static bool TryV6(ReadOnlySpan<byte> text, out UInt128 address)
    {
        address = 0;
        if (text.Length > MaxLength || text.ContainsAnyExcept(V6Signs))
        {
            return false;
        }

        if (text.Contains((byte)'.') && !TryV4(text[(text.LastIndexOf((byte)':') + 1)..], out _))
        {
            return false;
        }

        if (!IPAddress.TryParse(Encoding.ASCII.GetString(text), out var parsed)
            || parsed.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        address = NumberOf(parsed);
        return true;
    }
}
