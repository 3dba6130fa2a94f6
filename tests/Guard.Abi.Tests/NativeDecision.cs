using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Guard.Engine.Interop;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Xunit;

namespace Guard.Abi.Tests;

/// <summary>
/// The decision core of the kernel programs, run on this machine by BPF_PROG_TEST_RUN: tests/native/decide_test.bpf.c.
/// The layouts here are those of its struct test_request and struct test_result.
/// </summary>
internal sealed class NativeDecision : IDisposable
{
    /// <summary>Programs above the parent that one request has room for.</summary>
    public const int AncestorsMax = 4;

    private const int TextBytes = 8 + KernelLimits.PathMax;
    private const int DigestOff = 12 * sizeof(uint);
    private const int DigestBytes = 32;
    private const int FilesOff = DigestOff + DigestBytes;
    private const int FileBytes = 16;
    private const int EndpointOff = FilesOff + (4 * FileBytes);
    private const int EndpointBytes = 40;
    private const int TextsOff = EndpointOff + EndpointBytes;
    private const int RequestBytes = TextsOff + ((12 + (3 * AncestorsMax)) * TextBytes);
    private const int ResultBytes = (8 + KernelLimits.EventRulesMax) * sizeof(uint);

    private readonly BpfObjectHandle _object;
    private readonly BpfProgram _decide;
    private readonly Dictionary<string, FileDescriptorHandle> _maps;
    private readonly byte[] _image = new byte[KernelLimits.ImageBytes + KernelLimits.ImageSlack];
    private readonly byte[] _request = new byte[RequestBytes];
    private readonly byte[] _result = new byte[ResultBytes];

    private NativeDecision(BpfObjectHandle bpfObject)
    {
        _object = bpfObject;
        _decide = Libbpf.Programs(bpfObject).Single(p => p.Name == "decide");
        _maps = Libbpf.Maps(bpfObject)
            .Where(m => m.Name.StartsWith("test_", StringComparison.Ordinal))
            .ToDictionary(m => m.Name, Libbpf.DuplicateMap);
    }

    [Flags]
    private enum TestFlags : uint
    {
        None = 0,
        ImageTruncated = 1,
        ImageAbsent = 2,
        TargetTruncated = 4,
        TargetAbsent = 8,
        ParentTruncated = 16,
        ParentAbsent = 32,
        InvokedAbsent = 64,
        ParentInvokedAbsent = 128,
        CommandTruncated = 256,
        CommandAbsent = 512,
        ParentCommandTruncated = 1024,
        ParentCommandAbsent = 2048,
        DirectoryTruncated = 4096,
        DirectoryAbsent = 8192,
        AncestorsAbsent = 16384,
        CgroupTruncated = 32768,
        CgroupAbsent = 65536,
        GroupAbsent = 131072,
        NamespaceAbsent = 262144,
        ObjectAbsent = 524288,
        TargetImageAbsent = 1048576,
        OtherNameAbsent = 2097152,
        RenamesDirectory = 4194304,
    }

    /// <summary>Builds and loads the program, or skips the test with what this machine lacks.</summary>
    public static NativeDecision Load()
    {
        try
        {
            using var map = Libbpf.CreateMap(MapType.Array, "guard_try", 4, 8, 1);
        }
        catch (Exception e) when (e is KernelException or DllNotFoundException)
        {
            throw new SkipException($"bpf() on this machine: {e.Message}");
        }

        // That bpf() works is known: a core that does not load is a failure, not a reason to skip.
        var bpfObject = Libbpf.OpenObject(Build());
        try
        {
            Libbpf.LoadObject(bpfObject);
            return new NativeDecision(bpfObject);
        }
        catch
        {
            bpfObject.Dispose();
            throw;
        }
    }

    /// <summary>Puts a policy in force.</summary>
    public void Install(PolicyImage image)
    {
        Array.Clear(_image);
        image.Bytes.Span.CopyTo(_image);
        Libbpf.UpdateElement(_maps["test_image"], 0, _image);
    }

    /// <summary>Decides one request by the policy in force.</summary>
    public Decision Decide(DecisionRequest request)
    {
        Prepare(request);
        Run();
        Assert.True(Libbpf.TryLookup(_maps["test_result"], 0, _result));
        var rules = Enumerable.Range(0, (int)Result(4)).Select(i => (int)Result(8 + i));
        WasSettled = Result(6) != 0;
        return new Decision((Verdict)Result(0), [.. rules], Result(3) != 0, Result(2) != 0, (DecisionFailure)Result(1));
    }

    /// <summary>Whether the last open was settled by its target and cgroup alone.</summary>
    public bool WasSettled { get; private set; }

    /// <summary>Bytes of the map that holds the policy.</summary>
    public int ImageCapacity => _image.Length;

    /// <summary>Lays a request down for <see cref="Run"/>.</summary>
    public void Prepare(DecisionRequest request)
    {
        Write(request);
        Libbpf.UpdateElement(_maps["test_request"], 0, _request);
    }

    /// <summary>Decides what was prepared, once more each time.</summary>
    public void Run() => Assert.Equal(0u, Libbpf.TestRun(_decide, []).ReturnValue);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var map in _maps.Values)
        {
            map.Dispose();
        }

        _object.Dispose();
    }

    private static string Build()
    {
        if (Environment.GetEnvironmentVariable("GUARD_DECIDE_OBJECT") is { } built)
        {
            return built;
        }

        var output = Path.Combine(Repository.Root, "artifacts", "bpf");
        var start = new ProcessStartInfo("make", ["-s", "-C", Repository.Headers, $"OUT={output}"])
        {
            RedirectStandardError = true,
        };
        try
        {
            using var make = Process.Start(start)!;
            var errors = make.StandardError.ReadToEnd();
            make.WaitForExit();
            Assert.True(make.ExitCode == 0, errors);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new SkipException("make is not installed");
        }

        return Path.Combine(output, "decide_test.bpf.o");
    }

    private static TestFlags FlagsOf(DecisionRequest request)
        => FlagsOf(request.Image, TestFlags.ImageTruncated, TestFlags.ImageAbsent)
            | FlagsOf(request.Invoked, TestFlags.None, TestFlags.InvokedAbsent)
            | FlagsOf(request.CommandLine, TestFlags.CommandTruncated, TestFlags.CommandAbsent)
            | FlagsOf(request.CurrentDirectory, TestFlags.DirectoryTruncated, TestFlags.DirectoryAbsent)
            | FlagsOf(request.ParentImage, TestFlags.ParentTruncated, TestFlags.ParentAbsent)
            | FlagsOf(request.ParentInvoked, TestFlags.None, TestFlags.ParentInvokedAbsent)
            | FlagsOf(request.ParentCommandLine, TestFlags.ParentCommandTruncated, TestFlags.ParentCommandAbsent)
            | FlagsOf(request.Target, TestFlags.TargetTruncated, TestFlags.TargetAbsent)
            | FlagsOf(request.Cgroup, TestFlags.CgroupTruncated, TestFlags.CgroupAbsent)
            | (request.Group is null ? TestFlags.GroupAbsent : TestFlags.None)
            | (request.MountNamespace is null ? TestFlags.NamespaceAbsent : TestFlags.None)
            | FlagsOf(request.Object, TestFlags.None, TestFlags.ObjectAbsent)
            | FlagsOf(request.TargetImage, TestFlags.None, TestFlags.TargetImageAbsent)
            | (request.OtherName is { State: not TextState.Complete } ? TestFlags.OtherNameAbsent : TestFlags.None)
            | (request.RenamesDirectory ? TestFlags.RenamesDirectory : TestFlags.None)
            | (request.AncestorsKnown ? TestFlags.None : TestFlags.AncestorsAbsent);

    private static TestFlags FlagsOf(RequestText text, TestFlags truncated, TestFlags absent) => text.State switch
    {
        TextState.Absent => absent,
        TextState.TruncatedFront or TextState.TruncatedEnd => truncated,
        _ => TestFlags.None,
    };

    private uint Result(int index) => BinaryPrimitives.ReadUInt32LittleEndian(_result.AsSpan(index * sizeof(uint)));

    private void Write(DecisionRequest request)
    {
        // A name is whole or not known: the kernel has no front to cut from it.
        Assert.NotEqual(TextState.TruncatedFront, request.Invoked.State);
        Assert.NotEqual(TextState.TruncatedFront, request.ParentInvoked.State);
        Assert.NotEqual(TextState.TruncatedFront, request.Object.State);
        Assert.NotEqual(TextState.TruncatedFront, request.TargetImage.State);
        Assert.InRange(request.Ancestors.Length, 0, AncestorsMax);
        Array.Clear(_request);
        Put(0, (uint)request.Category);
        Put(4, request.Uid);
        Put(8, request.LogonId);
        Put(12, (uint)request.Access);
        Put(16, (uint)FlagsOf(request));
        Put(20, (uint)request.Ancestors.Length);
        Put(24, request.Group ?? 0);
        Put(28, request.MountNamespace ?? 0);
        Put(32, request.SystemOperation);
        Put(36, request.NewId);
        Put(44, (uint)request.Properties);
        if (request.Digest.State == TextState.Complete)
        {
            Put(40, 1);
            Convert.FromHexString(Encoding.ASCII.GetString(request.Digest.Bytes.Span)).CopyTo(_request.AsSpan(DigestOff));
        }

        FileKey?[] files = [request.ImageFile, request.ParentFile, request.TargetFile, request.TargetImageFile];
        for (var i = 0; i < files.Length; i++)
        {
            var at = FilesOff + (i * FileBytes);
            BinaryPrimitives.WriteUInt64LittleEndian(_request.AsSpan(at), files[i]?.Inode ?? 0);
            Put(at + 8, files[i]?.Device ?? 0);
            Put(at + 12, files[i]?.Generation ?? 0);
        }

        Write(request.Socket);
        RequestText[] texts =
        [
            request.Image, request.Invoked, request.CommandLine, request.CurrentDirectory, request.ParentImage,
            request.ParentInvoked, request.ParentCommandLine, request.Target, request.Cgroup,
            request.Object, request.TargetImage, request.OtherName ?? RequestText.Absent,
            .. request.Ancestors.SelectMany(a => new[] { a.Image, a.Invoked, a.CommandLine }),
        ];
        for (var i = 0; i < texts.Length; i++)
        {
            var at = TextsOff + (i * TextBytes);
            Assert.InRange(texts[i].Bytes.Length, 0, TextBytes - 8);
            Put(at, (uint)texts[i].Bytes.Length);
            texts[i].Bytes.Span.CopyTo(_request.AsSpan(at + 8));
        }
    }

    /// <summary>struct guard_endpoint.</summary>
    private void Write(RequestSocket socket)
    {
        var address = socket.Address is { } known ? AddressRanges.ToNumber(known) : UInt128.Zero;
        BinaryPrimitives.WriteUInt64LittleEndian(_request.AsSpan(EndpointOff), (ulong)(address >> 64));
        BinaryPrimitives.WriteUInt64LittleEndian(_request.AsSpan(EndpointOff + 8), (ulong)address);
        Put(EndpointOff + 16, socket.Port);
        Put(EndpointOff + 20, socket.Protocol);
        Put(EndpointOff + 24, (uint)socket.Operation);
        Put(EndpointOff + 28, socket is { HasAddress: true, Address: null } ? 0u : 1u);
        Put(EndpointOff + 32, socket.Family);
    }

    private void Put(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_request.AsSpan(at), value);
}
