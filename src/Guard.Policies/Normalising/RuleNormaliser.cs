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
    /// <summary>
    /// What the word <c>write</c> means: who may not write to a file may not put another in its place or keep it under
    /// another name either.
    /// </summary>
    private const AccessKinds MeantByWrite = AccessKinds.Write | AccessKinds.Delete | AccessKinds.Rename | AccessKinds.Link;

    private readonly AtomTable _atoms;
    private readonly ConditionBuilder _build = new();
    private readonly Dictionary<int, SourceSpan> _places = [];

    private RuleNormaliser(AtomTable atoms) => _atoms = atoms;

    /// <summary>The rule, or null after a finding.</summary>
    public static NormalisedRule? Normalise(RuleNode rule, AtomTable atoms, DiagnosticBag bag)
    {
        var pass = new RuleNormaliser(atoms);
        var condition = pass.Convert(rule);
        if (rule.LogSource.Category == RuleCategory.FileAccess)
        {
            condition = RenamedDirectories.AddTo(condition, rule.Identity, atoms, pass._build, pass.Add);
        }

        if (!pass._build.TooLarge)
        {
            var guard = rule.Guard;
            return new NormalisedRule(
                rule.Identity, rule.LogSource.Category!.Value, guard.Action, guard.OnUnknown ?? OnUnknown.Allow, condition)
            {
                Places = pass._places,
                Source = rule.LogSource.Source,
                SpeaksOfMapped = guard.Mapped,
                Operations = rule.LogSource.Operation is { } operation ? 1u << (int)operation : uint.MaxValue,
            };
        }

        var message = $"the condition puts more than {ConditionBuilder.MaxWork} items together";
        bag.Report(DiagnosticCatalogue.ConditionTooLarge, rule.Detection.Condition.Span, message);
        return null;
    }

    private ConditionNode Convert(RuleNode rule)
    {
        var parts = rule.Guard.Scope.Select(item => ConvertItem(item, negated: false)).ToList();
        if (rule.LogSource.Access != AccessKinds.None)
        {
            parts.Add(_atoms.Add(new AccessAtom(rule.Identity.Span, rule.LogSource.Access)));
        }

        if (rule.LogSource.Category == RuleCategory.NetworkConnection && ImpliedOperations.Of(rule) is { } operations)
        {
            parts.Add(_atoms.Add(new NumberAtom(PolicyField.Operation, rule.Identity.Span, [operations])));
        }

        if (rule.LogSource.Operation is { } operation)
        {
            var all = operation == OperationKind.Credentials ? ImpliedOperations.OfCredentials(rule) : OperationNumbers.All(operation);
            parts.Add(_atoms.Add(new NumberAtom(PolicyField.SystemOperation, rule.Identity.Span, [all])));
        }

        parts.Add(new Detection(this, rule.Detection).Convert());
        parts.AddRange(rule.Filters.Select(f => new Detection(this, f).Convert()));
        return _build.And(parts);
    }

    private AtomNode Add(NormalisedAtom atom)
    {
        var node = _atoms.Add(atom);
        _places.TryAdd(node.Atom, atom.Span);
        return node;
    }

    private ConditionNode ConvertItem(ItemNode item, bool negated)
    {
        var result = Convert(item, negated != item.Negated);
        return item.Negated ? ConditionBuilder.Not(result) : result;
    }

    private ConditionNode Convert(ItemNode item, bool negated) => item switch
    {
        TextItem text => EachValue(text.All, text.Values, (patterns, expressions) =>
            new TextAtom(text.Field, text.Span, RolesOf(text.Field, negated), patterns) { Expressions = expressions }),
        EventTextItem text => EachValue(text.All, text.Values, (patterns, expressions) =>
            new EventTextAtom(text.Span, NamesOf(text.Field, negated), patterns, expressions)),
        KeywordItem keyword => EachValue(keyword.All, keyword.Values, (patterns, expressions) =>
            new EventKeywordAtom(keyword.Span, patterns, expressions)),
        NumberItem number => Add(new NumberAtom(number.Field, number.Span, number.Ranges)),
        AddressItem address => Add(new AddressAtom(address.Field, address.Span, address.Ranges)),
        AccessItem access => ConvertAccess(access),
        PropertyItem property => ConvertProperties(property),
        EventAtomsItem atoms => ConvertAtoms(atoms),
        ConstantItem constant => new ConstantNode(constant.Value),
        _ => throw new ArgumentOutOfRangeException(nameof(item)),
    };

    /// <summary>What one value has become stays an alternative inside the and of <c>all</c>.</summary>
    private ConditionNode EachValue(
        bool all,
        ImmutableArray<TextValue> values,
        Func<ImmutableArray<TextPattern>, ImmutableArray<RegexPattern>, NormalisedAtom> make)
    {
        return values.Length == 1 ? Add(make(values[0].Patterns, values[0].Expressions))
            : all ? _build.And(values.Select(v => Add(make(v.Patterns, v.Expressions))))
            : Add(make([.. values.SelectMany(v => v.Patterns)], [.. values.SelectMany(v => v.Expressions)]));
    }

    private ConditionNode ConvertAccess(AccessItem item)
    {
        return item.All
            ? _build.And(item.Values.Select(Atom))
            : Atom(item.Values.Aggregate(AccessKinds.None, (all, kind) => all | kind));

        ConditionNode Atom(AccessKinds kinds) => Add(
            new AccessAtom(item.Span, kinds.HasFlag(AccessKinds.Write) ? kinds | MeantByWrite : kinds));
    }

    private ConditionNode ConvertProperties(PropertyItem item) => item.All
        ? _build.And(item.Values.Select(p => Add(new PropertyAtom(item.Span, p))))
        : Add(new PropertyAtom(item.Span, item.Values.Aggregate(ImageProperties.None, (all, property) => all | property)));

    private ConditionNode ConvertAtoms(EventAtomsItem item)
    {
        var atoms = item.Atoms.Select(a => Add(a));
        var result = item.All ? _build.And(atoms) : _build.Or(atoms);
        return item.Inverted ? ConditionBuilder.Not(result) : result;
    }

    private static ImmutableArray<string> NamesOf(string field, bool negated) => (field, negated) switch
    {
        ("Image", false) => ["Image", "ImageInvoked"],
        ("ParentImage", false) => ["ParentImage", "ParentImageInvoked"],
        _ => [field],
    };

    private static TextRoles RolesOf(PolicyField field, bool negated) => (field, negated) switch
    {
        (PolicyField.Image, false) => TextRoles.Image | TextRoles.Invoked,
        (PolicyField.Image, true) => TextRoles.Image,
        (PolicyField.ParentImage, false) => TextRoles.Parent | TextRoles.ParentInvoked,
        (PolicyField.ParentImage, true) => TextRoles.Parent,
        (PolicyField.AncestorImage, false) => TextRoles.Ancestor | TextRoles.AncestorInvoked,
        (PolicyField.AncestorImage, true) => TextRoles.Ancestor,
        (PolicyField.ImageInvoked, _) => TextRoles.Invoked,
        (PolicyField.TargetFilename, false) => TextRoles.Target | TextRoles.Named,
        (PolicyField.TargetFilename, true) => TextRoles.Target,
        (PolicyField.ImageLoaded, false) => TextRoles.Loaded | TextRoles.Named,
        (PolicyField.ImageLoaded, true) => TextRoles.Loaded,
        (PolicyField.TargetImage, false) => TextRoles.TargetImage | TextRoles.Named,
        (PolicyField.TargetImage, true) => TextRoles.TargetImage,
        (PolicyField.FilesystemType or PolicyField.Digest, _) => TextRoles.Object,
        (PolicyField.CommandLine, _) => TextRoles.Command,
        (PolicyField.ParentCommandLine, _) => TextRoles.ParentCommand,
        (PolicyField.AncestorCommandLine, _) => TextRoles.AncestorCommand,
        (PolicyField.CurrentDirectory, _) => TextRoles.Directory,
        (PolicyField.CgroupPath, _) => TextRoles.Cgroup,
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };

    /// <summary>A condition over the search identifiers of its own name space.</summary>
    private sealed class Detection(RuleNormaliser rule, DetectionNode detection)
    {
        private readonly Dictionary<string, SearchNode> _searches =
            detection.Searches.ToDictionary(s => s.Name, StringComparer.Ordinal);

        private readonly Dictionary<(string Name, bool Negated), ConditionNode> _done = [];

        public ConditionNode Convert() => Convert(detection.Condition, negated: false);

        private ConditionNode Convert(ConditionSyntax syntax, bool negated) => syntax switch
        {
            NotSyntax not => ConditionBuilder.Not(Convert(not.Operand, !negated)),
            AndSyntax and => rule._build.And(and.Operands.Select(o => Convert(o, negated))),
            OrSyntax or => rule._build.Or(or.Operands.Select(o => Convert(o, negated))),
            NameSyntax name => ConvertSearch(name.Name, negated),
            _ => throw new ArgumentOutOfRangeException(nameof(syntax)),
        };

        private ConditionNode ConvertSearch(string name, bool negated)
        {
            if (!_done.TryGetValue((name, negated), out var condition))
            {
                var alternatives = _searches[name].Alternatives;
                condition = rule._build.Or(
                    alternatives.Select(a => rule._build.And(a.Select(i => rule.ConvertItem(i, negated)))));
                _done.Add((name, negated), condition);
            }

            return condition;
        }
    }
}
