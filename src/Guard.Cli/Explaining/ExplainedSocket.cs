using System.Globalization;
using System.Net;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

namespace Guard.Cli.Explaining;

/// <summary>An operation on a socket as the command line tells it.</summary>
internal static class ExplainedSocket
{
    /// <summary>As <see cref="NetworkOperation"/> numbers them.</summary>
    public static readonly IReadOnlyList<string> Operations = ["connect", "send", "bind", "listen", "raw"];

    /// <summary>Families of sockets that are raw.</summary>
    public static readonly IReadOnlyList<string> Families = ["ipv4", "ipv6", "packet", "xdp"];

    private static readonly Dictionary<string, ushort> Protocols = new(StringComparer.OrdinalIgnoreCase)
    {
        ["icmp"] = 1,
        ["tcp"] = 6,
        ["udp"] = 17,
        ["dccp"] = 33,
        ["icmpv6"] = 58,
        ["sctp"] = 132,
        ["udplite"] = 136,
        ["raw"] = 255,
        ["mptcp"] = 262,
    };

    /// <summary>Protocols that have a name.</summary>
    public static IEnumerable<string> ProtocolNames => Protocols.Keys;

    /// <summary>The word of an operation.</summary>
    public static string WordOf(NetworkOperation operation) => Operations[(int)operation];

    /// <summary>The operation.</summary>
    /// <param name="endpoint"><c>192.0.2.1:443</c> or <c>[2001:db8::1]:443</c>; of a raw socket its family.</param>
    /// <param name="operation">One of <see cref="Operations"/>.</param>
    /// <param name="protocol">A name or a number.</param>
    /// <exception cref="CliException">The endpoint or the protocol is none.</exception>
    public static RequestSocket Read(string endpoint, string operation, string protocol)
    {
        if (!Protocols.TryGetValue(protocol, out var number)
            && !ushort.TryParse(protocol, NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            throw new CliException(ExitCode.Usage, $"'{protocol}' is no protocol", "known are " + string.Join(", ", Protocols.Keys));
        }

        var kind = (NetworkOperation)Operations.ToList().IndexOf(operation);
        if (kind == NetworkOperation.Raw)
        {
            // The kernel knows no protocol of a packet socket.
            var family = ReadFamily(endpoint);
            return new RequestSocket(kind, endpoint.StartsWith("ip", StringComparison.Ordinal) ? number : (ushort)0, null, 0) { Family = family };
        }

        var (address, port) = ReadEndpoint(endpoint);
        var socket = new RequestSocket(kind, number, address, port);
        return socket.IsOutgoing ? socket with { Address = Reached(address) } : socket;
    }

    private static (IPAddress Address, ushort Port) ReadEndpoint(string endpoint)
    {
        var colon = endpoint.LastIndexOf(':');
        var host = colon < 0 ? "" : endpoint[..colon];
        var six = host.StartsWith('[') && host.EndsWith(']');
        if (!IPAddress.TryParse(six ? host[1..^1] : host, out var address)
            || six != host.Contains(':', StringComparison.Ordinal)
            || (!six && host.Count(c => c == '.') != 3)
            || !ushort.TryParse(endpoint[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            throw new CliException(
                ExitCode.Usage, $"'{endpoint}' is no address with a port", "write 192.0.2.1:443 or [2001:db8::1]:443; names are not looked up");
        }

        return (address, port);
    }

    private static ushort ReadFamily(string family) => family switch
    {
        "ipv4" => 2,
        "ipv6" => 10,
        "packet" => 17,
        "xdp" => 44,
        _ => throw new CliException(
            ExitCode.Usage, $"'{family}' is no family of sockets that are raw", "write ipv4, ipv6, packet or xdp in the place of the address"),
    };

    /// <summary>The kernel takes no address in particular for this host.</summary>
    private static IPAddress Reached(IPAddress named)
        => named.Equals(IPAddress.Any) || (named.IsIPv4MappedToIPv6 && named.MapToIPv4().Equals(IPAddress.Any)) ? IPAddress.Loopback
            : named.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
            : named;
}
