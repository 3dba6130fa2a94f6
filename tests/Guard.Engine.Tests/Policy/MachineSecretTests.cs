using Guard.Engine.Policy;
using Xunit;

namespace Guard.Engine.Tests.Policy;

public sealed class MachineSecretTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("guard-secret-");

    private string PathOf => Path.Combine(_directory.FullName, "secret");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void It_is_drawn_once_and_kept_for_its_owner_alone()
    {
        var drawn = MachineSecret.ReadOrDraw(PathOf, secret => Array.Fill(secret, (byte)7));
        Assert.All(drawn, b => Assert.Equal(7, b));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(PathOf));
        Assert.Equal(drawn, MachineSecret.ReadOrDraw(PathOf, _ => throw new InvalidOperationException("drawn again")));
        Assert.Single(_directory.GetFiles());
    }

    [Fact]
    public void A_drawn_one_is_on_disk_under_its_name_before_it_is_used()
    {
        var synced = new List<(string Directory, bool Exists)>();
        MachineSecret.ReadOrDraw(PathOf, MachineSecret.Draw, directory => synced.Add((directory, File.Exists(PathOf))));
        Assert.Equal([(_directory.FullName, true)], synced);
    }

    [Fact]
    public void One_that_was_cut_short_is_replaced()
    {
        File.WriteAllBytes(PathOf, new byte[MachineSecret.Length - 1]);
        var drawn = MachineSecret.ReadOrDraw(PathOf, secret => Array.Fill(secret, (byte)9));
        Assert.Equal(drawn, File.ReadAllBytes(PathOf));
    }

    [Fact]
    public void Two_machines_have_two()
    {
        var one = MachineSecret.ReadOrDraw(PathOf, MachineSecret.Draw);
        Assert.NotEqual(one, MachineSecret.ReadOrDraw(PathOf + "2", MachineSecret.Draw));
    }
}
