using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Guard.Policies.Image;

/// <summary>
/// Typed access to an image that <see cref="ImageReader"/> has accepted: no offset in it leads outside. Little endian,
/// as the kernel of every machine that Guard runs on.
/// </summary>
public sealed class ImageView
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly GuardImageHeader _header;

    internal ImageView(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        _header = MemoryMarshal.Read<GuardImageHeader>(bytes.Span);
    }

    /// <summary>The header.</summary>
    public ref readonly GuardImageHeader Header => ref _header;

    /// <summary>The image.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The selection items.</summary>
    public ReadOnlySpan<GuardAtom> Atoms => Table<GuardAtom>(_header.AtomsOff, _header.AtomCount);

    /// <summary>What the automata's lists name.</summary>
    public ReadOnlySpan<GuardPattern> Patterns => Table<GuardPattern>(_header.PatternsOff, _header.PatternCount);

    /// <summary>The rules.</summary>
    public ReadOnlySpan<GuardRule> Rules => Table<GuardRule>(_header.RulesOff, _header.RuleCount);

    /// <summary>Two for each text, then the confirmations.</summary>
    public ReadOnlySpan<GuardAutomaton> Automata => Table<GuardAutomaton>(_header.AutomataOff, _header.AutomataCount);

    /// <summary>One for each text.</summary>
    public ReadOnlySpan<GuardSet> Sets => Table<GuardSet>(_header.SetsOff, _header.TextCount);

    /// <summary>The files that the policy names.</summary>
    public ReadOnlySpan<GuardIdentity> Identities
        => _header.IdentityBuckets == 0 ? [] : Table<GuardIdentity>(_header.IdentitiesOff, _header.IdentityBuckets);

    /// <summary>The ranges of one kind of numbers, ascending from 0.</summary>
    /// <param name="number">GUARD_NUMBER_*.</param>
    public ReadOnlySpan<GuardRange> Ranges(int number)
        => _header.RangeCount[number] == 0 ? [] : Table<GuardRange>(_header.RangesOff[number], _header.RangeCount[number]);

    /// <summary>The ranges of one kind of addresses, ascending from 0.</summary>
    /// <param name="address">GUARD_ADDRESS_*.</param>
    public ReadOnlySpan<GuardAddressRange> AddressRanges(int address)
        => _header.AddressCount[address] == 0
            ? []
            : Table<GuardAddressRange>(_header.AddressesOff[address], _header.AddressCount[address]);

    /// <summary>The buckets of a set.</summary>
    /// <param name="set">A present set of this image.</param>
    public ReadOnlySpan<GuardSetEntry> Buckets(in GuardSet set)
        => Table<GuardSetEntry>(set.BucketsOff, set.BucketCount);

    /// <summary>The operations of a rule's condition.</summary>
    /// <param name="rule">A rule of this image.</param>
    public ReadOnlySpan<uint> Ops(in GuardRule rule) => Table<uint>(rule.OpsOff, rule.OpCount);

    /// <summary>The entries of a list.</summary>
    /// <param name="offset">As found in a table of this image; 0 is the empty list.</param>
    public ReadOnlySpan<uint> List(uint offset) => offset == 0 ? [] : Table<uint>(offset + 4, Word(offset));

    /// <summary>One word of the image.</summary>
    /// <param name="offset">A multiple of 4 inside the image.</param>
    public uint Word(uint offset) => MemoryMarshal.Read<uint>(_bytes.Span[(int)offset..]);

    /// <summary>An automaton's table from bytes to class * 4.</summary>
    /// <param name="automaton">A present automaton of this image.</param>
    public ReadOnlySpan<ushort> Classes(in GuardAutomaton automaton) => Table<ushort>(automaton.ClassesOff, 256);

    private ReadOnlySpan<T> Table<T>(uint offset, uint count)
        where T : unmanaged
        => MemoryMarshal.Cast<byte, T>(_bytes.Span.Slice((int)offset, checked((int)count * Unsafe.SizeOf<T>())));
}
