using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guard.Engine.Events;
using Guard.Engine.Interop;
using Guard.Engine.Kernel;
using Guard.Engine.Kernel.Abi;
using Guard.Engine.Tests.Events;
using Guard.Policies.Image;
using Guard.Policies.Simulation;
using Xunit;

namespace Guard.Engine.Tests.Kernel;

public sealed class SweepRecordsTests
{
    private const int Held = 9;
    private const int Failure = 5;
    private static readonly int FixedBytes = Unsafe.SizeOf<GuardEventLayout>();

    private readonly List<GuardEvent> _found = [];

    private static byte[] Record(string path, int descriptor) => EventBytes.Create(Held, path, image: "/bin/holder", change: (ref GuardEventLayout e) =>
    {
        (e.Descriptor, e.Verdict, e.Category, e.Access, e.RuleCount) = ((uint)descriptor, 2, 1, 1, 1);
        e.Rules[0] = 4;
    });

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(255)]
    [InlineData(32768)]
    public void Records_arrive_whatever_the_pieces_are(int pieceBytes)
    {
        byte[] bytes = [.. Record("/etc/shadow", 3), .. Record("", 4), .. EventBytes.Create(Failure), .. Record("/" + new string('x', KernelLimits.PathMax - 1), int.MaxValue)];
        var records = Feed(bytes, pieceBytes);
        records.End();
        Assert.Equal([3, 4, int.MaxValue], _found.Select(open => open.Descriptor));
        Assert.Equal(["/etc/shadow", "", "/" + new string('x', KernelLimits.PathMax - 1)], _found.Select(open => open.Path.ToString()));
        Assert.All(_found, open => Assert.Equal((GuardEventKind.FileHeld, "/bin/holder", (int)Verdict.Block, 4), (open.Kind, open.Image.ToString(), open.Verdict, open.Rules[0])));
        Assert.Equal((1, 0), (records.Undecided, records.Malformed));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(255u)]
    [InlineData(uint.MaxValue)]
    [InlineData(1u << 31)]
    public void A_size_that_can_be_none_ends_it(uint size)
    {
        var bytes = Record("/etc/shadow", 3);
        MemoryMarshal.Write(bytes, in size);
        Assert.Throws<KernelException>(() => Feed(bytes, bytes.Length));
        Assert.Empty(_found);
    }

    [Fact]
    public void The_longest_record_is_taken_and_one_byte_more_is_not()
    {
        var bytes = new byte[SweepRecords.LongestRecord + 1];
        Record("/x", 3).CopyTo(bytes, 0);
        var size = (uint)SweepRecords.LongestRecord;
        MemoryMarshal.Write(bytes, in size);
        Feed(bytes[..^1], 4096).End();
        Assert.Single(_found);

        size++;
        MemoryMarshal.Write(bytes, in size);
        Assert.Throws<KernelException>(() => Feed(bytes, 4096));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(200)]
    public void A_record_that_is_cut_off_is_an_error(int missing)
    {
        var records = Feed([.. Record("/etc/shadow", 3), .. Record("/etc/gshadow", 4)[..^missing]], 100);
        Assert.Throws<KernelException>(records.End);
        Assert.Equal(3, Assert.Single(_found).Descriptor);
    }

    [Fact]
    public void What_is_not_understood_is_counted_and_the_next_record_is_found()
    {
        EventBytes.Change[] lies =
        [
            (ref GuardEventLayout e) => e.PathLength = ushort.MaxValue,
            (ref GuardEventLayout e) => e.ImageLength = 1,
            (ref GuardEventLayout e) => e.RuleCount = 9,
            (ref GuardEventLayout e) => (e.RuleCount, e.Rules[0]) = (1, uint.MaxValue),
            (ref GuardEventLayout e) => e.Verdict = 200,
            (ref GuardEventLayout e) => e.Descriptor = uint.MaxValue,
            (ref GuardEventLayout e) => e.Kind = 4,
            (ref GuardEventLayout e) => e.Kind = 77,
            (ref GuardEventLayout e) => e.AbiVersion = 1,
            (ref GuardEventLayout e) => e.Access = 1u << 20,
        ];
        foreach (var lie in lies)
        {
            Feed([.. EventBytes.Create(Held, "", change: lie), .. Record("/after", 5)], 64).End();
        }

        Assert.Equal(lies.Length, _found.Count);
        Assert.All(_found, open => Assert.Equal("/after", open.Path.ToString()));
    }

    [Fact]
    public void Any_bytes_are_records_or_an_error()
    {
        var random = new Random(20);
        for (var turn = 0; turn < 2000; turn++)
        {
            var bytes = new byte[random.Next(1, 4 * FixedBytes)];
            random.NextBytes(bytes);
            var size = (uint)random.Next(FixedBytes, bytes.Length + FixedBytes);
            if (bytes.Length >= sizeof(uint))
            {
                MemoryMarshal.Write(bytes, in size);
            }

            try
            {
                Feed(bytes, random.Next(1, 600)).End();
            }
            catch (KernelException)
            {
                // The one way to refuse.
            }
        }

        Assert.Empty(_found);
    }

    private SweepRecords Feed(byte[] bytes, int pieceBytes)
    {
        var records = new SweepRecords(_found.Add);
        foreach (var piece in bytes.Chunk(pieceBytes))
        {
            records.Feed(piece);
        }

        return records;
    }
}
