using Guard.Policies.Image;
using Guard.Policies.Tests.Compiling;
using Xunit;

namespace Guard.Policies.Tests.Image;

/// <summary>What was saved comes back, or is refused as a whole.</summary>
public sealed class ImageFileTests
{
    [Fact]
    public void A_saved_image_comes_back_with_its_rules()
    {
        var image = Sample();
        var loaded = ImageFile.Load(ImageFile.Save(image));
        Assert.Equal(image.Hash, loaded.Hash);
        Assert.True(image.Bytes.Span.SequenceEqual(loaded.Bytes.Span));
        Assert.Equal(ImageListing.Write(image), ImageListing.Write(loaded));
        Assert.Equal(image.Rules[1].Identity.Span, loaded.Rules[1].Identity.Span);
        Assert.Equal(image.Rules[1].OnUnknown, loaded.Rules[1].OnUnknown);
    }

    [Fact]
    public void A_changed_or_cut_file_is_refused()
    {
        var file = ImageFile.Save(Sample());
        for (var at = 0; at < file.Length; at++)
        {
            var changed = (byte[])file.Clone();
            changed[at] ^= 0x20;
            Assert.Throws<InvalidImageException>(() => ImageFile.Load(changed));
            Assert.Throws<InvalidImageException>(() => ImageFile.Load(file.AsSpan(0, at)));
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("[1,2]")]
    [InlineData("[{\"id\":null},{}]")]
    [InlineData("[[[[")]
    public void Rules_that_are_none_are_refused(string rules)
    {
        var image = Sample().Bytes.Span;
        using var file = new MemoryStream();
        file.Write("GPIF"u8);
        file.Write(BitConverter.GetBytes(1));
        file.Write(BitConverter.GetBytes(rules.Length));
        file.Write(BitConverter.GetBytes(image.Length));
        file.Write(System.Text.Encoding.ASCII.GetBytes(rules));
        file.Write(image);
        file.Write(System.Security.Cryptography.SHA256.HashData(file.ToArray()));
        Assert.Throws<InvalidImageException>(() => ImageFile.Load(file.ToArray()));
    }

    private static PolicyImage Sample()
    {
        var builder = new PolicyBuilder();
        builder.File(builder.Target("*/shadow"));
        builder.Exec(builder.Image("*/nc"), onUnknown: Normalising.OnUnknown.Deny);
        return builder.Image();
    }
}
