using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Guard.Engine.Kernel.Abi;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

namespace Guard.Engine.Events;

/// <summary>
/// Bytes from a ring or a sweep to <see cref="GuardEvent"/>. The bytes are input like any other: every length is checked before what it
/// covers is read, every number before it is believed, and nothing that can stand in them makes it throw. Stateless.
/// </summary>
internal static class EventDecoder
{
    private const uint AccessMask = (1u << KernelAbi.Accesses) - 1;
    private const uint PropertyMask = (1u << KernelAbi.Properties) - 1;
    private const int ErrnoMax = 4095;

    private static readonly RuleCategory[] Categories =
    [
        RuleCategory.ProcessCreation, RuleCategory.FileAccess, RuleCategory.NetworkConnection, RuleCategory.ImageLoad,
        RuleCategory.MappedProgram, RuleCategory.Operation,
    ];

    private static readonly int FixedBytes = Unsafe.SizeOf<GuardEventLayout>();

    /// <summary>Decodes one record.</summary>
    /// <param name="record">What the ring gave, without its header.</param>
    /// <param name="decoded">The event, when it returns true.</param>
    /// <param name="error">Why not, when it returns false.</param>
    public static bool TryDecode(ReadOnlySpan<byte> record, [NotNullWhen(true)] out GuardEvent? decoded, out DecodeError error)
    {
        decoded = null;
        error = CheckHeader(record);
        if (error != DecodeError.None)
        {
            return false;
        }

        var layout = MemoryMarshal.Read<GuardEventLayout>(record);
        error = CheckNumbers(in layout);
        if (error == DecodeError.None)
        {
            error = CheckStrings(in layout, record);
        }

        if (error != DecodeError.None)
        {
            return false;
        }

        decoded = Build(in layout, record);
        return true;
    }

    /// <summary>The least that a record of this kind takes, or -1 for a kind that does not exist.</summary>
    private static int MinimumBytes(ushort kind) => (GuardEventKind)kind switch
    {
        GuardEventKind.Exec or GuardEventKind.Exit or GuardEventKind.ExecDecision or GuardEventKind.FileDecision
            or GuardEventKind.NetworkDecision or GuardEventKind.OperationDecision or GuardEventKind.Failure or GuardEventKind.FileHeld => FixedBytes,
        _ => -1,
    };

    private static DecodeError CheckHeader(ReadOnlySpan<byte> record)
    {
        // size, kind and abi_version are the first 8 bytes in every version.
        if (record.Length < 8)
        {
            return DecodeError.TooShort;
        }

        var size = MemoryMarshal.Read<uint>(record);
        var kind = MemoryMarshal.Read<ushort>(record[4..]);
        if (MemoryMarshal.Read<ushort>(record[6..]) != KernelAbi.AbiVersion)
        {
            return DecodeError.WrongAbi;
        }

        var minimum = MinimumBytes(kind);
        if (minimum < 0)
        {
            return DecodeError.UnknownKind;
        }

        return size < minimum || size > record.Length ? DecodeError.TooShort : DecodeError.None;
    }

    private static DecodeError CheckNumbers(in GuardEventLayout e)
    {
        var fits = e.Cpu <= ushort.MaxValue
            && e.Ring < KernelAbi.Rings
            && e.Verdict <= (int)Verdict.Kill
            && Array.IndexOf(Categories, (RuleCategory)e.Category) >= 0
            && e.Operation < KernelAbi.Networks
            && e.Hook < KernelAbi.Hooks
            && e.Reason < KernelAbi.Reasons
            && e.Error is <= 0 and >= -ErrnoMax
            && (e.Access & ~AccessMask) == 0
            && (e.Properties & ~PropertyMask) == 0
            && e.RuleCount <= KernelLimits.EventRulesMax
            && (e.Tgid | e.Tid | e.ParentTgid | e.TargetTgid | e.Descriptor) <= int.MaxValue;
        for (var i = 0; fits && i < e.RuleCount; i++)
        {
            fits = e.Rules[i] < KernelLimits.RulesMax;
        }

        return fits ? DecodeError.None : DecodeError.OutOfRange;
    }

    private static DecodeError CheckStrings(in GuardEventLayout e, ReadOnlySpan<byte> record)
    {
        var names = e.PathLength + e.InvokedLength + e.ImageLength;
        if (e.PathLength > KernelLimits.PathMax || e.InvokedLength > KernelLimits.PathMax || e.ImageLength > KernelLimits.PathMax
            || e.ArgsLength > KernelLimits.ArgsMax || FixedBytes + names + e.ArgsLength > e.Size)
        {
            return DecodeError.BadLengths;
        }

        return record.Slice(FixedBytes, names).Contains((byte)0) ? DecodeError.BadText : DecodeError.None;
    }

    private static GuardEvent Build(in GuardEventLayout e, ReadOnlySpan<byte> record)
    {
        var strings = record[FixedBytes..];
        var path = Take(ref strings, e.PathLength);
        var invoked = Take(ref strings, e.InvokedLength);
        var image = Take(ref strings, e.ImageLength);
        return new GuardEvent
        {
            Kind = (GuardEventKind)e.Kind,
            Cpu = (int)e.Cpu,
            Ring = (int)e.Ring,
            Sequence = e.Sequence,
            TimeNs = e.TimeNs,
            Generation = e.Generation,
            ExecId = e.ExecId,
            ParentExecId = e.ParentExecId,
            StartNs = e.StartNs,
            CgroupId = e.CgroupId,
            Tgid = (int)e.Tgid,
            Tid = (int)e.Tid,
            ParentTgid = (int)e.ParentTgid,
            Uid = e.Uid,
            Euid = e.Euid,
            Gid = e.Gid,
            LoginUid = e.Loginuid,
            Session = e.Session,
            Comm = Comm(in e),
            Verdict = e.Verdict,
            Category = (RuleCategory)e.Category,
            Hook = e.Hook,
            Reason = e.Reason,
            Error = e.Error,
            Flags = (GuardEventFlags)e.Flags,
            Access = (AccessKinds)e.Access,
            Properties = (ImageProperties)e.Properties,
            ExitCode = unchecked((int)e.ExitCode),
            Rules = Rules(in e),
            FileDevice = e.FileDev,
            FileInode = e.FileInode,
            FileGeneration = e.FileGeneration,
            FileMode = e.FileMode,
            Sha256 = ((GuardEventFlags)e.Flags & GuardEventFlags.Digest) != 0 ? Convert.ToHexStringLower(e.Sha256) : null,
            Path = path,
            Invoked = invoked,
            Image = image,
            Descriptor = (int)e.Descriptor,
            Args = SplitArgs(strings[..e.ArgsLength]),
            ArgsTotal = e.ArgsTotal,
            Socket = Socket(in e),
            SystemOperation = e.SystemOperation,
            TargetTgid = (int)e.TargetTgid,
            TargetUid = e.TargetUid,
        };
    }

    private static KernelText Take(ref ReadOnlySpan<byte> strings, int length)
    {
        var text = length == 0 ? default : new KernelText(strings[..length].ToArray());
        strings = strings[length..];
        return text;
    }

    private static RequestSocket Socket(in GuardEventLayout e)
    {
        var known = (GuardEventKind)e.Kind == GuardEventKind.NetworkDecision
            && (NetworkOperation)e.Operation != NetworkOperation.Raw
            && ((GuardEventFlags)e.Flags & GuardEventFlags.AddressUnknown) == 0;
        ReadOnlySpan<ulong> address = e.Address;
        var number = BinaryPrimitives.ReadUInt128BigEndian(MemoryMarshal.AsBytes(address));
        return new RequestSocket(
            (NetworkOperation)e.Operation, e.Protocol, known ? AddressRanges.ToAddress(number) : null, e.Port)
        {
            Family = (NetworkOperation)e.Operation == NetworkOperation.Raw ? e.Family : (ushort)0,
        };
    }

    private static KernelText Comm(in GuardEventLayout e)
    {
        ReadOnlySpan<byte> comm = e.Comm;
        var end = comm.IndexOf((byte)0);
        return new KernelText(comm[..(end < 0 ? comm.Length : end)].ToArray());
    }

    private static ImmutableArray<int> Rules(in GuardEventLayout e)
    {
        if (e.RuleCount == 0)
        {
            return [];
        }

        var rules = new int[e.RuleCount];
        for (var i = 0; i < rules.Length; i++)
        {
            rules[i] = (int)e.Rules[i];
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(rules);
    }

    /// <summary>Each argument ends with a NUL, empty ones too; the last one lacks it when the kernel had to cut.</summary>
    private static ImmutableArray<KernelText> SplitArgs(ReadOnlySpan<byte> args)
    {
        if (args.IsEmpty)
        {
            return [];
        }

        var list = ImmutableArray.CreateBuilder<KernelText>();
        while (!args.IsEmpty)
        {
            var end = args.IndexOf((byte)0);
            var length = end < 0 ? args.Length : end;
            list.Add(new KernelText(args[..length].ToArray()));
            args = args[(end < 0 ? length : length + 1)..];
        }

        return list.DrainToImmutable();
    }
}
