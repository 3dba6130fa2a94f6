using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Guard.Engine.Control;
using Guard.Protocol;
using Xunit;

namespace Guard.Engine.Tests.Control;

public sealed class PeerAuthorisationTests
{
    private const uint Group = 54321;

    [Fact]
    public async Task The_kernel_says_who_this_process_is()
    {
        var (client, server) = await PairAsync();
        using (client)
        using (server)
        {
            var identity = new PeerAuthorisation(null).Identify(server);
            Assert.Equal(Environment.ProcessId, identity.Peer.Pid);
            Assert.Equal(Environment.IsPrivilegedProcess, identity.Access == PeerAccess.Change);
        }
    }

    /// <summary>Another user, by setpriv: 403 without the group, 200 as its member, 403 for a change in both cases.</summary>
    [SkippableTheory]
    [InlineData("--clear-groups", ControlApi.Status, "403")]
    [InlineData("--groups=54321", ControlApi.Status, "200")]
    [InlineData("--groups=1,2,3,54321", ControlApi.Status, "200")]
    [InlineData("--groups=1,2,3", ControlApi.Status, "403")]
    public async Task Root_another_user_gets_what_his_groups_allow(string groups, string path, string expected)
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "needs root to become nobody");
        Skip.IfNot(File.Exists("/usr/bin/setpriv") && File.Exists("/usr/bin/curl"), "needs setpriv and curl");
        await using var server = await RunningServer.StartAsync(access: null, group: Group);
        OpenToAll(server);
        Assert.Equal(expected, await CurlAsync(server, groups, "GET", path));
        Assert.Equal("403", await CurlAsync(server, groups, "POST", ControlApi.Policy));
        Assert.Contains(server.Engine.Recorded, record => record.Detail!["uid"] == "65534");
    }

    [SkippableFact]
    public async Task Root_the_socket_itself_keeps_strangers_out()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "needs root to become nobody");
        Skip.IfNot(File.Exists("/usr/bin/setpriv") && File.Exists("/usr/bin/curl"), "needs setpriv and curl");
        await using var server = await RunningServer.StartAsync(access: null, group: Group);
        File.SetUnixFileMode(server.Directory, (UnixFileMode)0x1ff);
        const UnixFileMode Expected = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;
        Assert.Equal(Expected, File.GetUnixFileMode(server.Socket));
        Assert.Equal("000", await CurlAsync(server, "--clear-groups", "GET", ControlApi.Status));
        Assert.Equal("200", await CurlAsync(server, "--groups=54321", "GET", ControlApi.Status));
    }

    [Fact]
    public void A_group_is_found_by_its_exact_name()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "guards:x:1:\nbroken\nguard:x:998:alice\n");
        Assert.Equal(998u, PeerAuthorisation.FindGroup("guard", file));
        Assert.Null(PeerAuthorisation.FindGroup("nobody", file));
        Assert.Null(PeerAuthorisation.FindGroup("guard", "/nonexistent"));
        File.Delete(file);
    }

    private static void OpenToAll(RunningServer server)
    {
        File.SetUnixFileMode(server.Directory, (UnixFileMode)0x1ff);
        File.SetUnixFileMode(server.Socket, (UnixFileMode)0x1ff);
    }

    private static async Task<string> CurlAsync(RunningServer server, string groups, string method, string path)
    {
        var start = new ProcessStartInfo("/usr/bin/setpriv") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["--reuid=65534", "--regid=65534", groups, "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "-X", method, "--unix-socket", server.Socket, "http://x" + path])
        {
            start.ArgumentList.Add(argument);
        }
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Trim();
    }

    private static async Task<(Socket Client, Socket Server)> PairAsync()
    {
        var address = new UnixDomainSocketEndPoint("\0guard-test-" + Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + Guid.NewGuid());
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(address);
        listener.Listen();
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(address);
        return (client, await listener.AcceptAsync());
    }
}
