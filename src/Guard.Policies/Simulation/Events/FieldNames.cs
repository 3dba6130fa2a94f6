using System.Diagnostics.CodeAnalysis;

namespace Guard.Policies.Simulation.Events;

/// <summary>
/// The fields that a policy speaks of, numbered, found by the bytes of their names. Names with dots also make their
/// beginnings known, so that only objects that can lead to a field are searched.
/// </summary>
internal sealed class FieldNames
{
    private readonly Dictionary<byte[], Entry>.AlternateLookup<ReadOnlySpan<byte>> _entries;

    /// <summary>Numbers these names; a name that comes twice has one number.</summary>
    public FieldNames(IEnumerable<string> names)
    {
        _entries = new Dictionary<byte[], Entry>(new BytesComparer()).GetAlternateLookup<ReadOnlySpan<byte>>();
        foreach (var name in names)
        {
            Add(EventText.Encode(name));
        }
    }

    /// <summary>How many fields there are.</summary>
    public int Count { get; private set; }

    /// <summary>The number of a name that the constructor was given.</summary>
    public int NumberOf(string name) => _entries[EventText.Encode(name)].Number;

    /// <summary>What is known of a name.</summary>
    /// <param name="name">Joined by dots.</param>
    /// <param name="number">Of the field, or -1 when the name is no field but leads to one.</param>
    /// <param name="leadsOn">Whether a longer name begins with this one and a dot.</param>
    /// <returns>False when the name is neither.</returns>
    public bool TryFind(ReadOnlySpan<byte> name, out int number, out bool leadsOn)
    {
        var found = _entries.TryGetValue(name, out var entry);
        (number, leadsOn) = found ? (entry.Number, entry.LeadsOn) : (-1, false);
        return found;
    }

    private void Add(byte[] name)
    {
        if (!_entries.TryGetValue(name, out var entry) || entry.Number < 0)
        {
            _entries[name] = new Entry(Count++, entry.LeadsOn);
        }

        for (var at = 0; at < name.Length; at++)
        {
            if (name[at] == (byte)'.')
            {
                var lead = name.AsSpan(0, at);
                _entries[lead] = _entries.TryGetValue(lead, out entry)
                    ? entry with { LeadsOn = true }
                    : new Entry(-1, true);
            }
        }
    }

    private readonly record struct Entry(int Number, bool LeadsOn)
    {
        public Entry()
            : this(-1, false)
        {
        }
    }

    /// <summary>Hashes are seeded per process: names come from events, and nobody can prepare collisions.</summary>
    private sealed class BytesComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
