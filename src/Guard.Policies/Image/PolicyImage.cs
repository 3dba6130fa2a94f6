using System.Buffers.Binary;
using System.Collections.Immutable;
using Guard.Policies.Normalising;

namespace Guard.Policies.Image;

/// <summary>
/// The compiled policy: the bytes that the kernel and the simulator execute, and the names behind the numbers.
/// Immutable and safe to share between threads.
/// </summary>
public sealed class PolicyImage
{
    private const int FlagsOffset = 12;

    private readonly byte[] _bytes;

    /// <summary>Takes the tables as built; the caller gives up the array.</summary>
    /// <param name="bytes">Layout of bpf/lsm/abi.h, generation zero, hash filled in.</param>
    /// <param name="rules">Rule n of the image is element n.</param>
    public PolicyImage(byte[] bytes, ImmutableArray<CompiledRule> rules)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        _bytes = bytes;
        Rules = rules;
        Hash = Convert.ToHexStringLower(bytes.AsSpan(32, 32));
        PolicyHash = Hash;
    }

    /// <summary>The image, header first; its length is the header's total_bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>SHA-256 of these bytes as 64 hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>
    /// SHA-256 of the image as it is without a secret, as 64 hexadecimal digits: the name of the policy, the same on all
    /// machines with the same accounts.
    /// </summary>
    public string PolicyHash { get; private init; }

    /// <summary>What its bundle orders about what can't be decided.</summary>
    public FailureOrder Failure => (FailureOrder)BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(FlagsOffset));

    /// <summary>What each rule number means.</summary>
    public ImmutableArray<CompiledRule> Rules { get; }

    /// <summary>Element i is the field of text GUARD_TEXTS + i; null is the text of keywords.</summary>
    public ImmutableArray<string?> EventFields { get; init; } = [];

    /// <summary>Files that items name, for <see cref="FileIdentities.Bind"/>.</summary>
    public ImmutableArray<NamedFile> NamedFiles { get; init; } = [];

    /// <summary>Atoms that no automaton decides.</summary>
    public ImmutableArray<EventTest> EventTests { get; init; } = [];

    /// <summary>The same image under the name of another.</summary>
    /// <param name="policyHash">The name.</param>
    internal PolicyImage Named(string policyHash)
        => With(_bytes, policyHash);

    /// <summary>Other bytes of the same policy.</summary>
    /// <param name="bytes">With their hash; the caller gives up the array.</param>
    internal PolicyImage Rewritten(byte[] bytes) => With(bytes, PolicyHash);

    private PolicyImage With(byte[] bytes, string policyHash) => new(bytes, Rules)
    {
        EventFields = EventFields,
        EventTests = EventTests,
        NamedFiles = NamedFiles,
        PolicyHash = policyHash,
    };
}

/// <summary>A file that items name.</summary>
/// <param name="Path">As written, absolute; bytes as Latin-1 characters.</param>
/// <param name="List">Offset in the image of the list of patterns that hold for it.</param>
public sealed record NamedFile(string Path, uint List);

/// <summary>An atom over fields of events that no automaton decides.</summary>
/// <param name="Atom">Its number.</param>
/// <param name="Test">What it tests.</param>
public sealed record EventTest(int Atom, EventAtom Test);

/// <summary>What user space remembers of a compiled rule.</summary>
/// <param name="Identity">Names and position.</param>
/// <param name="Category">What it decides.</param>
/// <param name="Action">What it does.</param>
/// <param name="OnUnknown">What it does when it can't be decided.</param>
public sealed record CompiledRule(RuleIdentity Identity, RuleCategory Category, RuleAction Action, OnUnknown OnUnknown)
{
    /// <summary>The rule's log source.</summary>
    public RuleLogSource Source { get; init; } = RuleLogSource.Any;
}
