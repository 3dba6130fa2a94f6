using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Guard.Policies.Diagnostics;

namespace Guard.Policies.Binding;

/// <summary>
/// <c>address/length</c>, or a single address. Stricter than .NET, which reads 010.0.0.1 as octal and 10 as 0.0.0.10:
/// IPv4 is four decimal numbers without leading zeros, IPv6 has neither zone nor brackets, host bits are zero.
/// </summary>
internal static class NetworkParser
{
    /// <summary>The network, or null after a finding.</summary>
    public static IPNetwork? Parse(ListValue value, DiagnosticBag bag)
    {
        var slash = value.Text.IndexOf('/', StringComparison.Ordinal);
        var text = slash < 0 ? value.Text : value.Text[..slash];
        if (!TryReadAddress(text, out var address))
        {
            return Refuse(value, "is not a network", bag);
        }

        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var length = bits;
        if (slash >= 0 && !TryReadLength(value.Text[(slash + 1)..], bits, out length))
        {
            return Refuse(value, $"does not have a prefix length from 0 to {bits}", bag);
        }

        return IPNetwork.TryParse($"{address}/{length.ToString(CultureInfo.InvariantCulture)}", out var network)
            ? network
            : Refuse(value, "has host bits set", bag);
    }

    /// <summary>An address, written as people and programs write it.</summary>
    public static bool TryReadAddress(string text, out IPAddress address)
    {
        address = IPAddress.None;
        var six = text.Contains(':', StringComparison.Ordinal);
        var sound = text.Length is > 0 and <= 45 && (six
            ? text.All(c => char.IsAsciiHexDigit(c) || c is ':' or '.')
            : text.Split('.') is { Length: 4 } octets && octets.All(IsOctet));
        if (!sound || !IPAddress.TryParse(text, out var read))
        {
            return false;
        }

        address = read;
        return true;
    }

    private static bool IsOctet(string text)
        => byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) && (text.Length == 1 || text[0] != '0');

    private static bool TryReadLength(string text, int bits, out int length)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out length)
            && length <= bits && (text.Length == 1 || text[0] != '0');

    private static IPNetwork? Refuse(ListValue value, string why, DiagnosticBag bag)
    {
        bag.Report(DiagnosticCatalogue.BadNetwork, value.Span, $"{TerminalText.Quote(value.Text)} {why}");
        return null;
    }
}
