using System.Net;
using System.Net.Sockets;

namespace Guard.Policies.Simulation.Events;

/// <summary>Networks, made ready for many questions: one binary search each, however many there are.</summary>
internal sealed class NetworkSet
{
    private readonly (UInt128 From, UInt128 To)[] _v4;
    private readonly (UInt128 From, UInt128 To)[] _v6;

    /// <summary>Takes networks of both families.</summary>
    public NetworkSet(IEnumerable<IPNetwork> networks)
    {
        var families = networks.ToLookup(n => n.BaseAddress.AddressFamily, RangeOf);
        _v4 = Merge(families[AddressFamily.InterNetwork]);
        _v6 = Merge(families[AddressFamily.InterNetworkV6]);
    }

    /// <summary>Whether a text is an address in one of the networks.</summary>
    /// <param name="text">UTF-8; what is no address is in none.</param>
    public bool Contains(ReadOnlySpan<byte> text)
        => AddressText.TryParse(text, out var address, out var family)
            && Contains(family == AddressFamily.InterNetwork ? _v4 : _v6, address);

    private static bool Contains((UInt128 From, UInt128 To)[] ranges, UInt128 address)
    {
        int low = 0, high = ranges.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (ranges[middle].To < address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < ranges.Length && ranges[low].From <= address;
    }

    private static (UInt128 From, UInt128 To) RangeOf(IPNetwork network)
    {
        var bits = network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var host = network.PrefixLength == 0 && bits == 128
            ? UInt128.MaxValue
            : (UInt128.One << (bits - network.PrefixLength)) - 1;
        var from = AddressText.NumberOf(network.BaseAddress);
        return (from, from | host);
    }

    /// <summary>Ascending, without overlaps.</summary>
    private static (UInt128 From, UInt128 To)[] Merge(IEnumerable<(UInt128 From, UInt128 To)> ranges)
    {
        var merged = new List<(UInt128 From, UInt128 To)>();
        foreach (var range in ranges.Order())
        {
            if (merged.Count > 0 && range.From <= merged[^1].To)
            {
                merged[^1] = (merged[^1].From, UInt128.Max(merged[^1].To, range.To));
            }
            else
            {
                merged.Add(range);
            }
        }

        return [.. merged];
    }
}
