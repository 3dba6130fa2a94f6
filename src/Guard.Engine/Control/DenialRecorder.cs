using System.Collections.Concurrent;
using System.Globalization;
using Guard.Protocol;

namespace Guard.Engine.Control;

/// <summary>
/// Writes <c>control.denied</c>. Per uid at most ten a minute: who may do nothing must not be able to fill the trail.
/// What was left out is counted in the next record.
/// </summary>
internal sealed class DenialRecorder
{
    private const int MostPerMinute = 10;
    private const int MostUids = 1024;
    private const int MostPath = 200;

    private readonly IEngineControl _control;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<uint, Window> _windows = new();

    /// <summary>Records through the engine.</summary>
    public DenialRecorder(IEngineControl control, TimeProvider time)
    {
        _control = control;
        _time = time;
    }

    /// <summary>Notes a refused request.</summary>
    public void Record(ControlPeer peer, string method, string path)
    {
        if (_windows.Count > MostUids)
        {
            _windows.Clear();
        }
        var suppressed = _windows.GetOrAdd(peer.Uid, _ => new Window()).Enter(_time.GetUtcNow());
        if (suppressed is not null)
        {
            _control.Record(Compose(peer, method, path, suppressed.Value));
        }
    }

    private AuditRecord Compose(ControlPeer peer, string method, string path, long suppressed)
    {
        var request = Printable(method + " " + path);
        var detail = new Dictionary<string, string>
        {
            ["uid"] = peer.Uid.ToString(CultureInfo.InvariantCulture),
            ["gid"] = peer.Gid.ToString(CultureInfo.InvariantCulture),
            ["pid"] = peer.Pid.ToString(CultureInfo.InvariantCulture),
            ["request"] = request,
        };
        if (suppressed > 0)
        {
            detail["notRecordedBefore"] = suppressed.ToString(CultureInfo.InvariantCulture);
        }
        return new AuditRecord
        {
            Time = _time.GetUtcNow(),
            Kind = AuditKinds.ControlDenied,
            Message = string.Create(CultureInfo.InvariantCulture, $"uid {peer.Uid} (pid {peer.Pid}) may not {request}"),
            Detail = detail,
        };
    }

    private static string Printable(string text)
        => string.Concat(text.Take(MostPath).Select(c => c is > ' ' and < '\u007f' or ' ' ? c : '?'));

    private sealed class Window
    {
        private readonly Lock _lock = new();
        private DateTimeOffset _start;
        private int _count;
        private long _suppressed;

        /// <summary>How many were left out since the last record, or null when this one is left out too.</summary>
        public long? Enter(DateTimeOffset now)
        {
            lock (_lock)
            {
                if (now - _start >= TimeSpan.FromMinutes(1))
                {
                    _start = now;
                    _count = 0;
                }
                if (++_count > MostPerMinute)
                {
                    _suppressed++;
                    return null;
                }
                var suppressed = _suppressed;
                _suppressed = 0;
                return suppressed;
            }
        }
    }
}
