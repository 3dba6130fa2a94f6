using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Guard.Policies.Image;

/// <summary>
/// Takes image bytes from where they can't be trusted: a file, or what came back from a kernel map. After it has
/// accepted them, no offset, number or program in them leads anywhere that it must not.
/// </summary>
public static class ImageReader
{
    /// <summary>Checks an image completely, its hash included.</summary>
    /// <param name="bytes">The image; bytes behind its total_bytes are allowed and ignored.</param>
    /// <exception cref="InvalidImageException">Something is not as bpf/lsm/abi.h says.</exception>
    public static ImageView Read(ReadOnlyMemory<byte> bytes)
    {
        var header = ReadHeader(bytes.Span);
        var image = bytes[..(int)header.TotalBytes];
        CheckHash(image.Span, header);
        CheckTables(header);
        var view = new ImageView(image);
        CheckAtoms(view);
        CheckPatterns(view);
        CheckRules(view);
        CheckRanges(view);
        CheckAddresses(view);
        CheckLists(view);
        for (var a = 0; a < view.Automata.Length; a++)
        {
            new AutomatonCheck(view, view.Automata[a], a).Run();
        }

        foreach (ref readonly var set in view.Sets)
        {
            SetCheck.Run(view, set);
        }

        FileIdentities.Check(view);
        return view;
    }

    /// <summary>SHA-256 of an image as its header must carry it: with the hash and the generation zero.</summary>
    /// <param name="image">The image, exactly.</param>
    /// <exception cref="InvalidImageException">Shorter than a header.</exception>
    public static byte[] HashOf(ReadOnlySpan<byte> image)
    {
        Require(image.Length >= Unsafe.SizeOf<GuardImageHeader>(), "shorter than a header");
        var header = MemoryMarshal.Read<GuardImageHeader>(image);
        header.Generation = 0;
        header.Sha256 = default;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(new ReadOnlySpan<GuardImageHeader>(in header)));
        hash.AppendData(image[Unsafe.SizeOf<GuardImageHeader>()..]);
        return hash.GetHashAndReset();
    }

    internal static void Require(bool condition, string complaint)
    {
        if (!condition)
        {
            throw new InvalidImageException($"Not a policy image: {complaint}.");
        }
    }

    /// <summary>A list lies inside and has at most so many entries, all of them below <paramref name="below"/>.</summary>
    internal static void CheckList(ImageView view, uint offset, uint below, string what)
    {
        if (offset == 0)
        {
            return;
        }

        CheckRange(view.Header, offset, 1, 4, what);
        var count = view.Word(offset);
        Require(count is > 0 and <= KernelLimits.ListMax, $"{what} has a list of {count} entries");
        CheckRange(view.Header, offset + 4, count, 4, what);
        foreach (var entry in view.List(offset))
        {
            Require(entry < below, $"{what} lists {entry} of {below}");
        }
    }

    internal static void CheckRange(in GuardImageHeader header, ulong offset, ulong count, ulong size, string what)
    {
        var first = (ulong)Unsafe.SizeOf<GuardImageHeader>();
        Require(
            offset % 4 == 0 && offset >= first && offset + (count * size) <= header.TotalBytes,
            $"{what} lies outside");
    }

    private static GuardImageHeader ReadHeader(ReadOnlySpan<byte> bytes)
    {
        Require(bytes.Length >= Unsafe.SizeOf<GuardImageHeader>(), "shorter than a header");
        var header = MemoryMarshal.Read<GuardImageHeader>(bytes);
        Require(header.Magic == KernelAbi.ImageMagic, "wrong magic");
        Require(header.AbiVersion == KernelAbi.AbiVersion, $"ABI version {header.AbiVersion}");
        Require(header.Flags is 0 or KernelAbi.ImageFailureOpen or KernelAbi.ImageFailureClosed, "unknown flags");
        Require(header.TotalBytes % 4 == 0, "odd size");
        Require(header.TotalBytes >= Unsafe.SizeOf<GuardImageHeader>(), "smaller than its header");
        Require(header.TotalBytes <= KernelLimits.ImageBytes, "larger than GUARD_IMAGE_BYTES");
        Require(header.TotalBytes <= bytes.Length, "cut short");
        return header;
    }

    private static void CheckHash(ReadOnlySpan<byte> image, GuardImageHeader header)
        => Require(((ReadOnlySpan<byte>)header.Sha256).SequenceEqual(HashOf(image)), "wrong hash");

    private static void CheckTables(in GuardImageHeader header)
    {
        Require(header.AtomCount <= KernelLimits.AtomsMax, "too many atoms");
        Require(header.PatternCount <= KernelLimits.PatternsMax, "too many patterns");
        Require(header.RuleCount <= KernelLimits.RulesMax, "too many rules");
        Require(header.TextCount >= KernelAbi.Texts, "too few texts");
        Require(header.AutomataCount <= KernelLimits.AutomataMax, "too many automata");
        Require(header.AutomataCount >= 2 * (ulong)header.TextCount, "texts without automata");
        var automata = (ulong)Unsafe.SizeOf<GuardAutomaton>();
        CheckRange(header, header.AutomataOff, header.AutomataCount, automata, "the automata");
        CheckRange(header, header.SetsOff, header.TextCount, (ulong)Unsafe.SizeOf<GuardSet>(), "the sets");
        CheckRange(header, header.AtomsOff, header.AtomCount, (ulong)Unsafe.SizeOf<GuardAtom>(), "the atom table");
        CheckRange(
            header, header.PatternsOff, header.PatternCount, (ulong)Unsafe.SizeOf<GuardPattern>(), "the pattern table");
        CheckRange(header, header.RulesOff, header.RuleCount, (ulong)Unsafe.SizeOf<GuardRule>(), "the rule table");
        CheckRange(header, header.OpsOff, header.OpCount, sizeof(uint), "the operations");
        var rules = header.Categories[(int)Normalising.RuleCategory.Operation].RuleCount;
        Require((header.Operations == 0) == (rules == 0), "rules about operations that no hook looks at");
        Require((header.OperationsRefused & ~header.Operations) == 0, "operations that are refused and not looked at");
        var capabilities = header.Capabilities[0] | header.Capabilities[1];
        Require(
            capabilities == 0 || (header.Operations >> (int)Normalising.OperationKind.Capability & 1) != 0,
            "capabilities that no rule is about");
        var connections = header.Categories[(int)Normalising.RuleCategory.NetworkConnection].UserRules;
        Require(header.NetworkOperations >> KernelAbi.Networks == 0, "operations on sockets that there are not");
        Require(header.NetworkOperations == 0 || connections != 0, "operations on sockets that no rule is about");
    }

    private static void CheckAtoms(ImageView view)
    {
        foreach (ref readonly var atom in view.Atoms)
        {
            Require(atom.Field < KernelAbi.Fields, "an atom of an unknown field");
            for (var category = 0; category < KernelAbi.Categories; category++)
            {
                CheckList(view, atom.Triggers[category], view.Header.RuleCount, "an atom");
            }
        }
    }

    private static void CheckPatterns(ImageView view)
    {
        foreach (ref readonly var pattern in view.Patterns)
        {
            Require(pattern.Kind <= KernelAbi.PatternCandidate, "a pattern of an unknown kind");
            if (pattern.Kind == KernelAbi.PatternCandidate)
            {
                var known = pattern.Atom >= 2 * view.Header.TextCount && pattern.Atom < view.Header.AutomataCount;
                Require(known, "a candidate that asks for no confirmation");
            }
            else
            {
                Require(pattern.Atom < view.Header.AtomCount, "a pattern of an unknown atom");
            }

            Require(pattern.Sequence < KernelLimits.SequencesMax, "a pattern of an unknown sequence");
            Require(pattern.Segment <= pattern.LastSegment, "a segment behind the last one");
            Require(pattern.LastSegment < KernelLimits.SegmentsMax, "a pattern of too many segments");
        }
    }

    private static void CheckRanges(ImageView view)
    {
        for (var number = 0; number < KernelAbi.Numbers; number++)
        {
            var count = view.Header.RangeCount[number];
            Require(count <= KernelLimits.RangesMax, "too many ranges");
            if (count == 0)
            {
                continue;
            }

            CheckRange(view.Header, view.Header.RangesOff[number], count, (ulong)Unsafe.SizeOf<GuardRange>(), "ranges");
            var ranges = view.Ranges(number);
            Require(ranges[0].From == 0, "ranges that do not begin at 0");
            for (var i = 0; i < ranges.Length; i++)
            {
                Require(i == 0 || ranges[i - 1].From < ranges[i].From, "ranges out of order");
                CheckList(view, ranges[i].List, view.Header.AtomCount, "a range");
            }
        }
    }

    private static void CheckAddresses(ImageView view)
    {
        for (var address = 0; address < KernelAbi.Addresses; address++)
        {
            var count = view.Header.AddressCount[address];
            Require(count <= KernelLimits.AddressRangesMax, "too many ranges of addresses");
            if (count == 0)
            {
                continue;
            }

            var size = (ulong)Unsafe.SizeOf<GuardAddressRange>();
            CheckRange(view.Header, view.Header.AddressesOff[address], count, size, "ranges of addresses");
            var ranges = view.AddressRanges(address);
            Require(ranges[0].Address == 0, "ranges of addresses that do not begin at 0");
            for (var i = 0; i < ranges.Length; i++)
            {
                Require(i == 0 || ranges[i - 1].Address < ranges[i].Address, "ranges of addresses out of order");
                CheckList(view, ranges[i].List, view.Header.AtomCount, "a range of addresses");
            }
        }
    }

    private static void CheckLists(ImageView view)
    {
        for (var kind = 0; kind < KernelAbi.Accesses; kind++)
        {
            CheckList(view, view.Header.AccessList[kind], view.Header.AtomCount, "a kind of access");
        }

        for (var property = 0; property < KernelAbi.Properties; property++)
        {
            CheckList(view, view.Header.PropertyList[property], view.Header.AtomCount, "a property of a program");
        }

        for (var category = 0; category < KernelAbi.Categories; category++)
        {
            CheckList(view, view.Header.Categories[category].AlwaysList, view.Header.RuleCount, "a category");
            CheckList(view, view.Header.Categories[category].UnknownList, view.Header.RuleCount, "a category");
        }
    }

    private static void CheckRules(ImageView view)
    {
        foreach (ref readonly var rule in view.Rules)
        {
            Require(rule.OpCount is > 0 and <= KernelLimits.RuleOpsMax, "a rule of too many operations");
            CheckRange(view.Header, rule.OpsOff, rule.OpCount, sizeof(uint), "a condition");
            Require(rule.Action is 1 or 2, "a rule of an unknown action");
            Require(rule.OnUnknown <= 1, "a rule of an unknown on_unknown");
            Require(rule.Category < KernelAbi.Categories, "a rule of an unknown category");
            CheckProgram(view, rule);
        }
    }

    private static void CheckProgram(ImageView view, in GuardRule rule)
    {
        var depth = 0;
        foreach (var op in view.Ops(rule))
        {
            switch (op >> KernelAbi.OpShift)
            {
                case KernelAbi.OpAtom:
                    Require((op & KernelAbi.OpAtomMask) < view.Header.AtomCount, "a condition over an unknown atom");
                    Require(FieldOf(op) < KernelAbi.Fields, "a condition over an unknown field");
                    Require((rule.Fields >> FieldOf(op) & 1) != 0, "a condition over a field that its rule leaves out");
                    depth++;
                    break;
                case KernelAbi.OpTrue or KernelAbi.OpFalse:
                    depth++;
                    break;
                case KernelAbi.OpNot:
                    Require(depth >= 1, "a condition that takes from an empty stack");
                    break;
                case KernelAbi.OpAnd or KernelAbi.OpOr:
                    Require(depth >= 2, "a condition that takes from an empty stack");
                    depth--;
                    break;
                default:
                    throw new InvalidImageException("Not a policy image: an unknown operation.");
            }

            Require(depth <= KernelLimits.RuleDepthMax, "a condition that is too deep");
        }

        Require(depth == 1, "a condition that leaves no single value");
    }

    private static int FieldOf(uint op) => (int)(op >> KernelAbi.OpFieldShift & KernelAbi.OpFieldMask);
}
