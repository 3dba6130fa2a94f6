using Guard.Policies.Simulation.Events;

namespace Guard.Cli.Policies;

/// <summary>
/// Lines of a stream in constant memory: what is longer than an event may be is passed over, not kept.
/// </summary>
internal sealed class EventLines
{
    private const int FirstBuffer = 64 << 10;

    private readonly Stream _stream;
    private byte[] _buffer = new byte[FirstBuffer];
    private int _start;
    private int _end;

    /// <summary>Up to here there is no line feed.</summary>
    private int _searched;

    private bool _tooLong;
    private bool _ended;

    /// <summary>Reads from the stream's position; the caller disposes it.</summary>
    public EventLines(Stream stream) => _stream = stream;

    /// <summary>The number of the line that was taken last, from 1.</summary>
    public long Number { get; private set; }

    /// <summary>Takes the next line out of what has been read already.</summary>
    /// <param name="line">Without its line feed; valid until the next call. Empty when it is too long.</param>
    /// <param name="tooLong">The line is longer than <see cref="SigmaEvent.MaxBytes"/>.</param>
    /// <returns>False when more must be read first.</returns>
    public bool TryTake(out ReadOnlySpan<byte> line, out bool tooLong)
    {
        var feed = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
        if (feed < 0 && !(_ended && (_end > _start || _tooLong)))
        {
            _searched = _end;
            PassOver();
            line = [];
            tooLong = false;
            return false;
        }

        var end = feed < 0 ? _end : _searched + feed;
        tooLong = _tooLong || end - _start > SigmaEvent.MaxBytes;
        line = tooLong ? [] : _buffer.AsSpan(_start, end - _start);
        _start = _searched = feed < 0 ? end : end + 1;
        _tooLong = false;
        Number++;
        return true;
    }

    /// <summary>Reads more, and waits for it.</summary>
    /// <returns>False at the end, after which <see cref="TryTake"/> gives the last line if it has no line feed.</returns>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (_ended)
        {
            return false;
        }

        MakeRoom();

        // Standard input cannot be interrupted, waiting for it can.
        var read = await _stream.ReadAsync(_buffer.AsMemory(_end), CancellationToken.None)
            .AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        _end += read;
        _ended = read == 0;
        return true;
    }

    private void PassOver()
    {
        if (_tooLong || _end - _start > SigmaEvent.MaxBytes)
        {
            _tooLong = true;
            _start = _end = _searched = 0;
        }
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_end, _searched, _start) = (_end - _start, _searched - _start, 0);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, SigmaEvent.MaxBytes + FirstBuffer));
        }
    }
}
