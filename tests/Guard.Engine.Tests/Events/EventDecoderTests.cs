using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using Guard.Engine.Events;
using Guard.Engine.Kernel.Abi;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;
using Xunit;

namespace Guard.Engine.Tests.Events;

public sealed class EventDecoderTests
{
    [Fact]
    public void The_fixed_part_is_as_long_as_the_header_says() => Assert.Equal(288, Unsafe.SizeOf<GuardEventLayout>());

    [Fact]
    public void Every_field_of_an_exec_decision_arrives()
    {
        var bytes = EventBytes.Create(3, "/usr/bin/nc", "nc", "/bin/sh", "nc\0-l\0", (ref GuardEventLayout e) =>
        {
            (e.Cpu, e.Ring, e.Sequence, e.TimeNs, e.Generation) = (3, 1, 4, 5, 6);
            (e.ExecId, e.ParentExecId, e.StartNs, e.CgroupId) = (7, 8, 9, 12);
            (e.ParentTgid, e.Uid, e.Euid, e.Gid, e.Loginuid, e.Session) = (13, 14, 15, 16, uint.MaxValue, 17);
            "nc"u8.CopyTo(e.Comm);
            (e.Verdict, e.Category, e.Hook, e.Reason, e.Error) = (2, 0, 1, 8, -1);
            (e.Flags, e.Access, e.ExitCode, e.RuleCount) = (129 | 4096, 3, 256, 2);
            ((Span<byte>)e.Sha256).Fill(0xA5);
            (e.Rules[0], e.Rules[1]) = (65534, 1);
            (e.FileDev, e.FileInode, e.FileGeneration, e.FileMode, e.ArgsTotal) = (18, 19, 20, 21, 22);
            (e.SystemOperation, e.TargetTgid, e.TargetUid, e.Properties) = (23, 24, 25, 5);
        });

        Assert.True(EventDecoder.TryDecode(bytes, out var e, out _));

        Assert.Equal((GuardEventKind.ExecDecision, 3, 1, 4UL, 5UL, 6UL), (e.Kind, e.Cpu, e.Ring, e.Sequence, e.TimeNs, e.Generation));
        Assert.Equal((7UL, 8UL, 9UL, 12UL), (e.ExecId, e.ParentExecId, e.StartNs, e.CgroupId));
        Assert.Equal((10, 11, 13, 14u, 15u, 16u), (e.Tgid, e.Tid, e.ParentTgid, e.Uid, e.Euid, e.Gid));
        Assert.Equal((uint.MaxValue, 17u, "nc"), (e.LoginUid, e.Session, e.Comm.ToString()));
        Assert.Equal((2, RuleCategory.ProcessCreation, 1, 8, -1), (e.Verdict, e.Category, e.Hook, e.Reason, e.Error));
        Assert.Equal((GuardEventFlags.PathTruncated | GuardEventFlags.MoreRules | GuardEventFlags.Digest, AccessKinds.Read | AccessKinds.Write, 256), (e.Flags, e.Access, e.ExitCode));
        Assert.Equal(string.Concat(Enumerable.Repeat("a5", 32)), e.Sha256);
        Assert.Equal([65534, 1], e.Rules.ToArray());
        Assert.Equal((23u, 24, 25u), (e.SystemOperation, e.TargetTgid, e.TargetUid));
        Assert.Equal(ImageProperties.Memfd | ImageProperties.Setuid, e.Properties);
        Assert.Equal((18UL, 19UL, 20u, 21u, 22u), (e.FileDevice, e.FileInode, e.FileGeneration, e.FileMode, e.ArgsTotal));
        Assert.Equal(("/usr/bin/nc", "nc", "/bin/sh"), (e.Path.ToString(), e.Invoked.ToString(), e.Image.ToString()));
        Assert.Equal(["nc", "-l"], e.Args.Select(a => a.ToString()));
    }

    [Theory]
    [InlineData(0, 0xffff_0102_0304UL, 0u, "1.2.3.4")]
    [InlineData(0x2001_0db8_0000_0000UL, 1, 0u, "2001:db8::1")]
    [InlineData(0x2001_0db8_0000_0000UL, 1, 256u, null)]
    public void The_address_of_a_socket_arrives(ulong high, ulong low, uint flags, string? expected)
    {
        var bytes = EventBytes.Create(6, image: "/bin/sh", change: (ref GuardEventLayout e) =>
        {
            (e.Category, e.Hook, e.Flags) = (2, 9, flags);
            (e.Address[0], e.Address[1]) = (BinaryPrimitives.ReverseEndianness(high), BinaryPrimitives.ReverseEndianness(low));
            (e.Port, e.Protocol, e.Family, e.Operation) = (443, 17, 2, 1);
        });

        Assert.True(EventDecoder.TryDecode(bytes, out var e, out _));

        Assert.Equal(RuleCategory.NetworkConnection, e.Category);
        Assert.Equal(new RequestSocket(NetworkOperation.Send, 17, expected is null ? null : IPAddress.Parse(expected), 443), e.Socket);
    }

    [Fact]
    public void A_raw_socket_has_a_family_and_no_address()
    {
        var bytes = EventBytes.Create(6, change: (ref GuardEventLayout e) => (e.Category, e.Family, e.Operation) = (2, 17, 4));

        Assert.True(EventDecoder.TryDecode(bytes, out var e, out _));

        Assert.Equal(new RequestSocket(NetworkOperation.Raw, 0, null, 0) { Family = 17 }, e.Socket);
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a\0", new[] { "a" })]
    [InlineData("\0", new[] { "" })]
    [InlineData("a\0\0b\0", new[] { "a", "", "b" })]
    [InlineData("a\0cut", new[] { "a", "cut" })]
    public void Arguments_end_with_a_nul(string args, string[] expected)
    {
        Assert.True(EventDecoder.TryDecode(EventBytes.Create(1, args: args), out var e, out _));
        Assert.Equal(expected, e.Args.Select(a => a.ToString()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Every_kind_is_known(int kind)
    {
        Assert.True(EventDecoder.TryDecode(EventBytes.Create(kind), out var e, out var error));
        Assert.Equal(((GuardEventKind)kind, DecodeError.None), (e.Kind, error));
        Assert.True(Enum.IsDefined(e.Kind));
    }

    public static TheoryData<string, object> Faults => new()
    {
        { "kind 0", DecodeError.UnknownKind },
        { "kind 15", DecodeError.UnknownKind },
        { "abi", DecodeError.WrongAbi },
        { "size 0", DecodeError.TooShort },
        { "size beyond", DecodeError.TooShort },
        { "size below strings", DecodeError.BadLengths },
        { "path beyond", DecodeError.BadLengths },
        { "args beyond", DecodeError.BadLengths },
        { "nul in path", DecodeError.BadText },
        { "ring", DecodeError.OutOfRange },
        { "verdict", DecodeError.OutOfRange },
        { "category", DecodeError.OutOfRange },
        { "hook", DecodeError.OutOfRange },
        { "reason", DecodeError.OutOfRange },
        { "error positive", DecodeError.OutOfRange },
        { "error no errno", DecodeError.OutOfRange },
        { "access", DecodeError.OutOfRange },
        { "rule count", DecodeError.OutOfRange },
        { "rule", DecodeError.OutOfRange },
        { "pid", DecodeError.OutOfRange },
        { "cpu", DecodeError.OutOfRange },
        { "operation", DecodeError.OutOfRange },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_fault_is_named(string fault, object expected)
    {
        var path = fault == "nul in path" ? "/a\0b" : "/abc";
        var bytes = EventBytes.Create(4, path, args: "x\0", change: (ref GuardEventLayout e) => Break(ref e, fault));
        Assert.False(EventDecoder.TryDecode(bytes, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Every_shorter_record_is_refused()
    {
        var bytes = EventBytes.Create(3, "/usr/bin/nc", "nc", "/bin/sh", "nc\0-l\0");
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.False(EventDecoder.TryDecode(bytes.AsSpan(0, length), out _, out var error));
            Assert.Equal(DecodeError.TooShort, error);
        }
    }

    [Fact]
    public void Bytes_that_are_no_text_survive()
    {
        Assert.True(EventDecoder.TryDecode(EventBytes.Create(4, "/tmp/\xff\n"), out var e, out _));
        Assert.Equal(Encoding.Latin1.GetBytes("/tmp/\xff\n"), e.Path.Bytes.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void No_mutation_makes_it_throw(int seed)
    {
        var random = new Random(seed);
        var original = EventBytes.Create(3, "/usr/bin/nc", "nc", "/bin/sh", "nc\0-l\0");
        var decoded = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = original.AsSpan(0, random.Next(4) == 0 ? random.Next(original.Length + 1) : original.Length).ToArray();
            for (var n = random.Next(4); n > 0 && bytes.Length > 0; n--)
            {
                bytes[random.Next(bytes.Length)] = (byte)(random.Next(3) == 0 ? 0xff : random.Next(256));
            }

            decoded += EventDecoder.TryDecode(bytes, out var e, out var error) ? 1 : 0;
            Assert.Equal(e is null, error != DecodeError.None);
        }

        Assert.InRange(decoded, 1000, 99_000);
    }

    [Fact]
    public void No_noise_makes_it_throw()
    {
        var random = new Random(4);
        var header = EventBytes.Create(1).AsSpan(4, 4).ToArray();
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = new byte[random.Next(600)];
            random.NextBytes(bytes);
            if (bytes.Length >= 8)
            {
                BitConverter.TryWriteBytes(bytes, bytes.Length);
                header.CopyTo(bytes, 4);
            }

            EventDecoder.TryDecode(bytes, out _, out _);
        }
    }

    private static void Break(ref GuardEventLayout e, string fault)
    {
        switch (fault)
        {
            case "kind 0": e.Kind = 0; break;
            case "kind 15": e.Kind = 15; break;
            case "abi": e.AbiVersion++; break;
            case "size 0": e.Size = 0; break;
            case "size beyond": e.Size++; break;
            case "size below strings": e.Size--; break;
            case "path beyond": e.PathLength = ushort.MaxValue; break;
            case "args beyond": e.ArgsLength++; break;
            case "ring": e.Ring = 2; break;
            case "verdict": e.Verdict = 4; break;
            case "category": e.Category = 3; break;
            case "hook": e.Hook = KernelAbi.Hooks; break;
            case "reason": e.Reason = 16; break;
            case "error positive": e.Error = 1; break;
            case "error no errno": e.Error = -4096; break;
            case "access": e.Access = 1u << KernelAbi.Accesses; break;
            case "rule count": e.RuleCount = 9; break;
            case "rule": (e.RuleCount, e.Rules[0]) = (1, 65535); break;
            case "pid": e.Tgid = uint.MaxValue; break;
            case "cpu": e.Cpu = uint.MaxValue; break;
            case "operation": e.Operation = KernelAbi.Networks; break;
            default: break;
        }
    }
}
