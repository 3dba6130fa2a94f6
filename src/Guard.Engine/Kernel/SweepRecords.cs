using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guard.Engine.Events;
using Guard.Engine.Interop;
using Guard.Engine.Kernel.Abi;
using Guard.Policies.Image;

namespace Guard.Engine.Kernel;

/// <summary>
/// What <c>iter_open_files</c> and <c>iter_mapped_files</c> write, as it comes in pieces: one record behind the other, each as a ring would carry it.
/// The bytes are input like any other. A size that can't be one ends it, because where the next record begins is not known
/// any more; a record that is not understood is counted. Not thread-safe.
/// </summary>
internal sealed class SweepRecords
{
    /// <summary>Longest record: the fixed part, a path and the path of a program.</summary>
    public static readonly int LongestRecord =
        Unsafe.SizeOf<GuardEventLayout>() + KernelLimits.PathMax + KernelLimits.SubjectImageMax;

    private readonly Action<GuardEvent> _found;
    private readonly byte[] _pending = new byte[LongestRecord];
    private int _length;

    /// <param name="found">Takes each open file that a rule speaks of, in the order of process ids.</param>
    public SweepRecords(Action<GuardEvent> found) => _found = found;

    /// <summary>Open files about which the programs had no room to decide.</summary>
    public long Undecided { get; private set; }

    /// <summary>Records that were not understood.</summary>
    public long Malformed { get; private set; }

    /// <summary>Takes the next piece, of any length.</summary>
    /// <exception cref="KernelException">A record says that it is shorter or longer than any can be.</exception>
    public void Feed(ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty)
        {
            var wanted = _length < sizeof(uint) ? sizeof(uint) : RecordSize();
            var taken = Math.Min(wanted - _length, piece.Length);
            piece[..taken].CopyTo(_pending.AsSpan(_length));
            piece = piece[taken..];
            _length += taken;
            if (_length >= sizeof(uint) && _length == RecordSize())
            {
                Take(_pending.AsSpan(0, _length));
                _length = 0;
            }
        }
    }

    /// <summary>Nothing more comes.</summary>
    /// <exception cref="KernelException">The last record is cut off.</exception>
    public void End()
    {
        if (_length > 0)
        {
            KernelException.Throw($"the iterator over open files ended after {_length} bytes of a record", default);
        }
    }

    private int RecordSize()
    {
        var size = MemoryMarshal.Read<uint>(_pending);
        if (size < Unsafe.SizeOf<GuardEventLayout>() || size > LongestRecord)
        {
            KernelException.Throw($"the iterator over open files wrote a record of {size} bytes", default);
        }

        return (int)size;
    }

    private void Take(ReadOnlySpan<byte> record)
    {
        if (!EventDecoder.TryDecode(record, out var happened, out _)
            || happened.Kind is not (GuardEventKind.FileHeld or GuardEventKind.Failure))
        {
            Malformed++;
        }
        else if (happened.Kind == GuardEventKind.Failure)
        {
            Undecided++;
        }
        else
        {
            _found(happened);
        }
    }
}
