using System.Globalization;
using System.Text;
using Guard.Protocol;

namespace Guard.Engine.Forwarding;

/// <summary>
/// Writes records as RFC 5424 messages: no byte order mark, the true number in the guard element because
/// <c>sequenceId</c> wraps. Control characters become <c>\xNN</c>, so that no receiver that writes lines can be made to
/// write a line of an attacker's choice. Immutable.
/// </summary>
internal sealed class SyslogFormatter
{
    private const int Facility = 13;
    private const long SequenceIdMax = 2_147_483_647;
    private const int MessageBytesMin = 1024;

    private readonly string _host;
    private readonly string _element;
    private readonly string _origin;
    private readonly int _processId;
    private readonly int _maxBytes;

    public SyslogFormatter(SyslogSinkOptions options, int processId)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxMessageBytes, MessageBytesMin);
        _host = ToHeaderField(options.HostName ?? Environment.MachineName, 255);
        _element = string.Create(CultureInfo.InvariantCulture, $"guard@{options.EnterpriseNumber}");
        _origin = string.Create(
            CultureInfo.InvariantCulture,
            $"[origin software=\"guardd\" swVersion=\"{SyslogText.Escape(options.SoftwareVersion ?? "0")}\" enterpriseId=\"{options.EnterpriseNumber}\"]");
        _processId = processId;
        _maxBytes = options.MaxMessageBytes;
    }

    /// <summary>One message, not framed, in UTF-8.</summary>
    public byte[] Format(AuditRecord record)
    {
        var fields = SyslogFields.Of(record);
        var message = record.Message ?? record.Kind;
        var text = Render(record, fields, message, truncated: false);
        var size = Encoding.UTF8.GetByteCount(text);
        return Encoding.UTF8.GetBytes(size <= _maxBytes ? text : Shorten(record, fields, message));
    }

    private string Shorten(AuditRecord record, SyslogFields fields, string message)
    {
        var text = Render(record, fields, message, truncated: true);
        foreach (var name in SyslogFields.Shortened)
        {
            var excess = Encoding.UTF8.GetByteCount(text) - _maxBytes;
            if (excess <= 0)
            {
                return text;
            }

            fields.Shorten(name, excess);
            text = Render(record, fields, message, truncated: true);
        }

        var rest = Encoding.UTF8.GetByteCount(text) - _maxBytes;
        return rest <= 0 ? text : Render(record, fields, SyslogText.Cut(message, SyslogText.Size(message) - rest, quoted: false), truncated: true);
    }

    private string Render(AuditRecord record, SyslogFields fields, string message, bool truncated)
    {
        var text = new StringBuilder(1024);
        var priority = (Facility * 8) + SyslogSeverity.Of(record.Kind);
        text.Append(CultureInfo.InvariantCulture, $"<{priority}>1 {ToTimestamp(record.Time)} {_host} guardd {_processId} ");
        text.Append(ToHeaderField(record.Kind, 32)).Append(" [").Append(_element);
        foreach (var (name, value) in fields)
        {
            text.Append(' ').Append(name).Append("=\"").Append(SyslogText.Escape(value)).Append('"');
        }

        text.Append(truncated ? " trunc=\"1\"]" : "]");
        var sequenceId = record.Seq <= 0 ? 0 : ((record.Seq - 1) % SequenceIdMax) + 1;
        text.Append(CultureInfo.InvariantCulture, $"[meta sequenceId=\"{sequenceId}\" language=\"en\"]");
        return text.Append(_origin).Append(' ').Append(SyslogText.EscapeControls(message)).ToString();
    }

    private static string ToTimestamp(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Printable ASCII without spaces, as the header's fields must be; "-" for nothing.</summary>
    private static string ToHeaderField(string value, int max)
    {
        var text = new StringBuilder();
        foreach (var c in value.AsSpan(0, Math.Min(max, value.Length)))
        {
            text.Append(c is > ' ' and < '\x7f' ? c : '_');
        }

        return text.Length == 0 ? "-" : text.ToString();
    }
}
