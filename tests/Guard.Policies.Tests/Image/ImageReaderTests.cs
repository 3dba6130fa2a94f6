using System.Runtime.CompilerServices;
using Guard.Policies.Image;
using Guard.Policies.Simulation;
using Guard.Policies.Tests.Compiling;
using Guard.Policies.Tests.Properties;
using Xunit;
using Xunit.Abstractions;

namespace Guard.Policies.Tests.Image;

/// <summary>No bytes make the reader throw anything but its own exception, and what it accepts can be executed.</summary>
public sealed class ImageReaderTests(ITestOutputHelper output)
{
    private const int HashOffset = 32;
    private const int HashBytes = 32;

    [Fact]
    public void A_compiled_image_is_accepted_with_bytes_behind_it()
    {
        var image = Sample();
        var padded = new byte[KernelLimits.ImageBytes + KernelLimits.ImageSlack];
        image.CopyTo(padded, 0);
        padded[16] = 7; // the installer's generation is no part of the hash
        Assert.Equal(image.Length, ImageReader.Read(padded).Bytes.Length);
    }

    [Fact]
    public void A_changed_byte_is_noticed_by_the_hash()
    {
        var image = Sample();
        for (var at = 0; at < image.Length; at++)
        {
            if (at is < 16 or >= 24)
            {
                var changed = (byte[])image.Clone();
                changed[at] ^= 0x41;
                Assert.Throws<InvalidImageException>(() => ImageReader.Read(changed));
            }
        }
    }

    [Fact]
    public void An_image_that_was_cut_is_refused()
    {
        var image = Sample();
        for (var length = 0; length < image.Length; length++)
        {
            Assert.Throws<InvalidImageException>(() => ImageReader.Read(image.AsMemory(0, length)));
        }
    }

    [Fact]
    public void A_damaged_image_with_a_right_hash_is_refused_or_harmless()
    {
        var seed = TestSeed.Next(output);
        var random = new Random(seed);
        var requests = new RandomPolicies(seed);
        var sample = Sample();
        var accepted = 0;
        for (var round = 0; round < 10_000; round++)
        {
            var image = Damage((byte[])sample.Clone(), random);
            try
            {
                var simulator = new ImageSimulator(image);
                accepted++;
                simulator.Decide(requests.Request());
            }
            catch (InvalidImageException)
            {
                // Refused, as it should be.
            }
        }

        output.WriteLine($"{accepted} accepted");
        Assert.InRange(accepted, 50, 9_500);
    }

    [Theory]
    [InlineData(0, 2, 1, 3, 4)] // takes two when one is there, and still leaves one
    [InlineData(0, 1, 3, 2, 1)] // leaves three
    [InlineData(2, 0, 1, 3, 4)] // takes from an empty stack
    public void A_condition_that_misuses_the_stack_is_refused(params int[] order)
    {
        var builder = new PolicyBuilder();
        builder.Exec(PolicyBuilder.And(builder.User(0), builder.User(1), builder.User(2)));
        var image = builder.Image().Bytes.ToArray();
        var view = ImageReader.Read(image);
        var ops = view.Ops(view.Rules[0]).ToArray();
        for (var i = 0; i < order.Length; i++)
        {
            // The compiler wrote "a b and c and": positions 2 and 4 are operators.
            BitConverter.TryWriteBytes(image.AsSpan((int)view.Rules[0].OpsOff + (4 * i)), ops[order[i]]);
        }

        ImageReader.HashOf(image).CopyTo(image.AsSpan(HashOffset, HashBytes));
        Assert.Throws<InvalidImageException>(() => ImageReader.Read(image));
    }

    [Fact]
    public void Random_bytes_are_refused()
    {
        var random = new Random(TestSeed.Next(output));
        for (var round = 0; round < 1000; round++)
        {
            var bytes = new byte[random.Next(4096)];
            random.NextBytes(bytes);
            Assert.Throws<InvalidImageException>(() => ImageReader.Read(bytes));
        }
    }

    private static byte[] Sample()
    {
        var builder = new PolicyBuilder();
        var target = builder.Target("*/shadow", "/a*b*c", "/tmp/?", "*");
        builder.File(PolicyBuilder.And(target, PolicyBuilder.Not(builder.User(0, 3))));
        builder.File(PolicyBuilder.Or(builder.Image("*a*"), builder.Parent("*b*")), onUnknown: Normalising.OnUnknown.Deny);
        builder.Exec(builder.Access(Normalising.AccessKinds.Write));
        return builder.Image().Bytes.ToArray();
    }

    /// <summary>Changes a few words, small numbers and offsets preferred, and repairs the hash.</summary>
    private static byte[] Damage(byte[] image, Random random)
    {
        for (var left = random.Next(1, 4); left > 0; left--)
        {
            var at = random.Next(image.Length / 4) * 4;
            var value = random.Next(4) switch
            {
                0 => random.Next(),
                1 => random.Next(256),
                2 => random.Next(image.Length),
                _ => BitConverter.ToInt32(image, at) ^ (1 << random.Next(32)),
            };
            BitConverter.TryWriteBytes(image.AsSpan(at), value);
        }

        BitConverter.TryWriteBytes(image, KernelAbi.ImageMagic);
        var total = BitConverter.ToUInt32(image, 8);
        var length = total >= Unsafe.SizeOf<GuardImageHeader>() && total <= image.Length ? (int)total : image.Length;
        ImageReader.HashOf(image.AsSpan(0, length)).CopyTo(image.AsSpan(HashOffset, HashBytes));
        return image;
    }
}
