using Guard.Engine.Hosting;
using Xunit;

namespace Guard.Engine.Tests.Hosting;

public sealed class GuardOptionsReaderTests
{
    [Fact]
    public void An_empty_file_is_the_defaults()
    {
        var options = GuardOptionsReader.Read("g", "");
        Assert.Equal(FailureMode.Open, options.Failure);
        Assert.True(options.ObserveExec);
        Assert.Equal("/var/lib/guard/trail.db", options.Trail.Path);
        Assert.Empty(options.Sinks);
    }

    [Fact]
    public void Everything_can_be_said()
    {
        var options = GuardOptionsReader.Read("g", """
            failure: closed
            observe_exec: false
            trail:
              path: /t/x.db
              max_bytes: 1048576
              max_age_days: 3
            sinks:
              - name: siem
                type: syslog
                host: "10.0.0.1"
                port: 6514
            survival:
              programs: [/opt/a, /opt/b]
              files: [/etc/a]
            socket: /t/s
            bpf_object: /t/o
            """);
        Assert.Equal(FailureMode.Closed, options.Failure);
        Assert.False(options.ObserveExec);
        Assert.Equal(new TrailOptions { Path = "/t/x.db", MaxBytes = 1048576, MaxAgeDays = 3 }, options.Trail);
        Assert.Equal([new SinkOptions("siem", "syslog", "10.0.0.1", 6514)], options.Sinks);
        Assert.Equal("/opt/a /opt/b", string.Join(' ', options.Survival.Programs));
        Assert.Equal("/etc/a", Assert.Single(options.Survival.Files));
        Assert.Equal("/t/s", options.Socket);
        Assert.Equal("/t/o", options.BpfObject);
    }

    [Theory]
    [InlineData("failur: open", "g(1,1): unknown key 'failur'")]
    [InlineData("failure: openly", "g(1,10): 'failure' must be open or closed")]
    [InlineData("failure: [open]", "g(1,10): 'failure' needs a text")]
    [InlineData("failure:", "g(1,9): 'failure' needs a text")]
    [InlineData("observe_exec: yes", "g(1,15): 'observe_exec' must be true or false")]
    [InlineData("observe_exec: 'true'", "g(1,15): 'observe_exec' must be true or false")]
    [InlineData("trail:\n  max_bytes: 2GB", "g(2,14): 'max_bytes' must be a whole number")]
    [InlineData("trail:\n  max_bytes: 5", "g(2,14): 'max_bytes' must be a whole number")]
    [InlineData("trail:\n  path: trail.db", "g(2,9): 'path' must be an absolute path")]
    [InlineData("trail:\n  size: 5", "g(2,3): unknown key 'size'; known here: path, max_bytes, max_age_days")]
    [InlineData("trail: x", "g(1,8): 'trail' must be a mapping")]
    [InlineData("sinks: x", "g(1,8): 'sinks' must be a list")]
    [InlineData("sinks:\n- name: a\n  type: syslog", "g(2,3): 'host' is missing")]
    [InlineData("sinks:\n- name: a\n  host: h", "g(2,3): 'type' is missing")]
    [InlineData("sinks:\n- {name: a, type: kafka, host: h}", "g(2,19): 'type' must be syslog")]
    [InlineData("sinks:\n- {name: a, type: syslog, host: h, port: 0}", "g(2,42): 'port' must be")]
    [InlineData("sinks:\n- {name: a, type: syslog, host: h}\n- {name: a, type: syslog, host: i}", "g(3,3): a second sink")]
    [InlineData("survival: [/a]", "g(1,11): 'survival' must be a mapping")]
    [InlineData("survival:\n  programs: /a", "g(2,13): 'programs' must be a list")]
    [InlineData("survival:\n  files: [a]", "g(2,11): an entry of 'files' must be an absolute path")]
    [InlineData("survival:\n  remove: [/a]", "g(2,3): unknown key 'remove'")]
    [InlineData("- a", "g(1,1): the file must be a mapping")]
    [InlineData("a: b\n---\nc: d", "g: more than one YAML document")]
    [InlineData("failure: open\nfailure: closed", "g(2,1)")]
    [InlineData("failure: \"open", "g(1,")]
    public void What_is_wrong_is_an_error_with_its_place(string text, string message)
    {
        var error = Assert.Throws<ConfigurationException>(() => GuardOptionsReader.Read("g", text));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_shipped_file_says_the_defaults()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "../../../../../packaging/deb/root/guard.yaml");
        var shipped = GuardOptionsReader.ReadFile(file);
        var defaults = new GuardOptions();
        Assert.Equal(defaults with { Sinks = shipped.Sinks }, shipped);
        Assert.Empty(shipped.Sinks);
    }
}
