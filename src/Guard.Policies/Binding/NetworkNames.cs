using System.Collections.Immutable;
using System.Globalization;
using Guard.Policies.Normalising;

namespace Guard.Policies.Binding;

/// <summary>The words of rules and records about sockets, and the kernel's numbers for them.</summary>
public static class NetworkNames
{
    /// <summary>Of Operation, as <see cref="NetworkOperation"/> numbers them.</summary>
    internal static readonly ImmutableArray<string> Operations = ["connect", "send", "bind", "listen", "raw"];

    /// <summary>
    /// Of Protocol, IPPROTO_*; the first number is what the word is the name of. MPTCP is TCP to everybody but the socket: a
    /// rule over tcp that it escaped would be no rule.
    /// </summary>
    internal static readonly ImmutableArray<(string Name, ImmutableArray<uint> Numbers)> Protocols =
    [
        ("tcp", [6, 262]), ("udp", [17]), ("icmp", [1]), ("icmpv6", [58]), ("sctp", [132]), ("dccp", [33]),
        ("udplite", [136]), ("mptcp", [262]), ("raw", [255]),
    ];

    /// <summary>Of AddressFamily, AF_*.</summary>
    internal static readonly ImmutableArray<(string Name, ImmutableArray<uint> Numbers)> Families =
        [("ipv4", [2]), ("ipv6", [10]), ("packet", [17]), ("xdp", [44])];

    /// <summary>What is done with a socket.</summary>
    /// <param name="operation">One that there is.</param>
    public static string Of(NetworkOperation operation) => Operations[(int)operation];

    /// <summary>A protocol, or its number where it has no name; "any" of a packet socket, which has none.</summary>
    /// <param name="number">IPPROTO_*.</param>
    public static string OfProtocol(int number) => number == 0 ? "any" : Find(Protocols, number);

    /// <summary>A family, or its number where it has no name.</summary>
    /// <param name="number">AF_*.</param>
    public static string OfFamily(int number) => Find(Families, number);

    private static string Find(ImmutableArray<(string Name, ImmutableArray<uint> Numbers)> names, int number)
        => names.Where(n => n.Numbers[0] == number).Select(n => n.Name).FirstOrDefault()
            ?? number.ToString(CultureInfo.InvariantCulture);
}
