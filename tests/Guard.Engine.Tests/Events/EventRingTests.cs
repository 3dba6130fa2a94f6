using System.Runtime.InteropServices;
using Guard.Engine.Events;
using Guard.Engine.Tests.Kernel;
using Xunit;

namespace Guard.Engine.Tests.Events;

public sealed class EventRingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [SkippableFact]
    public async Task Records_arrive_whole_and_in_order()
    {
        using var program = Load();
        using var ring = new EventRing(program.Map("ring"), "test", capacity: 1024);
        ring.Start();
        Assert.Equal(0u, Emit(program, 1, 500));
        Assert.Equal(Numbers(1, 500), await ReadAsync(ring, 500));
    }

    [SkippableFact]
    public async Task Stopping_loses_nothing_that_is_in_the_ring()
    {
        using var program = Load();
        using var ring = new EventRing(program.Map("ring"), "test", capacity: 10);
        Emit(program, 1, 300);
        ring.Start();
        ring.Stop();
        Assert.Equal(Numbers(1, 300), await ReadAsync(ring, 300));
        Assert.False(await ring.Records.WaitToReadAsync().AsTask().WaitAsync(Patience));
        Assert.True(ring.Join(Patience));
        Assert.Equal((300, 0), (ring.Received, ring.Abandoned));
    }

    [SkippableFact]
    public async Task A_full_queue_leaves_the_rest_in_the_ring_until_it_is_counted_as_lost()
    {
        using var program = Load();
        using var ring = new EventRing(program.Map("ring"), "test", capacity: 4);
        ring.Start();
        // 64 KiB of ring hold 910 records of 72 bytes; 5 are out of it.
        var lost = Emit(program, 1, 3000);
        Assert.InRange(lost, 1900u, 2999u);

        var arrived = await ReadAsync(ring, 3000 - (int)lost);

        Assert.Equal(3000 - (int)lost, arrived.Distinct().Count());
        Assert.Equal(arrived.Order(), arrived);
    }

    [SkippableFact]
    public async Task What_nobody_read_stays_for_the_next_reader()
    {
        using var program = Load();
        using (var first = new EventRing(program.Map("ring"), "first", capacity: 8))
        {
            Emit(program, 1, 20);
            first.Start();
            await ReadAsync(first, 5);
        }

        using var second = new EventRing(program.Map("ring"), "second", capacity: 8);
        second.Start();
        Emit(program, 100, 1);
        Assert.Equal(100UL, (await ReadUntilAsync(second, 100))[^1]);
    }

    [SkippableFact]
    public void Disposing_with_a_full_queue_and_no_reader_ends()
    {
        using var program = Load();
        var ring = new EventRing(program.Map("ring"), "test", capacity: 1);
        ring.Start();
        Emit(program, 1, 10);
        Assert.True(SpinWait.SpinUntil(() => ring.Received == 2, Patience));
        ring.Dispose();
        Assert.True(ring.Join(Patience));
        Assert.Equal(1, ring.Abandoned);
    }

    [SkippableFact]
    public async Task Stopping_ends_while_the_kernel_goes_on_writing()
    {
        using var program = Load();
        using var ring = new EventRing(program.Map("ring"), "test", capacity: 1024);
        using var enough = new CancellationTokenSource();
        var flood = Task.Run(() =>
        {
            for (var n = 1UL; !enough.IsCancellationRequested; n += 4096)
            {
                Emit(program, n, 4096);
            }
        });
        ring.Start();
        await ReadAsync(ring, 5000);
        ring.Stop();
        using var patience = new CancellationTokenSource(Patience);
        await foreach (var record in ring.Records.ReadAllAsync(patience.Token))
        {
            Assert.Equal(64, record.Length);
        }

        await enough.CancelAsync();
        await flood;
        Assert.Equal(0, ring.Abandoned);
    }

    private static NativeProgram Load()
    {
        Native.SkipUnlessPermitted();
        return NativeProgram.Load(Native.Build("ring_test"));
    }

    private static uint Emit(NativeProgram program, ulong first, uint count)
    {
        var request = new Request { Count = count, First = first };
        Assert.Equal(7u, program.Run("emit", MemoryMarshal.AsBytes(new Span<Request>(ref request))));
        return request.Lost;
    }

    private static IEnumerable<ulong> Numbers(ulong first, int count) => Enumerable.Range((int)first, count).Select(n => (ulong)n);

    private static async Task<List<ulong>> ReadAsync(EventRing ring, int count)
    {
        var numbers = new List<ulong>();
        using var patience = new CancellationTokenSource(Patience);
        while (numbers.Count < count)
        {
            var record = await ring.Records.ReadAsync(patience.Token);
            Assert.Equal(64, record.Length);
            numbers.Add(BitConverter.ToUInt64(record));
        }

        return numbers;
    }

    private static async Task<List<ulong>> ReadUntilAsync(EventRing ring, ulong last)
    {
        var numbers = await ReadAsync(ring, 1);
        while (numbers[^1] != last)
        {
            numbers.AddRange(await ReadAsync(ring, 1));
        }

        return numbers;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Request
    {
        public uint Count;
        public uint Lost;
        public ulong First;
    }
}
