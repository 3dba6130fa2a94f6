using System.Collections;
using System.Globalization;
using System.Text;
using Guard.Protocol;

namespace Guard.Engine.Forwarding;

/// <summary>What the guard element of a message says, in order. Names are an API: never renamed.</summary>
internal sealed class SyslogFields : IEnumerable<(string Name, string Value)>
{
    private const string CommandLine = "cmdline";

    private readonly List<(string Name, string Value)> _fields = [];

    private SyslogFields()
    {
    }

    /// <summary>What is shortened when a message is too long, first thing first.</summary>
    public static IReadOnlyList<string> Shortened { get; } =
        [CommandLine, "processCmdline", "detail", "pathRaw", "path", "image", "parentImage", "otherName", "invoked", "ruleTitle", "ruleSource"];

    /// <summary>The fields of a record; what it does not know is left out.</summary>
    public static SyslogFields Of(AuditRecord record)
    {
        var fields = new SyslogFields();
        fields.Add("seq", Text(record.Seq));
        fields.Add("kind", record.Kind);
        fields.Add("verdict", record.Verdict);
        fields.Add("errno", record.Errno);
        fields.AddRule(record.Rule);
        fields.Add("policyHash", record.PolicyHash);
        fields.Add("generation", record.Generation?.ToString(CultureInfo.InvariantCulture));
        fields.Add("bootId", record.BootId);
        fields.AddProcess(record.Process);
        fields.Add("parentImage", record.Ancestors is [var parent, ..] ? parent.Image : null);
        fields.AddFile(record.File);
        fields.AddNetwork(record.Network);
        fields.Add(CommandLine, Join(record.Args));
        fields.Add("flags", record.Flags is { Count: > 0 } flags ? string.Join(',', flags) : null);
        fields.Add("detail", record.Detail is { Count: > 0 } detail ? string.Join(' ', detail.Select(d => $"{d.Key}={d.Value}")) : null);
        return fields;
    }

    /// <summary>Takes this many bytes off the escaped form of a field, or what it has.</summary>
    public void Shorten(string name, int bytes)
    {
        var index = _fields.FindIndex(field => field.Name == name);
        if (index >= 0)
        {
            var value = _fields[index].Value;
            var size = Encoding.UTF8.GetByteCount(SyslogText.Escape(value));
            _fields[index] = (name, SyslogText.Cut(value, Math.Max(0, size - bytes), quoted: true));
        }
    }

    /// <inheritdoc/>
    public IEnumerator<(string Name, string Value)> GetEnumerator() => _fields.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void AddRule(RuleReference? rule)
    {
        Add("rule", rule?.Id);
        Add("ruleTitle", rule?.Title);
        Add("ruleLevel", rule?.Level);
        Add("ruleAuthor", rule?.Author);
        Add("ruleSource", rule?.Source);
        Add("ruleTags", rule?.Tags is { Count: > 0 } tags ? string.Join(',', tags) : null);
    }

    private void AddProcess(ProcessInfo? process)
    {
        if (process is null)
        {
            return;
        }

        Add("pid", Text(process.Pid));
        Add("ppid", Text(process.ParentPid));
        Add("execId", process.ExecId);
        Add("image", process.Image);
        Add("processCmdline", Join(process.Args));
        Add("comm", process.Comm);
        Add("uid", Text(process.Uid));
        Add("euid", Text(process.Euid));
        Add("auid", process.LoginUid is { } login ? Text(login) : null);
        Add("user", process.User);
        Add("cgroup", process.Cgroup);
        Add("unit", process.Unit);
        Add("container", process.ContainerId);
    }

    private void AddFile(FileInfoRecord? file)
    {
        Add("path", file?.Path);
        Add("pathRaw", file?.PathRaw);
        Add("invoked", file?.Invoked);
        Add("otherName", file?.OtherName);
        Add("dev", file?.Device);
        Add("inode", file?.Inode.ToString(CultureInfo.InvariantCulture));
        Add("sha256", file?.Sha256);
        Add("imageProperties", file?.ImageProperties is { Count: > 0 } properties ? string.Join(',', properties) : null);
        Add("access", file?.Access is { Count: > 0 } access ? string.Join(',', access) : null);
    }

    private void AddNetwork(NetworkInfoRecord? network)
    {
        Add("operation", network?.Operation);
        Add("protocol", network?.Protocol);
        Add("family", network?.AddressFamily);
        Add("destinationIp", network?.DestinationIp);
        Add("destinationPort", network?.DestinationPort?.ToString(CultureInfo.InvariantCulture));
        Add("sourceIp", network?.SourceIp);
        Add("sourcePort", network?.SourcePort?.ToString(CultureInfo.InvariantCulture));
    }

    private void Add(string name, string? value)
    {
        if (value is not null)
        {
            _fields.Add((name, value));
        }
    }

    private static string? Join(IReadOnlyList<string>? args) => args is { Count: > 0 } ? string.Join(' ', args) : null;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
