using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Tests.Compiling;
using Xunit;

namespace Guard.Policies.Tests.Image;

/// <summary>One table at a time is made to say something that it must not; the hash is right each time.</summary>
public sealed class ImageRefusalTests
{
    private readonly byte[] _image = Sample();

    [Fact]
    public void The_sample_has_everything_that_is_damaged_here()
    {
        var view = ImageReader.Read(_image);
        Assert.Equal(100u, view.Sets[KernelAbi.TextTarget].EntryCount);
        Assert.Equal(2, view.Automata.Length - (2 * KernelAbi.Texts));
        Assert.Contains(view.Patterns.ToArray(), p => p.Kind == KernelAbi.PatternCandidate);
        Assert.True(view.Ranges(KernelAbi.NumberUid).Length >= 3);
    }

    [Theory]
    [InlineData("texts", 7)] // fewer than the kernel has
    [InlineData("texts", 4000)] // more than there are automata for
    [InlineData("automata", 16)] // the candidates name one that does not exist
    [InlineData("automata", 1 << 20)]
    [InlineData("sets", 5)] // not a multiple of 4
    [InlineData("flags", 3)] // open and closed
    [InlineData("flags", 4)] // nobody knows
    [InlineData("operations", 1)] // that no rule is about
    [InlineData("refused operations", 1)] // that no hook looks at
    [InlineData("operations on sockets", 1 << KernelAbi.Networks)] // that there is not
    [InlineData("capabilities", 1)] // that no rule is about
    [InlineData("no rules about sockets", 0)] // but operations that they are about
    public void Counts_of_the_header(string what, int value)
    {
        ref var header = ref MemoryMarshal.AsRef<GuardImageHeader>(_image.AsSpan());
        switch (what)
        {
            case "texts":
                header.TextCount = (uint)value;
                break;
            case "automata":
                header.AutomataCount = (uint)value;
                break;
            case "operations":
                header.Operations = (uint)value;
                break;
            case "refused operations":
                header.OperationsRefused = (uint)value;
                break;
            case "operations on sockets":
                header.NetworkOperations |= (uint)value;
                break;
            case "capabilities":
                header.Capabilities[1] = (uint)value;
                break;
            case "no rules about sockets":
                header.Categories[(int)RuleCategory.NetworkConnection].UserRules = (uint)value;
                break;
            case "flags":
                header.Flags = (uint)value;
                break;
            default:
                header.SetsOff = (uint)value;
                break;
        }

        AssertRefused();
    }

    [Fact]
    public void A_candidate_that_names_the_automaton_of_a_text()
    {
        ref var candidate = ref First(p => p.Kind == KernelAbi.PatternCandidate);
        candidate.Atom = 2;
        AssertRefused();
    }

    [Fact]
    public void A_candidate_that_names_an_automaton_behind_the_last()
    {
        ref var candidate = ref First(p => p.Kind == KernelAbi.PatternCandidate);
        candidate.Atom = (uint)ImageReader.Read(_image).Automata.Length;
        AssertRefused();
    }

    [Theory]
    [InlineData(KernelAbi.PatternCandidate)]
    [InlineData(KernelAbi.PatternSegment)]
    public void A_confirmation_that_names_a_pattern_that_is_not_simple(byte kind)
    {
        var view = ImageReader.Read(_image);
        var number = PatternsOf(view, view.Automata[2 * KernelAbi.Texts])[0];
        var offset = (int)view.Header.PatternsOff + ((int)number * Unsafe.SizeOf<GuardPattern>());
        ref var pattern = ref MemoryMarshal.AsRef<GuardPattern>(_image.AsSpan(offset));
        pattern.Kind = kind;
        pattern.Atom = kind == KernelAbi.PatternCandidate ? 2u * KernelAbi.Texts : 0;
        AssertRefused();
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(100u)]
    public void A_set_whose_size_is_no_power_of_two(uint buckets)
    {
        Set().BucketCount = buckets;
        AssertRefused();
    }

    [Fact]
    public void A_set_that_does_not_count_right()
    {
        Set().EntryCount++;
        AssertRefused();
    }

    [Fact]
    public void A_set_that_reaches_beyond_the_image()
    {
        Set().BucketCount = 1u << 20;
        AssertRefused();
    }

    [Fact]
    public void A_set_that_begins_in_the_header()
    {
        Set().BucketsOff = 4;
        AssertRefused();
    }

    [Fact]
    public void An_entry_that_no_look_up_reaches()
    {
        var buckets = Buckets();
        var at = buckets.ToArray().ToList().FindIndex(b => b.List != 0);
        buckets[at].Hash[0] += KernelLimits.SetProbesMax;
        AssertRefused();
    }

    [Fact]
    public void An_entry_with_a_list_outside()
    {
        var buckets = Buckets();
        var at = buckets.ToArray().ToList().FindIndex(b => b.List != 0);
        buckets[at].List = (uint)_image.Length;
        AssertRefused();
    }

    [Fact]
    public void Ranges_that_do_not_begin_at_zero()
    {
        Ranges()[0].From = 1;
        AssertRefused();
    }

    [Fact]
    public void Ranges_that_do_not_ascend()
    {
        var ranges = Ranges();
        ranges[2].From = ranges[1].From;
        AssertRefused();
    }

    [Fact]
    public void A_range_with_a_list_outside()
    {
        Ranges()[1].List = (uint)_image.Length - 4;
        AssertRefused();
    }

    [Theory]
    [InlineData("from")]
    [InlineData("order")]
    [InlineData("list")]
    [InlineData("outside")]
    public void Ranges_of_addresses(string what)
    {
        ref var header = ref MemoryMarshal.AsRef<GuardImageHeader>(_image.AsSpan());
        var ranges = MemoryMarshal.Cast<byte, GuardAddressRange>(
            _image.AsSpan((int)header.AddressesOff[KernelAbi.AddressDestination]))[..(int)header.AddressCount[KernelAbi.AddressDestination]];
        Assert.True(ranges.Length >= 3);
        switch (what)
        {
            case "from":
                ranges[0].From[1] = 1;
                break;
            case "order":
                ranges[2].From = ranges[1].From;
                break;
            case "list":
                ranges[1].List = (uint)_image.Length - 4;
                break;
            default:
                header.AddressesOff[KernelAbi.AddressDestination] = (uint)_image.Length - 8;
                break;
        }

        AssertRefused();
    }

    [Fact]
    public void Patterns_of_an_unknown_kind()
    {
        First(p => p.Kind == KernelAbi.PatternSimple).Kind = 3;
        AssertRefused();
    }

    private static List<uint> PatternsOf(ImageView view, GuardAutomaton automaton)
    {
        var patterns = new List<uint>();
        var stride = (automaton.ClassCount + 2) * 4;
        for (var row = automaton.RowsOff; row < automaton.RowsOff + automaton.RowsBytes; row += stride)
        {
            patterns.AddRange(view.List(view.Word(row + stride - 8)).ToArray());
            patterns.AddRange(view.List(view.Word(row + stride - 4)).ToArray());
        }

        return patterns;
    }

    private static byte[] Sample()
    {
        var builder = new PolicyBuilder();
        var list = builder.Target([.. Enumerable.Range(0, 100).Select(n => $"/srv/{n}")]);
        builder.File(PolicyBuilder.And(list, PolicyBuilder.Not(builder.User(3, 7))));
        builder.File(builder.Target("/etc/sh?dow", "/b*c*d")).File(builder.Cased("*SHADOW"));
        builder.Network(builder.Destinations(3));
        return builder.Image().Bytes.ToArray();
    }

    private ref GuardPattern First(Func<GuardPattern, bool> wanted)
    {
        var header = ImageReader.Read(_image).Header;
        var table = MemoryMarshal.Cast<byte, GuardPattern>(
            _image.AsSpan((int)header.PatternsOff, (int)header.PatternCount * Unsafe.SizeOf<GuardPattern>()));
        var at = 0;
        while (!wanted(table[at]))
        {
            at++;
        }

        return ref table[at];
    }

    private ref GuardSet Set()
    {
        var header = ImageReader.Read(_image).Header;
        var offset = (int)header.SetsOff + (KernelAbi.TextTarget * Unsafe.SizeOf<GuardSet>());
        return ref MemoryMarshal.AsRef<GuardSet>(_image.AsSpan(offset));
    }

    private Span<GuardSetEntry> Buckets()
    {
        ref var set = ref Set();
        return MemoryMarshal.Cast<byte, GuardSetEntry>(
            _image.AsSpan((int)set.BucketsOff, (int)set.BucketCount * Unsafe.SizeOf<GuardSetEntry>()));
    }

    private Span<GuardRange> Ranges()
    {
        var header = ImageReader.Read(_image).Header;
        return MemoryMarshal.Cast<byte, GuardRange>(
            _image.AsSpan(
                (int)header.RangesOff[KernelAbi.NumberUid],
                (int)header.RangeCount[KernelAbi.NumberUid] * Unsafe.SizeOf<GuardRange>()));
    }

    private void AssertRefused()
    {
        ImageReader.HashOf(_image).CopyTo(_image.AsSpan(32, 32));
        Assert.Throws<InvalidImageException>(() => ImageReader.Read(_image));
    }
}
