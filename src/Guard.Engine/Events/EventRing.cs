using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Guard.Engine.Interop;

namespace Guard.Engine.Events;

/// <summary>
/// Reads one kernel ring on a thread of its own and queues a copy of each record. When the queue is full the thread
/// stops reading: the ring then fills and the kernel counts what it can't place, so nothing is dropped in silence and no
/// verdict waits. One reader of <see cref="Records"/>; <see cref="Stop"/> and <see cref="Dispose"/> from any thread.
/// </summary>
internal sealed class EventRing : IDisposable
{
    private const int PollMilliseconds = 100;

    /// <summary>More than a ring of 4 MiB can hold: ends the last pass while the kernel goes on writing.</summary>
    private const int LastPassRecords = 32768;

    private readonly Channel<byte[]> _queue;
    private readonly CancellationTokenSource _abandon = new();
    private readonly RingBufferHandle _ring;
    private readonly Thread _thread;
    private GCHandle _self;
    private volatile bool _stopping;
    private int _disposed;
    private long _received;
    private long _abandoned;
    private int _left = LastPassRecords;

    /// <summary>Opens the ring; nothing is read before <see cref="Start"/>.</summary>
    /// <param name="map">A BPF_MAP_TYPE_RINGBUF; needed during the call only.</param>
    /// <param name="name">For the thread and the log.</param>
    /// <param name="capacity">Records that may wait in the queue.</param>
    public unsafe EventRing(FileDescriptorHandle map, string name, int capacity)
    {
        Name = name;
        _queue = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(capacity)
        {
            SingleReader = true,
            SingleWriter = true,
            FullMode = BoundedChannelFullMode.Wait,
        });
        _self = GCHandle.Alloc(this);
        try
        {
            _ring = Libbpf.NewRing(map, &OnRecord, GCHandle.ToIntPtr(_self));
        }
        catch
        {
            _self.Free();
            throw;
        }

        _thread = new Thread(Run) { IsBackground = true, Name = $"ring {name}" };
    }

    /// <summary>Its name in the log.</summary>
    public string Name { get; }

    /// <summary>What was read, in the order of the ring. Completes after <see cref="Stop"/>, when all that was read is out;
    /// with an error when the ring can't be read any more.</summary>
    public ChannelReader<byte[]> Records => _queue.Reader;

    /// <summary>Records taken out of the ring so far.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Records taken out of the ring and thrown away because nobody read the queue when it was disposed.</summary>
    public long Abandoned => Interlocked.Read(ref _abandoned);

    /// <summary>Begins to read.</summary>
    public void Start() => _thread.Start();

    /// <summary>
    /// Takes no more than what is in the ring now, queues it, and completes <see cref="Records"/>. Returns at once: whoever
    /// reads the queue reads to its end. What the kernel writes later stays in the ring, for the next guardd.
    /// </summary>
    public void Stop() => _stopping = true;

    /// <summary>Waits until the thread has ended, after <see cref="Stop"/>. False when it still waits for a reader.</summary>
    public bool Join(TimeSpan timeout) => !_thread.IsAlive || _thread.Join(timeout);

    /// <summary>Ends the thread, even if that costs the record that it holds, and lets go of the ring.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _stopping = true;
        _abandon.Cancel();
        if (_thread.IsAlive)
        {
            _thread.Join();
        }

        _queue.Writer.TryComplete();
        _ring.Dispose();
        _self.Free();
        _abandon.Dispose();
    }

    [UnmanagedCallersOnly]
    private static unsafe int OnRecord(nint context, byte* data, nuint size)
    {
        var ring = Unsafe.As<EventRing>(GCHandle.FromIntPtr(context).Target!);
        return ring.Take(new ReadOnlySpan<byte>(data, checked((int)size)));
    }

    private void Run()
    {
        Exception? failure = null;
        while (!_stopping)
        {
            var result = Libbpf.Poll(_ring, PollMilliseconds);
            if (result < 0 && !IsExpected(result))
            {
                failure = new IOException($"the ring can't be read: {Errno.FromResult(result)}");
                break;
            }
        }

        if (failure is null && !_abandon.IsCancellationRequested)
        {
            // One pass over what is there, so that a record that was in when Stop was called is not left waiting.
            Libbpf.Consume(_ring);
        }

        _queue.Writer.TryComplete(failure);
    }

    private static bool IsExpected(int result)
    {
        var errno = Errno.FromResult(result);
        return errno == Errno.Interrupted || errno == Errno.Cancelled;
    }

    /// <summary>Runs inside libbpf: must not throw. A negative result ends the pass, with this record consumed.</summary>
    private int Take(ReadOnlySpan<byte> record)
    {
        try
        {
            Interlocked.Increment(ref _received);
            Enqueue(record.ToArray());

            // Under a flood a pass has no end of its own. This record is queued; the result only ends the pass.
            return _stopping && --_left <= 0 ? -Errno.Cancelled.Value : 0;
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException or OutOfMemoryException)
        {
            Interlocked.Increment(ref _abandoned);
            return -Errno.Cancelled.Value;
        }
    }

    private void Enqueue(byte[] record)
    {
        while (!_queue.Writer.TryWrite(record))
        {
            if (!_queue.Writer.WaitToWriteAsync(_abandon.Token).AsTask().GetAwaiter().GetResult())
            {
                throw new ChannelClosedException();
            }
        }
    }
}
