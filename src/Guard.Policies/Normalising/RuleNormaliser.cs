using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;

namespace Guard.Policies.Normalising;

/// <summary>
/// One rule to a condition over atoms. Keeps track of negation, because an exclusion must read resolved paths only:
/// otherwise a symbolic link with the excluded name would buy an exemption.
/// </summary>
internal sealed class RuleNormaliser
{
    private readonly AtomTable _atoms;
    private readonly ConditionBuilder _build = new();
    private readonly Dictionary<string, SearchNode> _searches;
    private readonly Dictionary<(string Name, bool Negated), ConditionNode> _done = [];

    private RuleNormaliser(RuleNode rule, AtomTable atoms)
    {
        _atoms = atoms;
        _searches = rule.Searches.ToDictionary(s => s.Name, StringComparer.Ordinal);
    }

    /// <summary>The rule, or null after a finding.</summary>
    public static NormalisedRule? Normalise(RuleNode rule, AtomTable atoms, DiagnosticBag bag)
    {
        var pass = new RuleNormaliser(rule, atoms);
        var condition = pass.Convert(rule.Condition, negated: false);
        if (!pass._build.TooLarge)
        {
            var (action, onUnknown) = rule.Guard;
            return new NormalisedRule(rule.Identity, rule.Category, action, onUnknown, condition);
        }

        var message = $"the condition puts more than {ConditionBuilder.MaxWork} items together";
        bag.Report(DiagnosticCatalogue.ConditionTooLarge, rule.Condition.Span, message);
        return null;
    }

    private ConditionNode Convert(ConditionSyntax syntax, bool negated) => syntax switch
    {
        NotSyntax not => ConditionBuilder.Not(Convert(not.Operand, !negated)),
        AndSyntax and => _build.And(and.Operands.Select(o => Convert(o, negated))),
        OrSyntax or => _build.Or(or.Operands.Select(o => Convert(o, negated))),
        NameSyntax name => ConvertSearch(name.Name, negated),
        _ => throw new ArgumentOutOfRangeException(nameof(syntax)),
    };

    private ConditionNode ConvertSearch(string name, bool negated)
    {
        if (!_done.TryGetValue((name, negated), out var condition))
        {
            var alternatives = _searches[name].Alternatives;
            condition = _build.Or(alternatives.Select(a => _build.And(a.Select(i => ConvertItem(i, negated)))));
            _done.Add((name, negated), condition);
        }

        return condition;
    }

    private ConditionNode ConvertItem(ItemNode item, bool negated) => item switch
    {
        TextItem text => ConvertText(text, RolesOf(text.Field, negated)),
        UidItem uid => ConvertUid(uid),
        AccessItem access => ConvertAccess(access),
        _ => throw new ArgumentOutOfRangeException(nameof(item)),
    };

    private ConditionNode ConvertText(TextItem item, TextRoles roles)
    {
        return item.All
            ? _build.And(item.Patterns.Select(p => Atom([p])))
            : Atom(item.Patterns);

        ConditionNode Atom(ImmutableArray<TextPattern> patterns)
            => _atoms.Add(new TextAtom(item.Field, item.Span, roles, patterns));
    }

    private ConditionNode ConvertUid(UidItem item)
    {
        return item.All
            ? _build.And(item.Values.Select(v => Atom(v)))
            : Atom(item.Values.SelectMany(v => v));

        ConditionNode Atom(IEnumerable<uint> uids) => _atoms.Add(new UidAtom(item.Span, [.. uids.Distinct().Order()]));
    }

    private ConditionNode ConvertAccess(AccessItem item)
    {
        return item.All
            ? _build.And(item.Values.Select(Atom))
            : Atom(item.Values.Aggregate(AccessKinds.None, (all, kind) => all | kind));

        ConditionNode Atom(AccessKinds kinds) => _atoms.Add(new AccessAtom(item.Span, kinds));
    }

    private static TextRoles RolesOf(PolicyField field, bool negated) => (field, negated) switch
    {
        (PolicyField.Image, false) => TextRoles.Image | TextRoles.Invoked,
        (PolicyField.Image, true) => TextRoles.Image,
        (PolicyField.ParentImage, false) => TextRoles.Parent | TextRoles.ParentInvoked,
        (PolicyField.ParentImage, true) => TextRoles.Parent,
        (PolicyField.ImageInvoked, _) => TextRoles.Invoked,
        (PolicyField.TargetFilename, _) => TextRoles.Target,
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };
}
