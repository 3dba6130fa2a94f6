using System.Collections.Immutable;
using System.Text;
using Guard.Policies.Binding;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

namespace Guard.Policies.Tests.Properties;

/// <summary>
/// Random policies and requests that meet often: a small alphabet with shared prefixes and both cases, multi-byte
/// characters, wildcards, negations, incomplete texts. The same seed gives the same sequence.
/// </summary>
public sealed class RandomPolicies(int seed)
{
    private static readonly byte[][] Pieces =
    [
        .. new[] { "a", "b", "A", "/", "aa", "ab", "/a", "/ab", "bin", "/bin/", "é", "€", "@", "`", "[", "{" }
            .Select(Encoding.UTF8.GetBytes),
        [0xc3], [0xa9], [0xff], [0xe2, 0x82],
    ];

    private readonly Random _random = new(seed);

    /// <summary>A policy of one to <paramref name="maxRules"/> rules.</summary>
    public NormalisedPolicy Policy(int maxRules = 8)
    {
        var atoms = Many(1, 10, Atom);
        var rules = Enumerable.Range(0, _random.Next(1, maxRules + 1)).Select(n => Rule(n, atoms));
        return new NormalisedPolicy(atoms, [.. rules]);
    }

    /// <summary>
    /// A policy of many items that hold for almost any text and of many rules over them, so that requests reach the
    /// bounds of a decision: matches, evaluations, atoms of a process, rules that are recorded.
    /// </summary>
    public NormalisedPolicy CrowdedPolicy()
    {
        var atoms = Many<NormalisedAtom>(80, 400, CrowdedAtom);
        var rules = Enumerable.Range(0, _random.Next(20, 8000)).Select(n => Rule(n, atoms));
        var single = rules.Select(r => r with { Condition = new AtomNode(_random.Next(atoms.Length)) });
        return new NormalisedPolicy(atoms, [.. single.Select(r => r with { OnUnknown = OnUnknown.Allow })]);
    }

    /// <summary>A request, independent of any policy.</summary>
    public DecisionRequest Request() => new(Chance(50) ? RuleCategory.ProcessCreation : RuleCategory.FileAccess)
    {
        Image = Text(),
        Invoked = Text(),
        ParentImage = Text(),
        ParentInvoked = Text(),
        Target = Text(),
        Uid = (uint)_random.Next(4),
        Access = (AccessKinds)_random.Next(64),
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
        return _random.Next(10) switch
        {
            0 => new NumberAtom(PolicyField.User, span, NumberRanges.Union(Enumerable.Range(0, 4).Where(_ => Chance(40)).Select(u => new NumberRange((uint)u, (uint)u)))),
            1 => new AccessAtom(span, (AccessKinds)_random.Next(1, 64)),
            2 => TextOf(span, PolicyField.ImageInvoked, TextRoles.Invoked),
            3 => TextOf(span, PolicyField.ParentImage, TextRoles.Parent),
            4 => TextOf(span, PolicyField.ParentImage, TextRoles.Parent | TextRoles.ParentInvoked),
            5 => TextOf(span, PolicyField.Image, TextRoles.Image),
            6 => TextOf(span, PolicyField.Image, TextRoles.Image | TextRoles.Invoked),
            _ => TextOf(span, PolicyField.TargetFilename, TextRoles.Target),
        };
    }

    private TextAtom CrowdedAtom()
    {
        var span = new SourceSpan("random.yml", _random.Next(1, 1000), 1);
        var any = new AnyRunElement();
        var pattern = new TextPattern([any, new LiteralElement([.. Pieces[_random.Next(6)]]), any], Chance(5));
        var (field, roles) = _random.Next(6) switch
        {
            0 => (PolicyField.Image, TextRoles.Image | TextRoles.Invoked),
            1 => (PolicyField.ParentImage, TextRoles.Parent | TextRoles.ParentInvoked),
            _ => (PolicyField.TargetFilename, TextRoles.Target),
        };
        return new TextAtom(field, span, roles, [pattern]);
    }

    private TextAtom TextOf(SourceSpan span, PolicyField field, TextRoles roles)
        => new(field, span, roles, Many(1, 4, Pattern));

    private NormalisedRule Rule(int number, ImmutableArray<NormalisedAtom> atoms)
    {
        var category = Chance(40) ? RuleCategory.ProcessCreation : RuleCategory.FileAccess;
        var usable = Enumerable.Range(0, atoms.Length)
            .Where(a => category == RuleCategory.FileAccess || atoms[a].Field != PolicyField.TargetFilename)
            .ToList();
        var span = new SourceSpan("random.yml", 1000 + number, 1);
        var identity = new RuleIdentity($"rule-{number}", $"Rule {number}", null, RuleLevel.High, [], [], span);
        return new NormalisedRule(
            identity,
            category,
            Chance(40) ? RuleAction.Block : RuleAction.Audit,
            Chance(40) ? OnUnknown.Deny : OnUnknown.Allow,
            Condition(usable, 3));
    }

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
