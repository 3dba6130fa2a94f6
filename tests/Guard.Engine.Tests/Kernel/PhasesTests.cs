using System.Runtime.InteropServices;
using Guard.Engine.Interop;
using Guard.Engine.Kernel;
using Xunit;

namespace Guard.Engine.Tests.Kernel;

/// <summary>Loading, pinning, adopting and replacing, with real maps, links and pins on a bpffs of the test's own.</summary>
public sealed partial class PhasesTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("guard-phases-");
    private readonly CgroupAttacher _attacher;
    private readonly LsmOptions _options;

    public PhasesTests()
    {
        Native.SkipUnlessPermitted();
        _attacher = new CgroupAttacher();
        _options = new LsmOptions
        {
            ObjectPath = Path.Combine(_directory.FullName, "one.bpf.o"),
            BpfFileSystem = Path.Combine(_directory.FullName, "bpf"),
        };
        File.Copy(Native.Build("phases_test"), _options.ObjectPath);
    }

    public void Dispose()
    {
        if (Libc.IsBpfFileSystem(_options.BpfFileSystem))
        {
            Libc.Unmount(_options.BpfFileSystem);
        }

        _attacher.Dispose();
        _directory.Delete(recursive: true);
    }

    [SkippableFact]
    public void A_first_start_loads_attaches_and_pins()
    {
        using var attached = Start(_options, TestImages.Create(1));
        Assert.False(attached.IsAdopted);
        Assert.Equal(["hook_first", "hook_second"], _attacher.Attached);
        Assert.Equal(["link_hook_first", "link_hook_second", "map_images", "map_ring_decisions"], Pins());
        Assert.Equal(attached.PinDirectory, Assert.Single(PinDirectories()));
        Assert.Empty(attached.LookAtPins());
    }

    [SkippableFact]
    public void Nothing_is_attached_before_a_policy_is_in()
    {
        using var loaded = Open(_options).AdoptOrLoad();
        using var installer = loaded.CreateInstaller();
        Assert.Null(installer.ReadInForce());
        AssertAttached(0);
    }

    [SkippableFact]
    public void A_generation_of_other_maps_is_no_permission_to_attach()
    {
        using var one = Open(_options).AdoptOrLoad();
        using var two = Open(_options).AdoptOrLoad();
        using var installer = one.CreateInstaller();
        var generation = installer.Install(TestImages.Create(1));
        Assert.Throws<KernelException>(() => two.Attach(generation));
    }

    [SkippableFact]
    public void What_is_pinned_stays_in_force_without_guardd_and_is_adopted()
    {
        Start(_options, TestImages.Create(1)).Dispose();
        AssertAttached(2);
        var before = Identity();

        using var loaded = Open(_options).AdoptOrLoad();
        Assert.True(loaded.IsAdopted);
        using var installer = loaded.CreateInstaller();
        var live = installer.ReadInForce();
        Assert.Equal((1UL, TestImages.Create(1).Hash), (live!.Generation, live.Hash));

        using var attached = loaded.Attach(live);
        Assert.True(attached.IsAdopted);
        Assert.Equal(2, _attacher.Attached.Count);
        AssertAttached(2);
        Assert.Equal(before, Identity());
        Assert.Equal(2UL, installer.Install(TestImages.Create(2)).Generation);
    }

    [SkippableFact]
    public void Numbers_go_on_where_the_slot_was_emptied_without_guardd()
    {
        using (var before = Open(_options).AdoptOrLoad())
        {
            using var first = before.CreateInstaller();
            using var attached = before.Attach(first.Install(TestImages.Create(1)));
            PolicyInstallerTests.Empty(before.Maps);
        }

        using var loaded = Open(_options).AdoptOrLoad();
        Assert.True(loaded.IsAdopted);
        using var installer = loaded.CreateInstaller();
        Assert.Null(installer.ReadInForce());
        Assert.True(installer.Install(TestImages.Create(2)).Generation > 1);
    }

    [SkippableFact]
    public void A_new_object_replaces_the_old_one_only_after_it_is_attached()
    {
        Start(_options, TestImages.Create(1)).Dispose();
        var upgraded = Upgrade();

        using var loaded = Open(upgraded).AdoptOrLoad();
        Assert.False(loaded.IsAdopted);
        AssertAttached(2);
        using var installer = loaded.CreateInstaller();
        var generation = installer.Install(TestImages.Create(2));
        Assert.Equal(2UL, generation.Generation);

        using var attached = loaded.Attach(generation);
        Assert.Null(attached.LeftBehind);
        Assert.Equal(4, _attacher.Attached.Count);
        AssertAttached(2);
        Assert.Equal(attached.PinDirectory, Assert.Single(PinDirectories()));
    }

    [SkippableTheory]
    [InlineData("hook_first")]
    [InlineData("hook_second")]
    public void An_upgrade_that_fails_leaves_the_old_programs_in_force(string refused)
    {
        Start(_options, TestImages.Create(1)).Dispose();
        var old = Assert.Single(PinDirectories());
        _attacher.Refuse = refused;

        Assert.Throws<KernelException>(() => Start(Upgrade(), TestImages.Create(2)));

        Assert.Equal(old, Assert.Single(PinDirectories()));
        AssertAttached(2);
        _attacher.Refuse = null;
        using var again = Open(_options).AdoptOrLoad();
        Assert.True(again.IsAdopted);
    }

    [SkippableFact]
    public void What_fails_after_the_pins_are_in_place_holds_nothing_but_the_pins()
    {
        var loaded = Open(_options).AdoptOrLoad();
        using var installer = loaded.CreateInstaller();
        var generation = installer.Install(TestImages.Create(1));
        var map = loaded.Maps["ring_decisions"];
        _attacher.Besides = ("hook_second", () => ReplaceByNothing(map));

        Assert.Throws<KernelException>(() => loaded.Attach(generation));
        loaded.Dispose();

        Assert.True(map.IsClosed);
        AssertAttached(2);
        Directory.Delete(PinDirectories().Single(), recursive: true);
        AssertAttached(0);
    }

    [SkippableTheory]
    [InlineData("link_hook_second")]
    [InlineData("map_images")]
    public void Leftovers_enforce_until_a_complete_set_does(string removed)
    {
        Start(_options, TestImages.Create(1)).Dispose();
        File.Delete(Path.Combine(PinDirectories().Single(), removed));

        using var attached = Start(_options, TestImages.Create(1));

        Assert.False(attached.IsAdopted);
        AssertAttached(2);
        Assert.Equal(4, Pins().Length);
        Assert.Equal(attached.PinDirectory, Assert.Single(PinDirectories()));
    }

    [SkippableFact]
    public void A_start_that_died_before_its_last_rename_is_adopted()
    {
        Start(_options, TestImages.Create(1)).Dispose();
        var pins = PinDirectories().Single();
        Libc.Rename(pins, Path.Combine(_options.PinRoot, "new-" + Path.GetFileName(pins)));

        using var loaded = Open(_options).AdoptOrLoad();

        Assert.True(loaded.IsAdopted);
        Assert.Equal(pins, Assert.Single(PinDirectories()));
    }

    [SkippableTheory]
    [InlineData(false, "link_hook_first")]
    [InlineData(true, "link_hook_first")]
    [InlineData(false, "map_images")]
    [InlineData(true, "map_images", "link_hook_first", "link_hook_second", "map_ring_decisions")]
    public void Pins_that_somebody_removed_are_missed_and_pinned_anew(bool adopted, params string[] removed)
    {
        using var first = Start(_options, TestImages.Create(1));
        using var attached = adopted ? Adopt() : first;
        var before = Identity();
        foreach (var pin in removed)
        {
            File.Delete(Path.Combine(attached.PinDirectory, pin));
        }

        var reason = Assert.Single(attached.LookAtPins());
        Assert.Contains(removed.Order(StringComparer.Ordinal).First(), reason, StringComparison.Ordinal);
        Assert.EndsWith("pinned anew: find out who removed them", reason, StringComparison.Ordinal);
        Assert.Empty(attached.LookAtPins());
        Assert.Equal(before, Identity());
        Assert.Equal(4, Pins().Length);
        AssertAttached(2);
    }

    [SkippableFact]
    public void A_pin_that_leads_to_something_else_is_put_right()
    {
        using var attached = Start(_options, TestImages.Create(1));
        var pin = Path.Combine(attached.PinDirectory, "map_images");
        var before = Identity();
        File.Delete(pin);
        using var other = Libbpf.CreateMap(MapType.Array, "other", 4, 8, 1);
        Libbpf.Pin(other, pin);
        Assert.Contains("map_images", Assert.Single(attached.LookAtPins()), StringComparison.Ordinal);
        Assert.Empty(attached.LookAtPins());
        Assert.Equal(before, Identity());
    }

    [SkippableFact]
    public void An_unmounted_file_system_is_said_and_filled_again_when_it_is_back()
    {
        using var attached = Start(_options, TestImages.Create(1));
        Libc.Unmount(_options.BpfFileSystem);
        Assert.EndsWith($"mount -t bpf bpf {_options.BpfFileSystem}", Assert.Single(attached.LookAtPins()), StringComparison.Ordinal);
        Assert.Single(attached.LookAtPins());
        AssertAttached(2);

        Libc.MountBpfFileSystem(_options.BpfFileSystem);
        Assert.EndsWith("find out who removed them", Assert.Single(attached.LookAtPins()), StringComparison.Ordinal);
        Assert.Empty(attached.LookAtPins());
        attached.Dispose();
        AssertAttached(2);
        using var again = Adopt();
        Assert.True(again.IsAdopted);
    }

    /// <summary>The kernel lets go of a link some time after its pin went.</summary>
    private void AssertAttached(int count)
    {
        SpinWait.SpinUntil(() => _attacher.Count() == count, TimeSpan.FromSeconds(10));
        Assert.Equal(count, _attacher.Count());
    }

    /// <summary>The descriptor is no map any more: who asks the kernel about it is refused.</summary>
    private static void ReplaceByNothing(FileDescriptorHandle map)
    {
        using var nothing = File.OpenHandle("/dev/null");
        Assert.NotEqual(-1, dup2((int)nothing.DangerousGetHandle(), (int)map.DangerousGetHandle()));
    }

    [LibraryImport("libc.so.6")]
    private static partial int dup2(int from, int to);

    private OpenedLsm Open(LsmOptions options) => OpenedLsm.Open(options, _attacher);

    private AttachedLsm Adopt()
    {
        var loaded = Open(_options).AdoptOrLoad();
        using var installer = loaded.CreateInstaller();
        return loaded.Attach(installer.ReadInForce()!);
    }

    private AttachedLsm Start(LsmOptions options, Guard.Policies.Image.PolicyImage image)
    {
        using var opened = Open(options);
        var loaded = opened.AdoptOrLoad();
        try
        {
            using var installer = loaded.CreateInstaller();
            return loaded.Attach(installer.Install(image));
        }
        catch
        {
            loaded.Dispose();
            throw;
        }
    }

    /// <summary>The same programs in a file with another hash.</summary>
    private LsmOptions Upgrade()
    {
        var upgraded = _options with { ObjectPath = Path.Combine(_directory.FullName, "two.bpf.o") };
        File.WriteAllBytes(upgraded.ObjectPath, [.. File.ReadAllBytes(_options.ObjectPath), 0]);
        return upgraded;
    }

    private string[] PinDirectories() => Directory.GetDirectories(_options.PinRoot);

    private string[] Pins() => [.. Directory.GetFiles(PinDirectories().Single()).Select(p => Path.GetFileName(p)!).Order(StringComparer.Ordinal)];

    /// <summary>The number of the pinned map: another one would be another map.</summary>
    private uint Identity()
    {
        using var images = Libbpf.OpenPinned(Path.Combine(PinDirectories().Single(), "map_images"));
        return Libbpf.GetMapInfo(images).Id;
    }
}
