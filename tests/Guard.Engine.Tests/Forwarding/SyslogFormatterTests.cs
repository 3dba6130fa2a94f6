using System.Text;
using Guard.Engine.Forwarding;
using Guard.Protocol;
using Xunit;

namespace Guard.Engine.Tests.Forwarding;

public sealed class SyslogFormatterTests
{
    private static readonly SyslogSinkOptions Options = new()
    {
        Name = "siem",
        Host = "127.0.0.1",
        HostName = "web 1\n",
        SoftwareVersion = "0.1.0",
    };

    internal static AuditRecord Plain { get; } = new()
    {
        Seq = 7,
        Time = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(2)).AddTicks(9),
        Kind = AuditKinds.ExecDenied,
        Verdict = "block",
        Errno = "EPERM",
        Rule = new RuleReference { Id = "r-1", Title = "No netcat" },
        Process = new ProcessInfo { Pid = 12, ParentPid = 1, Image = "/bin/sh", Euid = 33, Uid = 33, User = "www-data" },
        File = new FileInfoRecord { Path = "/usr/bin/nc", Inode = 5 },
        Args = ["nc", "-e", "/bin/sh"],
        Message = "exec of /usr/bin/nc denied",
    };

    internal static IReadOnlyList<AuditRecord> Hostile { get; } =
    [
        Plain with { Args = ["a\nb", "<108>1 - - - - - - forged"] },
        Plain with { Args = ["\"] [x y=\"z\"] \\ ]"] },
        Plain with { File = new FileInfoRecord { Path = "/tmp/\\xff\\xfe", PathRaw = "L3RtcC//" } },
        Plain with { Args = ["\u001b[2J\u0000\u007f\u0085\u2028ü€😀"] },
        Plain with { Args = [new string('A', 4096), new string('"', 4096)] },
        Plain with { Message = "line\nline\r\0", Rule = new RuleReference { Id = "]", Title = "\"" } },
        Plain with { Args = [new string('\n', 9000)], Message = new string('m', 9000) },
        Plain with { Rule = new RuleReference { Id = "r", Title = new string('t', 9000) }, File = new FileInfoRecord { Path = new string('p', 9000) } },
    ];

    [Fact]
    public void A_denial_looks_like_this()
    {
        Assert.Equal(
            "<108>1 2026-01-02T01:04:05.678000Z web_1_ guardd 42 exec.denied "
            + "[guard@32473 seq=\"7\" kind=\"exec.denied\" verdict=\"block\" errno=\"EPERM\" rule=\"r-1\" ruleTitle=\"No netcat\" "
            + "pid=\"12\" ppid=\"1\" image=\"/bin/sh\" uid=\"33\" euid=\"33\" user=\"www-data\" "
            + "path=\"/usr/bin/nc\" inode=\"5\" cmdline=\"nc -e /bin/sh\"]"
            + "[meta sequenceId=\"7\" language=\"en\"]"
            + "[origin software=\"guardd\" swVersion=\"0.1.0\" enterpriseId=\"32473\"] exec of /usr/bin/nc denied",
            Format(Plain));
    }

    [Fact]
    public void A_refused_connection_says_where_it_went()
        => Assert.Contains(
            "image=\"/bin/sh\" uid=\"33\" euid=\"33\" user=\"www-data\" operation=\"connect\" protocol=\"tcp\" family=\"ipv4\" "
            + "destinationIp=\"192.0.2.1\" destinationPort=\"443\"]",
            Format(Plain with
            {
                Kind = AuditKinds.ConnectDenied,
                File = null,
                Args = null,
                Network = new NetworkInfoRecord
                {
                    Operation = "connect",
                    Protocol = "tcp",
                    AddressFamily = "ipv4",
                    DestinationIp = "192.0.2.1",
                    DestinationPort = 443,
                },
            }),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("a\"b", "a\\\"b")]
    [InlineData("a\\b", "a\\\\b")]
    [InlineData("a]b[", "a\\]b[")]
    [InlineData("a\nb", "a\\\\x0ab")]
    [InlineData("\u001b\u007f\u0000", "\\\\x1b\\\\x7f\\\\x00")]
    [InlineData("\u0085", "\\\\xc2\\\\x85")]
    [InlineData("ü€😀", "ü€😀")]
    public void Values_are_escaped(string value, string escaped) => Assert.Equal(escaped, SyslogText.Escape(value));

    [Fact]
    public void Hostile_records_stay_one_line_of_well_formed_elements_within_the_bound()
    {
        foreach (var text in Hostile.Select(record => Format(record)))
        {
            Assert.True(Encoding.UTF8.GetByteCount(text) <= Options.MaxMessageBytes);
            Assert.DoesNotContain(text, char.IsControl);
            Assert.Equal(3, CountElements(text[text.IndexOf('[', StringComparison.Ordinal)..]));
        }
    }

    [Theory]
    [InlineData(8192)]
    [InlineData(1024)]
    public void Arguments_are_cut_first_and_the_message_says_so(int max)
    {
        var text = Format(Plain with { Args = ["nc", new string('é', 9000)] }, max);
        Assert.InRange(Encoding.UTF8.GetByteCount(text), max - 3, max);
        Assert.Contains(" trunc=\"1\"]", text, StringComparison.Ordinal);
        Assert.Contains("path=\"/usr/bin/nc\"", text, StringComparison.Ordinal);
        Assert.EndsWith("] exec of /usr/bin/nc denied", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_fits_is_not_marked() => Assert.DoesNotContain("trunc=", Format(Plain), StringComparison.Ordinal);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2_147_483_647, 2_147_483_647)]
    [InlineData(2_147_483_648, 1)]
    public void The_sequence_id_wraps_and_the_number_does_not(long seq, long sequenceId)
    {
        var text = Format(Plain with { Seq = seq });
        Assert.Contains($"seq=\"{seq}\"", text, StringComparison.Ordinal);
        Assert.Contains($"sequenceId=\"{sequenceId}\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_no_byte_order_mark() =>
        Assert.Equal((byte)'<', new SyslogFormatter(Options, 42).Format(Plain)[0]);

    [Theory]
    [InlineData(AuditKinds.ExecDenied, 108)]
    [InlineData(AuditKinds.FileAudited, 109)]
    [InlineData(AuditKinds.ConnectDenied, 108)]
    [InlineData(AuditKinds.RawDenied, 108)]
    [InlineData(AuditKinds.ListenAudited, 109)]
    [InlineData(AuditKinds.TrailSetAside, 105)]
    [InlineData(AuditKinds.EventsLost, 107)]
    [InlineData(AuditKinds.TrailDamaged, 107)]
    [InlineData("something.new", 110)]
    public void The_kind_gives_the_priority(string kind, int priority) =>
        Assert.StartsWith($"<{priority}>1 ", Format(Plain with { Kind = kind }), StringComparison.Ordinal);

    private static string Format(AuditRecord record, int max = 8192) =>
        Encoding.UTF8.GetString(new SyslogFormatter(Options with { MaxMessageBytes = max }, 42).Format(record));

    /// <summary>Reads structured data as RFC 5424 says and counts its elements.</summary>
    private static int CountElements(string text)
    {
        var count = 0;
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\' when quoted:
                    i++;
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ']' when !quoted:
                    count++;
                    if (text[i + 1] == ' ')
                    {
                        return count;
                    }

                    break;
            }
        }

        return -1;
    }
}
