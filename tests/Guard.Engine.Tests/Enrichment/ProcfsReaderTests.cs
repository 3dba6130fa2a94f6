using Guard.Engine.Enrichment;
using Xunit;

namespace Guard.Engine.Tests.Enrichment;

public sealed class ProcfsReaderTests : IDisposable
{
    private readonly FakeProc _proc = new();

    public void Dispose() => _proc.Dispose();

    private ProcfsReader Reader => new(_proc.Root);

    [Fact]
    public void A_process_is_read()
    {
        _proc.Add(42, 7, 1234, "/usr/bin/tail", "tail", "tail\0-f\0\0x\0", euid: 33);
        var process = Reader.Read(42)!;
        Assert.Equal((42, 7, 1234UL), (process.Pid, process.ParentPid, process.StartTicks));
        Assert.Equal((5u, 33u, 6u), (process.Uid, process.Euid, process.Gid));
        Assert.Equal("/usr/bin/tail", process.Image.ToString());
        Assert.Equal(["tail", "-f", "", "x"], process.Args.Select(arg => arg.ToString()));
    }

    [Theory]
    [InlineData(") S 1 1 1 (")]
    [InlineData("a) R 99 (b")]
    [InlineData("new\nline")]
    [InlineData("")]
    [InlineData("((((")]
    public void A_name_cannot_forge_the_fields_after_it(string comm)
    {
        _proc.Add(42, 7, 1234, "/x", comm);
        var process = Reader.Read(42)!;
        Assert.Equal((7, 1234UL, comm), (process.ParentPid, process.StartTicks, process.Comm.ToString()));
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_kept()
    {
        _proc.Add(42, 7, 1, "/x", [0xff, (byte)')', 0xfe], [0xc3, 0x28, 0]);
        var process = Reader.Read(42)!;
        Assert.Equal([0xff, (byte)')', 0xfe], process.Comm.Bytes.ToArray());
        Assert.Equal([0xc3, 0x28], Assert.Single(process.Args).Bytes.ToArray());
    }

    [Fact]
    public void A_deleted_program_keeps_its_path()
    {
        _proc.Add(42, 7, 1, "/tmp/evil (deleted)");
        Assert.Equal("/tmp/evil", Reader.Read(42)!.Image.ToString());
    }

    [Theory]
    [InlineData(12_340_000_000UL, true)]
    [InlineData(12_349_999_999UL, true)]
    [InlineData(12_360_000_000UL, false)]
    [InlineData(0UL, false)]
    public void A_number_that_was_given_again_is_not_mistaken(ulong startNs, bool same)
    {
        _proc.Add(42, 7, 1234, "/x");
        Assert.Equal(same, Reader.Read(42, startNs) is not null);
    }

    [Fact]
    public void What_is_gone_or_nonsense_is_null()
    {
        Assert.Null(Reader.Read(1));
        Assert.Null(Reader.Read(0));
        Assert.Null(Reader.Read(-1));
        _proc.Add(42, 7, 1, "/x");
        foreach (var text in (string[])["", "42", "42 (x", "42 (x)", "42 (x) S", "42 (x) S a b c d e f g h i j k l m n o p q r s t u"])
        {
            File.WriteAllText(Path.Combine(_proc.Root, "42", "stat"), text);
            Assert.Null(Reader.Read(42));
        }
    }

    [Fact]
    public void This_process_is_found_in_the_real_procfs()
    {
        var process = new ProcfsReader().Read(Environment.ProcessId)!;
        Assert.Equal(Environment.ProcessPath, process.Image.ToString());
        Assert.Contains(new ProcfsReader().ReadAll(), other => other.Pid == Environment.ProcessId && other.StartTicks == process.StartTicks);
    }
}
