using Guard.Engine.Interop;
using Guard.Engine.Kernel;
using Guard.Policies.Image;
using Xunit;

namespace Guard.Engine.Tests.Kernel;

public sealed class FileIdentityReaderTests
{
    [Fact]
    public void Lines_of_the_iterator_are_identities()
        => Assert.Equal(
            [(7, new FileKey(12, 8388609, 4294967295)), (300, new FileKey(18446744073709551615, 1, 2))],
            FileIdentityReader.Parse("7 12 8388609 4294967295\n300 18446744073709551615 1 2\n"));

    [Theory]
    [InlineData("7 12 8388609\n")]
    [InlineData("7 12 8388609 4294967296\n")]
    [InlineData("7 -12 8388609 1\n")]
    [InlineData("7  12 8388609 1\n")]
    public void What_is_no_identity_is_an_error(string text)
        => Assert.Throws<KernelException>(() => FileIdentityReader.Parse(text).ToList());

    [Fact]
    public void A_path_is_opened_by_its_bytes_and_a_link_is_not_followed()
    {
        var directory = Directory.CreateTempSubdirectory("guard-identity-");
        try
        {
            var link = Path.Combine(directory.FullName, "link");
            File.CreateSymbolicLink(link, Path.Combine(directory.FullName, "absent"));
            using var opened = Libc.TryOpenPathOnly(link);
            Assert.NotNull(opened);
            Assert.Null(Libc.TryOpenPathOnly(link + "\u00ff"));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
