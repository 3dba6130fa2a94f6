using Guard.Engine.Interop;
using Xunit;

namespace Guard.Engine.Tests.Kernel;

public sealed class LibcTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("guard-libc-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void A_directory_is_synced_and_anything_else_is_refused_with_its_name()
    {
        Libc.SyncDirectory(_directory.FullName);

        var file = Path.Combine(_directory.FullName, "file");
        Assert.Contains(file, Assert.Throws<IOException>(() => Libc.SyncDirectory(file)).Message, StringComparison.Ordinal);
        File.WriteAllText(file, string.Empty);
        Assert.Contains("(errno 20)", Assert.Throws<IOException>(() => Libc.SyncDirectory(file)).Message, StringComparison.Ordinal);
    }
}
