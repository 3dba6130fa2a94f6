using System.Reflection;
using System.Runtime.InteropServices;
using Guard.Policies.Image;
using Xunit;

namespace Guard.Abi.Tests;

/// <summary>The structs of bpf/lsm/abi.h and their mirrors are the same, and the compiler of the programs says so.</summary>
public sealed class ManagedLayoutTests
{
    [Fact]
    public void Every_field_of_a_mirror_lies_where_clang_puts_it()
    {
        var complaints = Clang.Judge(KernelMirrors.Structs.SelectMany(KernelMirrors.AssertionsAbout));
        Assert.True(complaints.Length == 0, complaints);
    }

    [Fact]
    public void Every_struct_and_field_of_the_header_has_a_mirror()
    {
        var mirrors = KernelMirrors.Structs.ToLookup(t => t.GetCustomAttribute<KernelStructAttribute>()!.Name);
        var header = new AbiHeader("abi.h").Structs.ToList();
        Assert.NotEmpty(header);
        foreach (var (name, fields) in header)
        {
            Assert.True(mirrors.Contains(name), $"struct {name} has no managed mirror");
            foreach (var mirror in mirrors[name])
            {
                var managed = KernelMirrors.FieldsOf(mirror).Select(f => KernelMirrors.Snake(f.Name));
                Assert.Equal(fields, managed);
            }
        }
    }

    [Fact]
    public void A_wrong_field_is_named()
    {
        var complaints = Clang.Judge(KernelMirrors.AssertionsAbout(typeof(WrongUid)));
        Assert.Contains("WrongUid.List: offset", complaints, StringComparison.Ordinal);
        Assert.Contains("WrongUid.Uid: size", complaints, StringComparison.Ordinal);
    }

    [KernelStruct("guard_uid")]
    [StructLayout(LayoutKind.Sequential)]
    private struct WrongUid
    {
        public ulong Uid;
        public uint List;
    }
}
