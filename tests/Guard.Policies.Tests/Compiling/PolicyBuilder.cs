using System.Collections.Immutable;
using System.Text;
using Guard.Policies.Binding;
using Guard.Policies.Compiling;
using Guard.Policies.Diagnostics;
using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Tests.Compiling;

/// <summary>Normalised policies without the front end: patterns are written with <c>*</c> and <c>?</c>.</summary>
internal sealed class PolicyBuilder
{
    private readonly List<NormalisedAtom> _atoms = [];
    private readonly List<NormalisedRule> _rules = [];

    public static TextPattern Pattern(string text, bool cased = false)
    {
        var elements = new List<PatternElement>();
        var literal = new List<byte>();
        void Flush()
        {
            if (literal.Count > 0)
            {
                elements.Add(new LiteralElement([.. literal]));
                literal.Clear();
            }
        }

        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            if (value is (byte)'*' or (byte)'?')
            {
                Flush();
                elements.Add(value == '*' ? new AnyRunElement() : new AnyCharacterElement());
            }
            else
            {
                literal.Add(value);
            }
        }

        Flush();
        return new TextPattern([.. elements], cased);
    }

    public AtomNode Image(params string[] patterns)
        => Text(PolicyField.Image, TextRoles.Image | TextRoles.Invoked, patterns);

    public AtomNode ImageOnly(params string[] patterns) => Text(PolicyField.Image, TextRoles.Image, patterns);

    public AtomNode Parent(params string[] patterns)
        => Text(PolicyField.ParentImage, TextRoles.Parent | TextRoles.ParentInvoked, patterns);

    public AtomNode Target(params string[] patterns) => Text(PolicyField.TargetFilename, TextRoles.Target, patterns);

    public AtomNode Cased(params string[] patterns)
        => Add(new TextAtom(
            PolicyField.TargetFilename, Here(), TextRoles.Target, [.. patterns.Select(p => Pattern(p, true))]));

    public AtomNode User(params uint[] uids) => Add(new NumberAtom(PolicyField.User, Here(), NumberRanges.Union(uids.Select(u => new NumberRange(u, u)))));

    /// <summary>So many single addresses of IPv6, none beside another.</summary>
    public AtomNode Destinations(int count)
        => Add(new AddressAtom(
            PolicyField.DestinationIp,
            Here(),
            [.. Enumerable.Range(1, count).Select(n => (UInt128)(2 * n)).Select(n => new AddressRange(n, n))]));

    public AtomNode Properties(ImageProperties properties) => Add(new PropertyAtom(Here(), properties));

    public AtomNode Access(AccessKinds kinds) => Add(new AccessAtom(Here(), kinds));

    public PolicyBuilder Exec(
        ConditionNode condition, RuleAction action = RuleAction.Block, OnUnknown onUnknown = OnUnknown.Allow)
        => Rule(RuleCategory.ProcessCreation, condition, action, onUnknown);

    public PolicyBuilder File(
        ConditionNode condition, RuleAction action = RuleAction.Block, OnUnknown onUnknown = OnUnknown.Allow)
        => Rule(RuleCategory.FileAccess, condition, action, onUnknown);

    public PolicyBuilder Network(
        ConditionNode condition, RuleAction action = RuleAction.Block, OnUnknown onUnknown = OnUnknown.Allow)
        => Rule(RuleCategory.NetworkConnection, condition, action, onUnknown);

    public NormalisedPolicy Build() => new([.. _atoms], [.. _rules]);

    public ImageCompilation Compile() => ImageCompiler.Compile(Build());

    public PolicyImage Image()
    {
        var compiled = Compile();
        Xunit.Assert.Empty(compiled.Diagnostics);
        return compiled.Image!;
    }

    public static AndNode And(params ConditionNode[] operands) => new([.. operands]);

    public static OrNode Or(params ConditionNode[] operands) => new([.. operands]);

    public static NotNode Not(ConditionNode operand) => new(operand);

    private AtomNode Text(PolicyField field, TextRoles roles, string[] patterns)
        => Add(new TextAtom(field, Here(), roles, patterns.Select(p => Pattern(p)).ToImmutableArray()));

    private AtomNode Add(NormalisedAtom atom)
    {
        _atoms.Add(atom);
        return new AtomNode(_atoms.Count - 1);
    }

    private SourceSpan Here() => new("atoms.yml", _atoms.Count + 1, 7);

    private PolicyBuilder Rule(RuleCategory category, ConditionNode condition, RuleAction action, OnUnknown onUnknown)
    {
        var number = _rules.Count;
        var identity = new RuleIdentity(
            $"id-{number}", $"Rule {number}", null, RuleLevel.Medium, [], [], new SourceSpan("rules.yml", number + 1, 1));
        _rules.Add(new NormalisedRule(identity, category, action, onUnknown, condition)
        {
            Places = _atoms.Index().ToDictionary(atom => atom.Index, atom => atom.Item.Span),
        });
        return this;
    }
}
