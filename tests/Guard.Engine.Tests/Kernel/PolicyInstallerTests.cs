using System.Runtime.InteropServices;
using Guard.Engine.Interop;
using Guard.Engine.Kernel;
using Guard.Policies.Image;
using Xunit;

namespace Guard.Engine.Tests.Kernel;

public sealed partial class PolicyInstallerTests
{
    [SkippableFact]
    public void An_empty_slot_has_nothing_in_force()
    {
        using var maps = CreateMaps();
        using var installer = new PolicyInstaller(maps);
        Assert.Null(installer.ReadInForce());
    }

    [SkippableFact]
    public void What_was_installed_is_in_force()
    {
        using var maps = CreateMaps();
        using var installer = new PolicyInstaller(maps);
        var image = TestImages.Create(1);

        var installed = installer.Install(image);
        var live = installer.ReadInForce();

        Assert.Equal(1UL, installed.Generation);
        Assert.Equal(image.Hash, installed.Hash);
        Assert.Equal((installed.Generation, installed.Hash, installed.ImageBytes), (live!.Generation, live.Hash, live.ImageBytes));
    }

    [SkippableFact]
    public void Generations_grow_across_installers()
    {
        using var maps = CreateMaps();
        using (var first = new PolicyInstaller(maps))
        {
            first.Install(TestImages.Create(1));
            first.Install(TestImages.Create(2));
        }

        using var second = new PolicyInstaller(maps);
        Assert.Equal(2UL, second.ReadInForce()!.Generation);
        Assert.Equal(3UL, second.Install(TestImages.Create(1)).Generation);
    }

    [SkippableFact]
    public void Generations_go_on_from_the_programs_that_are_replaced()
    {
        using var maps = CreateMaps();
        using var installer = new PolicyInstaller(maps, floor: 41);
        Assert.Equal(42UL, installer.Install(TestImages.Create(1)).Generation);
    }

    [SkippableFact]
    public void A_number_does_not_come_back_when_somebody_has_emptied_the_slot()
    {
        using var maps = CreateMaps();
        using var installer = new PolicyInstaller(maps);
        installer.Install(TestImages.Create(1));
        installer.Install(TestImages.Create(2));

        Empty(maps);
        Assert.Null(installer.ReadInForce());
        Assert.Equal(3UL, installer.Install(TestImages.Create(3)).Generation);
    }

    [SkippableFact]
    public void An_older_number_is_refused_and_changes_nothing()
    {
        using var maps = CreateMaps();
        using var installer = new PolicyInstaller(maps);
        installer.Install(TestImages.Create(1), 9);
        Assert.Throws<KernelException>(() => installer.Install(TestImages.Create(2), 9));
        Assert.Equal(TestImages.Create(1).Hash, installer.ReadInForce()!.Hash);
    }

    public static TheoryData<int, byte> Damages => new()
    {
        { 0, 0xff }, // magic
        { 4, 0xff }, // ABI version
        { 8, 0xfc }, // total_bytes
        { 11, 0x7f }, // total_bytes beyond what fits
        { 32, 0xff }, // hash
        { 100, 0xff }, // tables
    };

    [SkippableTheory]
    [MemberData(nameof(Damages))]
    public void A_damaged_image_is_refused_and_the_old_one_stays(int offset, byte value)
    {
        using var maps = CreateMaps();
        using var installer = new PolicyInstaller(maps);
        var good = installer.Install(TestImages.Create(1));
        var bytes = TestImages.Create(2).Bytes.ToArray();
        var hash = TestImages.Create(2).Hash;
        bytes[offset] ^= value;

        Assert.Throws<KernelException>(() => installer.Install(new PolicyImage(bytes, [])));

        Assert.NotEqual(good.Hash, hash);
        Assert.Equal(good.Hash, installer.ReadInForce()!.Hash);
    }

    [SkippableFact]
    public void The_largest_image_fits_and_one_word_more_does_not()
    {
        using var maps = CreateMaps();
        using var installer = new PolicyInstaller(maps);
        Assert.Equal(KernelLimits.ImageBytes, installer.Install(TestImages.Create(1, KernelLimits.ImageBytes)).ImageBytes);
        Assert.Throws<KernelException>(() => installer.Install(TestImages.Create(1, KernelLimits.ImageBytes + 4)));
    }

    [SkippableFact]
    public void What_is_in_force_cannot_be_written_from_user_space()
    {
        using var maps = CreateMaps();
        using var installer = new PolicyInstaller(maps);
        installer.Install(TestImages.Create(1));

        var id = new byte[4];
        Assert.True(Libbpf.TryLookup(maps.Images, 0, id));
        using var live = Libbpf.OpenMapById(BitConverter.ToUInt32(id));
        var refused = Assert.Throws<KernelException>(() => Libbpf.UpdateElement(live!, 0, new byte[ImageBuffer.ValueBytes]));
        Assert.Equal(Errno.NotPermitted, refused.Errno);
    }

    internal static void Empty(KernelMaps maps)
    {
        uint slot = 0;
        Assert.Equal(0, bpf_map_delete_elem(maps.Images, ref slot));
    }

    [LibraryImport("libbpf.so.1")]
    private static partial int bpf_map_delete_elem(FileDescriptorHandle map, ref uint key);

    private static KernelMaps CreateMaps()
    {
        Native.SkipUnlessPermitted();
        using var example = Libbpf.CreateMap(MapType.Array, "example", 4, ImageBuffer.ValueBytes, 1);
        var images = Libbpf.CreateMap(MapType.ArrayOfMaps, "images", 4, 4, 1, example);
        return new KernelMaps(new Dictionary<string, FileDescriptorHandle> { ["images"] = images });
    }
}
