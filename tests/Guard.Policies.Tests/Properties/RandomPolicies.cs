using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Guard.Policies.Diagnostics;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

namespace Guard.Policies.Tests.Properties;

/// <summary>
/// Random policies and requests that meet often: a small alphabet with shared prefixes and both cases, multi-byte
/// characters, wildcards, expressions, long lists, ranges, negations, incomplete texts. The same seed gives the same
/// sequence.
/// </summary>
public sealed class RandomPolicies(int seed)
{
    private static readonly byte[][] Pieces =
    [
        .. new[] { "a", "b", "A", "/", "aa", "ab", "/a", "/ab", "bin", "/bin/", "é", "€", "@", "`", "[", "{" }
            .Select(Encoding.UTF8.GetBytes),
        [0xc3], [0xa9], [0xff], [0xe2, 0x82],
    ];

    /// <summary>ASCII only, and <c>.</c> only in <c>.*</c>, so that plain byte strings show what they mean.</summary>
    private static readonly string[] Expressions =
    [
        "ab", "a|B", "^a", "b$", "^/a.*b$", "[ab]{2}/", "^(a|b)*$", "bin/?a", "aa.*/", "(aa|ab)[/@]", "^$", "", "a*",
        "@|`", "/ab?a", "^.*$", "b{2,3}a", "(^|/)a", "a($|/)",
    ];

    private static readonly (PolicyField Field, TextRoles Roles)[] TextFields =
    [
        (PolicyField.Image, TextRoles.Image),
        (PolicyField.Image, TextRoles.Image | TextRoles.Invoked),
        (PolicyField.ImageInvoked, TextRoles.Invoked),
        (PolicyField.CommandLine, TextRoles.Command),
        (PolicyField.CurrentDirectory, TextRoles.Directory),
        (PolicyField.ParentImage, TextRoles.Parent),
        (PolicyField.ParentImage, TextRoles.Parent | TextRoles.ParentInvoked),
        (PolicyField.ParentCommandLine, TextRoles.ParentCommand),
        (PolicyField.AncestorImage, TextRoles.Ancestor),
        (PolicyField.AncestorImage, TextRoles.Ancestor | TextRoles.AncestorInvoked),
        (PolicyField.AncestorCommandLine, TextRoles.AncestorCommand),
        (PolicyField.ImageLoaded, TextRoles.Loaded),
        (PolicyField.ImageLoaded, TextRoles.Loaded | TextRoles.Named),
        (PolicyField.CgroupPath, TextRoles.Cgroup),
        (PolicyField.TargetFilename, TextRoles.Target),
        (PolicyField.TargetFilename, TextRoles.Object),
        (PolicyField.TargetFilename, TextRoles.Target | TextRoles.Named),
        (PolicyField.TargetFilename, TextRoles.Target | TextRoles.Named),
        (PolicyField.Image, TextRoles.Image | TextRoles.Invoked),
        (PolicyField.TargetFilename, TextRoles.Target | TextRoles.Named),
        (PolicyField.FilesystemType, TextRoles.Object),
        (PolicyField.TargetImage, TextRoles.TargetImage),
        (PolicyField.TargetImage, TextRoles.TargetImage | TextRoles.Named),
    ];

    private static readonly RuleCategory[] Categories =
    [
        RuleCategory.ProcessCreation, RuleCategory.FileAccess, RuleCategory.ImageLoad, RuleCategory.NetworkConnection,
        RuleCategory.Operation, RuleCategory.MappedProgram,
    ];

    private static readonly PolicyField[] NetworkNumbers =
    [
        PolicyField.DestinationPort, PolicyField.SourcePort, PolicyField.Protocol, PolicyField.AddressFamily,
        PolicyField.Operation,
    ];

    private readonly Random _random = new(seed);

    /// <summary>The image with some files found under the names in it, several names for one file among them.</summary>
    public PolicyImage Bind(PolicyImage image, out IReadOnlyDictionary<string, FileKey> files)
    {
        var found = new Dictionary<string, FileKey>(StringComparer.Ordinal);
        foreach (var named in image.NamedFiles.Where(_ => Chance(80)))
        {
            found.Add(named.Path, Key());
        }

        files = found;
        var bound = FileIdentities.Bind(image, path => found.TryGetValue(path, out var key) ? key : null, out var left);
        return left.Count == 0 ? bound : throw new InvalidOperationException($"no place for {left[0]}");
    }

    private FileKey Key() => new((ulong)_random.Next(1, 3), 8 << 20 | 1, (uint)_random.Next(1, 3));

    private FileKey? File() => Chance(90) ? Key() : null;

    /// <summary>A policy of one to <paramref name="maxRules"/> rules.</summary>
    public NormalisedPolicy Policy(int maxRules = 8)
    {
        var atoms = Many(1, 10, Atom);
        var rules = Enumerable.Range(0, _random.Next(1, maxRules + 1)).Select(n => Rule(n, atoms));
        return new NormalisedPolicy(atoms, [.. rules]);
    }

    /// <summary>A policy over connections whose rules each ask for some operations, or for all others, besides other things.</summary>
    public NormalisedPolicy OperationsPolicy()
    {
        var span = new SourceSpan("random.yml", 1, 1);
        var operations = Many<NormalisedAtom>(1, 3, () => new NumberAtom(PolicyField.Operation, span, Ranges()));
        ImmutableArray<NormalisedAtom> atoms = [.. operations, .. Many(1, 6, Atom)];
        var rules = Enumerable.Range(0, _random.Next(1, 4)).Select(n => Rule(n, atoms)).ToList();
        return new NormalisedPolicy(atoms, [.. rules.Select(r => r with
        {
            Category = RuleCategory.NetworkConnection,
            Condition = new AndNode([Chance(70) ? Some() : new NotNode(Some()), r.Condition]),
        })]);

        AtomNode Some() => new(_random.Next(operations.Length));
    }

    /// <summary>A policy over opens whose rules each ask for a file, or for a cgroup, or for both, besides other things.</summary>
    public NormalisedPolicy PlacedPolicy()
    {
        var span = new SourceSpan("random.yml", 1, 1);
        ImmutableArray<NormalisedAtom> places =
        [
            .. Many(1, 3, () => new TextAtom(PolicyField.CgroupPath, span, TextRoles.Cgroup, Many(1, 3, Pattern))),
            .. Many(1, 3, () => new TextAtom(PolicyField.TargetFilename, span, TextRoles.Target | TextRoles.Named, Many(1, 3, Pattern))),
        ];
        ImmutableArray<NormalisedAtom> atoms = [.. places, .. Many(1, 6, Atom)];
        var rules = Enumerable.Range(0, _random.Next(1, 6)).Select(n => Rule(n, atoms)).ToList();
        return new NormalisedPolicy(atoms, [.. rules.Select(r => r with
        {
            Category = RuleCategory.FileAccess,
            Condition = new AndNode([.. Many(1, 2, () => new AtomNode(_random.Next(places.Length))), r.Condition]),
        })]);
    }

    /// <summary>
    /// A policy of many items that hold for almost any text and of many rules over them, so that requests reach the
    /// bounds of a decision: matches, evaluations, atoms of a process, rules that are recorded.
    /// </summary>
    public NormalisedPolicy CrowdedPolicy()
    {
        var atoms = Many<NormalisedAtom>(80, 400, CrowdedAtom);
        var rules = Enumerable.Range(0, _random.Next(20, 8000)).Select(n => Rule(n, atoms));
        // Most of one category, or no decision would have enough of them.
        var single = rules.Select(r => r with
        {
            Condition = new AtomNode(_random.Next(atoms.Length)),
            Category = Chance(80) ? RuleCategory.FileAccess : r.Category,
        });
        return new NormalisedPolicy(atoms, [.. single.Select(r => r with { OnUnknown = OnUnknown.Allow })]);
    }

    /// <summary>A request, independent of any policy.</summary>
    public DecisionRequest Request() => new(Categories[_random.Next(Categories.Length)])
    {
        Image = Text(),
        Invoked = Text(),
        CommandLine = Arguments(),
        CurrentDirectory = Text(),
        ParentImage = Text(),
        ParentInvoked = Text(),
        ParentCommandLine = Arguments(),
        Ancestors = Many(0, 4, () => new RequestProgram(Whole(), Whole(), Whole())),
        AncestorsKnown = Chance(90),
        Target = Text(),
        TargetFile = File(),
        RenamesDirectory = Chance(50),
        OtherName = Chance(70) ? null : Chance(90) ? RequestText.Complete(Bytes(1 + _random.Next(7))) : RequestText.Absent,
        ImageFile = File(),
        ParentFile = File(),
        Uid = Number(),
        LogonId = Number(),
        Group = Chance(90) ? Number() : null,
        MountNamespace = Chance(90) ? Number() : null,
        Cgroup = Text(),
        Access = (AccessKinds)_random.Next(1 << 16),
        Properties = (ImageProperties)_random.Next(64),
        Socket = Socket(),
        SystemOperation = SystemOperation(),
        Object = Text(),
        TargetImage = Text(),
        TargetImageFile = File(),
        NewId = Number(),
        Digest = Chance(80) ? RequestText.Complete(Digest(_random.Next(4))) : RequestText.Absent,
    };

    private RequestSocket Socket() => new(
        (NetworkOperation)_random.Next(KernelAbi.Networks),
        (ushort)_random.Next(6),
        Chance(90) ? AddressRanges.ToAddress(AddressAt(_random.Next(18))) : null,
        (ushort)_random.Next(6))
    {
        Family = (ushort)_random.Next(6),
    };

    private RuleCategory Category() => _random.Next(10) switch
    {
        < 4 => RuleCategory.ProcessCreation,
        < 8 => RuleCategory.FileAccess,
        _ => RuleCategory.NetworkConnection,
    };

    /// <summary>A pattern in the normal form of <see cref="TextPattern"/>.</summary>
    public TextPattern Pattern()
    {
        var elements = new List<PatternElement>();
        for (var left = _random.Next(6); left > 0; left--)
        {
            Append(elements, _random.Next(10));
        }

        return new TextPattern([.. elements], Chance(20));
    }

    /// <summary>A text in any state.</summary>
    public RequestText Text()
    {
        var bytes = Bytes(_random.Next(8));
        return _random.Next(12) switch
        {
            0 => RequestText.Absent,
            1 => RequestText.Truncated(bytes),
            _ => RequestText.Complete(bytes),
        };
    }

    /// <summary>Arguments: all of them, the first ones, or none.</summary>
    public RequestText Arguments()
    {
        // Longer than a chunk of the kernel's walk, so that it goes through in several windows.
        var bytes = Bytes(_random.Next(Chance(20) ? 40 : 8));
        return _random.Next(12) switch
        {
            0 => RequestText.Absent,
            1 => RequestText.CutShort(bytes),
            _ => RequestText.Whole(bytes),
        };
    }

    private RequestText Whole() => RequestText.Complete(Bytes(_random.Next(8)));

    private uint SystemOperation() => OperationNumbers.Of((OperationKind)_random.Next(10), (uint)_random.Next(3));

    private uint Number() => _random.Next(8) == 0 ? uint.MaxValue : (uint)_random.Next(6);

    private void Append(List<PatternElement> elements, int kind)
    {
        var last = elements.Count == 0 ? null : elements[^1];
        if (kind < 3 && last is not AnyRunElement)
        {
            elements.Add(new AnyRunElement());
        }
        else if (kind == 3)
        {
            elements.Add(new AnyCharacterElement());
        }
        else if (kind > 3 && last is not LiteralElement)
        {
            elements.Add(new LiteralElement([.. Bytes(_random.Next(1, 3))]));
        }
    }

    private byte[] Bytes(int pieces)
        => [.. Enumerable.Range(0, pieces).SelectMany(_ => Pieces[_random.Next(Pieces.Length)])];

    private NormalisedAtom Atom()
    {
        var span = new SourceSpan("random.yml", _random.Next(1, 1000), 1);
        return _random.Next(20) switch
        {
            19 => new PropertyAtom(span, (ImageProperties)_random.Next(1, 64)),
            18 => new TextAtom(PolicyField.Digest, span, TextRoles.Object, Digests()),
            12 => new NumberAtom(NetworkNumbers[_random.Next(NetworkNumbers.Length)], span, Ranges()),
            13 => new AddressAtom(Chance(60) ? PolicyField.DestinationIp : PolicyField.SourceIp, span, Addresses()),
            14 => new NumberAtom(PolicyField.Group, span, Ranges()),
            15 => new NumberAtom(PolicyField.MountNamespace, span, Ranges()),
            16 => new NumberAtom(Chance(50) ? PolicyField.NewUid : PolicyField.NewGid, span, Ranges()),
            17 => new NumberAtom(PolicyField.SystemOperation, span, Ways()),
            0 => new NumberAtom(PolicyField.User, span, Ranges()),
            1 => new NumberAtom(PolicyField.LogonId, span, Ranges()),
            2 => new AccessAtom(span, (AccessKinds)_random.Next(1, 1 << 16)),
            _ => AtomOfText(span),
        };
    }

    /// <summary>One or two that requests have, at times in a list that becomes a set.</summary>
    private ImmutableArray<TextPattern> Digests()
        => [.. Enumerable.Range(_random.Next(4), Chance(30) ? 100 : _random.Next(1, 3))
            .Select(n => new TextPattern([new LiteralElement([.. Digest(n)])], false))];

    /// <summary>As the kernel writes it: they differ in their last digits.</summary>
    private static byte[] Digest(int number) => Encoding.ASCII.GetBytes(number.ToString("x64", CultureInfo.InvariantCulture));

    /// <summary>One way of an operation, or all of them.</summary>
    private ImmutableArray<NumberRange> Ways()
    {
        var number = SystemOperation();
        return [Chance(50) ? new NumberRange(number, number) : OperationNumbers.All(OperationNumbers.Kind(number))];
    }

    /// <summary>Ascending and apart: single numbers, pairs, and at times all from one number on.</summary>
    private ImmutableArray<NumberRange> Ranges()
    {
        var ranges = ImmutableArray.CreateBuilder<NumberRange>();
        for (uint from = 0; from < 6; from += 3)
        {
            if (Chance(50))
            {
                ranges.Add(new NumberRange(from, from + (uint)_random.Next(2)));
            }
        }

        if (Chance(25))
        {
            ranges.Add(new NumberRange(6, uint.MaxValue));
        }

        return ranges.ToImmutable();
    }

    /// <summary>Six addresses at the lower end, six of IPv4, six at the upper end: 0 to 17, ascending.</summary>
    private static UInt128 AddressAt(int n) => n switch
    {
        < 6 => (UInt128)n,
        < 12 => ((UInt128)0xffff << 32 | 0x0a000000) + (UInt128)(n - 6),
        _ => UInt128.MaxValue - (UInt128)(17 - n),
    };

    /// <summary>At least one, apart; some of them wide.</summary>
    private ImmutableArray<AddressRange> Addresses()
    {
        var ranges = ImmutableArray.CreateBuilder<AddressRange>();
        for (var from = _random.Next(4); from < 18 && (ranges.Count == 0 || Chance(60)); from += _random.Next(2, 6))
        {
            var to = Math.Min(17, from + _random.Next(Chance(20) ? 12 : 3));
            ranges.Add(new AddressRange(AddressAt(from), AddressAt(to)));
            from = to;
        }

        return ranges.ToImmutable();
    }

    private TextAtom AtomOfText(SourceSpan span)
    {
        var (field, roles) = TextFields[_random.Next(TextFields.Length)];
        return _random.Next(10) switch
        {
            0 => new TextAtom(field, span, roles, Many(120, 160, WholeValue)),
            1 => new TextAtom(field, span, roles, []) { Expressions = Many(1, 3, Expression) },
            2 => new TextAtom(field, span, roles, Many(1, 3, Pattern)) { Expressions = Many(1, 2, Expression) },
            _ => new TextAtom(field, span, roles, Many(1, 4, Pattern)),
        };
    }

    /// <summary>Long lists of such values become a set.</summary>
    private TextPattern WholeValue() => new([new LiteralElement([.. Bytes(_random.Next(1, 4))])], false);

    private RegexPattern Expression()
        => new(Expressions[_random.Next(Expressions.Length)], Chance(30) ? RegexFlags.IgnoreCase : RegexFlags.None);

    private TextAtom CrowdedAtom()
    {
        var span = new SourceSpan("random.yml", _random.Next(1, 1000), 1);
        var (field, roles) = _random.Next(8) switch
        {
            0 => (PolicyField.Image, TextRoles.Image | TextRoles.Invoked),
            1 => (PolicyField.ParentImage, TextRoles.Parent | TextRoles.ParentInvoked),
            2 => (PolicyField.AncestorImage, TextRoles.Ancestor | TextRoles.AncestorInvoked),
            _ => (PolicyField.TargetFilename, TextRoles.Target),
        };
        return new TextAtom(field, span, roles, [Chance(30) ? Confirmed() : CrowdedPattern()]);
    }

    private TextPattern CrowdedPattern()
    {
        var any = new AnyRunElement();
        return new TextPattern([any, new LiteralElement([.. Pieces[_random.Next(6)]]), any], Chance(5));
    }

    /// <summary>One of many different patterns that the same two bytes ask to be confirmed.</summary>
    private TextPattern Confirmed()
    {
        var before = Enumerable.Repeat<PatternElement>(new AnyCharacterElement(), _random.Next(4));
        var after = Enumerable.Repeat<PatternElement>(new AnyCharacterElement(), _random.Next(1, 4));
        var any = new AnyRunElement();
        return new TextPattern([any, .. before, new LiteralElement([.. "ab"u8]), .. after, any], Chance(50));
    }

    private NormalisedRule Rule(int number, ImmutableArray<NormalisedAtom> atoms)
    {
        var category = Categories[_random.Next(5)];
        var usable = Enumerable.Range(0, atoms.Length).Where(a => IsFieldOf(atoms[a].Field, category)).ToList();
        var span = new SourceSpan("random.yml", 1000 + number, 1);
        var identity = new RuleIdentity($"rule-{number}", $"Rule {number}", null, RuleLevel.High, [], [], span);
        return new NormalisedRule(
            identity,
            category,
            Chance(40) ? RuleAction.Block : RuleAction.Audit,
            Chance(40) ? OnUnknown.Deny : OnUnknown.Allow,
            Condition(usable, 3));
    }

    private static bool IsFieldOf(PolicyField field, RuleCategory category) => field switch
    {
        PolicyField.CurrentDirectory or PolicyField.ImageProperties => category == RuleCategory.ProcessCreation,
        PolicyField.TargetFilename => category is RuleCategory.FileAccess or RuleCategory.Operation,
        PolicyField.ImageLoaded => category == RuleCategory.ImageLoad,
        PolicyField.Digest => category is RuleCategory.ProcessCreation or RuleCategory.ImageLoad,
        PolicyField.FilesystemType or PolicyField.TargetImage or PolicyField.SystemOperation or PolicyField.NewUid
            or PolicyField.NewGid
            => category == RuleCategory.Operation,
        _ => true,
    };

    private ConditionNode Condition(List<int> atoms, int depth) => _random.Next(depth == 0 ? 4 : 10) switch
    {
        0 when Chance(20) || atoms.Count == 0 => new ConstantNode(Chance(50)),
        < 4 when atoms.Count > 0 => new AtomNode(atoms[_random.Next(atoms.Count)]),
        < 4 => new ConstantNode(true),
        4 or 5 => new NotNode(Condition(atoms, depth - 1)),
        < 8 => new AndNode(Many(2, 3, () => Condition(atoms, depth - 1))),
        _ => new OrNode(Many(2, 3, () => Condition(atoms, depth - 1))),
    };

    private ImmutableArray<T> Many<T>(int from, int to, Func<T> make)
        => [.. Enumerable.Range(0, _random.Next(from, to + 1)).Select(_ => make())];

    private bool Chance(int percent) => _random.Next(100) < percent;
}
