using System.Buffers;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Guard.Protocol;

namespace Guard.Engine.Forwarding;

/// <summary>
/// Sends to a syslog receiver over TCP. The protocol has no acknowledgement, so a record counts as delivered when the
/// receiver's kernel has acknowledged everything up to it and the connection stayed healthy for a while after. When it
/// breaks earlier the record is sent again: receivers may see it twice.
/// </summary>
internal sealed class SyslogSink : IEventSink
{
    private readonly SyslogSinkOptions _options;
    private readonly SyslogFormatter _formatter;
    private readonly TimeProvider _time;
    private readonly Queue<Mark> _marks = [];
    private readonly ArrayBufferWriter<byte> _buffer = new(64 * 1024);
    private Socket? _socket;
    private long _confirmed;
    private long _bytesSent;

    public SyslogSink(SyslogSinkOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _formatter = new SyslogFormatter(options, Environment.ProcessId);
    }

    /// <inheritdoc/>
    public string Name => _options.Name;

    /// <inheritdoc/>
    public string Target => string.Create(CultureInfo.InvariantCulture, $"syslog+tcp://{_options.Host}:{_options.Port}");

    /// <inheritdoc/>
    public bool Connected => _socket is not null;

    /// <inheritdoc/>
    public async Task SendAsync(IReadOnlyList<AuditRecord> records, CancellationToken cancellationToken)
    {
        try
        {
            var socket = _socket ??= await ConnectAsync(cancellationToken).ConfigureAwait(false);
            TcpHealth.ThrowIfClosed(socket);
            Frame(records);
            await SendAllAsync(socket, cancellationToken).ConfigureAwait(false);
            _bytesSent += _buffer.WrittenCount;
            _marks.Enqueue(new Mark(records[^1].Seq, _bytesSent, null));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or TimeoutException)
        {
            throw Broken(e);
        }
    }

    /// <inheritdoc/>
    public long Confirm()
    {
        if (_socket is not { } socket)
        {
            return 0;
        }

        try
        {
            TcpHealth.ThrowIfClosed(socket);
            ConfirmMarks(TcpHealth.ReadAcknowledged(socket));
            return _confirmed;
        }
        catch (SocketException e)
        {
            throw Broken(e);
        }
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _socket?.Dispose();
        _socket = null;
        _marks.Clear();
        _confirmed = 0;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Reset();
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// The clock of a mark starts when the receiver's kernel was seen to have all its bytes, not when they were sent;
    /// it ends <see cref="SyslogSinkOptions.ConfirmAfter"/> later on the same connection.
    /// </summary>
    private void ConfirmMarks(long acknowledged)
    {
        var now = _time.GetTimestamp();
        for (var i = _marks.Count; i > 0; i--)
        {
            var mark = _marks.Dequeue();
            var arrived = mark.Since is null && mark.End <= acknowledged;
            _marks.Enqueue(arrived ? mark with { Since = now } : mark);
        }

        while (_marks.TryPeek(out var oldest)
            && oldest.Since is { } since
            && _time.GetElapsedTime(since, now) >= _options.ConfirmAfter)
        {
            _confirmed = _marks.Dequeue().Seq;
        }
    }

    private void Frame(IReadOnlyList<AuditRecord> records)
    {
        _buffer.ResetWrittenCount();
        foreach (var record in records)
        {
            var message = _formatter.Format(record);
            Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{message.Length} "), _buffer);
            _buffer.Write(message);
        }
    }

    private async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 30);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 10);
            timeout.CancelAfter(_options.ConnectTimeout);
            await socket.ConnectAsync(_options.Host, _options.Port, timeout.Token).ConfigureAwait(false);
            _bytesSent = TcpHealth.ReadAcknowledged(socket);
            return socket;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            socket.Dispose();
            throw new TimeoutException("connecting took too long");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task SendAllAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_options.SendTimeout);
        try
        {
            for (var rest = _buffer.WrittenMemory; !rest.IsEmpty;)
            {
                rest = rest[await socket.SendAsync(rest, SocketFlags.None, timeout.Token).ConfigureAwait(false)..];
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException("the receiver takes nothing");
        }
    }

    private SinkException Broken(Exception cause)
    {
        Reset();
        return new SinkException($"{Target}: {cause.Message}", cause);
    }

    /// <summary>Up to Seq was sent, up to byte End; Since when the receiver's kernel has it, or null.</summary>
    private readonly record struct Mark(long Seq, long End, long? Since);
}
