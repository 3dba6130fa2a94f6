using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>Items over what the kernel knows of an operation: a closed list of fields, none of them ever absent.</summary>
internal sealed class KernelItemBinder : ItemBinder
{
    private static readonly ItemModifiers NoModifiers = new(ItemKind.Text, []);

    private static readonly ClosedWords<AccessKinds> AccessWords = new(
        SigmaVocabulary.AccessNames, at => SigmaVocabulary.Accesses[at], "a kind of access", "kinds", DiagnosticCatalogue.BadAccess);

    private static readonly ClosedWords<ImageProperties> PropertyWords = new(
        SigmaVocabulary.PropertyNames, bit => (ImageProperties)(1 << bit), "a property of a program", "properties", DiagnosticCatalogue.BadProperty);

    private readonly DecidedKind _decided;
    private readonly AccountSnapshot _accounts;
    private readonly NetworkItems _network;
    private readonly DigestItems _digests;
    private readonly PlaceBinder _places;

    /// <param name="decided">While its category is not known, fields of any are accepted, others reported.</param>
    /// <param name="options">Accounts.</param>
    /// <param name="lists">The bundle's lists.</param>
    /// <param name="bag">Findings.</param>
    public KernelItemBinder(DecidedKind decided, CompilerOptions options, ValueLists lists, DiagnosticBag bag)
        : base(PolicyDomain.Kernel, lists, bag)
    {
        _decided = decided;
        _accounts = options.Accounts;
        _network = new NetworkItems(Values, bag);
        _digests = new DigestItems(Values, bag);
        _places = new PlaceBinder(bag);
    }

    /// <summary>A key of a scope and its values, or null after a finding.</summary>
    public ItemNode? BindPlace(YamlEntry entry)
    {
        var (key, value) = entry;
        var values = Values.Read(key, value, permitNull: false);
        return values.IsEmpty ? null : key.Text switch
        {
            "unit" => _places.BindUnits(key, false, true, values),
            "cgroup" => _places.BindSubtrees(key, values),
            "container" => _places.BindContainers(key, false, values),
            "user" => BindNames(PolicyField.User, key, NoModifiers, values),
            "login_user" => BindNames(PolicyField.LogonId, key, NoModifiers, values),
            "group" => BindNames(PolicyField.Group, key, NoModifiers, values),
            _ => _places.BindMountNamespaces(key, false, values),
        };
    }

    public override ItemNode? BindKeywords(SourceSpan span, ItemModifiers? modifiers, ImmutableArray<YamlNode> nodes)
    {
        var what = nodes[0] is YamlScalar scalar ? TerminalText.Quote(scalar.Text) : "this";
        Bag.Report(DiagnosticCatalogue.KeywordRefused, span, $"{what} is a keyword without a field");
        return null;
    }

    protected override bool CheckField(string name, YamlScalar key)
    {
        var fields = SigmaVocabulary.FieldsOf(_decided);
        if (fields.Contains(name))
        {
            return true;
        }

        var quoted = TerminalText.Quote(name);
        if (SigmaVocabulary.KernelFields.Contains(name))
        {
            var message = $"the field {quoted} does not belong to this category";
            Bag.Report(DiagnosticCatalogue.FieldNotInCategory, key.Span, message, $"fields: {string.Join(", ", fields)}");
        }
        else if (SigmaVocabulary.UndecidableFields.Contains(name))
        {
            Bag.Report(DiagnosticCatalogue.FieldNotDecidable, key.Span, $"the kernel side does not know {quoted}");
        }
        else
        {
            var known = fields.Concat(SigmaVocabulary.UndecidableFields.Order(StringComparer.Ordinal));
            var near = NearestName.Find(name, known);
            var hint = near is null ? $"fields: {string.Join(", ", fields)}" : $"did you mean '{near}'?";
            Bag.Report(DiagnosticCatalogue.UnknownField, key.Span, $"the field {quoted} is not known", hint);
        }

        return false;
    }

    protected override bool CheckModifiers(string name, YamlScalar key, ItemModifiers modifiers)
    {
        if (modifiers.Kind is ItemKind.Reference or ItemKind.Time
            || (modifiers.Kind == ItemKind.Network && !NetworkItems.IsAddress(name)))
        {
            var use = modifiers.Defining!.Value;
            var message = $"the kernel cannot decide the modifier '{use.Name}'";
            Bag.Report(DiagnosticCatalogue.ModifierNotSupported, use.Span, message);
            return false;
        }

        var (permitted, hint) = name switch
        {
            "Uid" or "LogonId" or "Gid" or "NewUid" or "NewGid" => (
                modifiers.IsPlain || modifiers.Kind is ItemKind.Presence or ItemKind.Comparison,
                $"{name} is a number: write it in digits, or use gt, gte, lt, lte or neq"),
            "Access" or "ImageProperties" => (
                (modifiers.IsPlain && !modifiers.Expand) || modifiers.Kind == ItemKind.Presence,
                $"{name} takes all and neq"),
            _ when OperationVocabulary.IsWay(name) => (
                (modifiers.IsPlain && !modifiers.Expand) || modifiers.Kind == ItemKind.Presence,
                $"{name} takes all and neq"),
            "User" => (modifiers.Kind != ItemKind.Comparison, "User is a name; compare Uid"),
            "Group" => (modifiers.Kind != ItemKind.Comparison, "Group is a name; compare Gid"),
            "SystemdUnit" or "ContainerId" or "MountNamespace" => (
                (modifiers.IsPlain && !modifiers.Expand) || modifiers.Kind == ItemKind.Presence,
                $"{name} takes all and neq; compare CgroupPath"),
            _ when NetworkItems.Has(name) => NetworkItems.Permits(name, modifiers),
            _ when DigestItems.Has(name) => DigestItems.Permits(name, modifiers),
            _ => (modifiers.Kind != ItemKind.Comparison, $"{name} is text; only Uid, Gid, LogonId, NewUid, NewGid and ports are numbers"),
        };
        if (!permitted)
        {
            var message = $"{TerminalText.Quote(name)} cannot be compared so";
            Bag.Report(DiagnosticCatalogue.ModifierNotForField, key.Span, message, hint);
        }

        return permitted;
    }

    protected override ItemNode? BindValues(
        string name, YamlScalar key, ItemModifiers modifiers, ImmutableArray<YamlScalar> values) => name switch
        {
            "Uid" => BindNumbers(PolicyField.User, key, modifiers, values),
            "LogonId" => BindNumbers(PolicyField.LogonId, key, modifiers, values),
            "User" => BindNames(PolicyField.User, key, modifiers, values),
            "Gid" => BindNumbers(PolicyField.Group, key, modifiers, values),
            "Group" => BindNames(PolicyField.Group, key, modifiers, values),
            "SystemdUnit" => _places.BindUnits(key, modifiers.All, false, values),
            "ContainerId" => _places.BindContainers(key, modifiers.All, values),
            "MountNamespace" => _places.BindMountNamespaces(key, modifiers.All, values),
            "NewUid" => BindNumbers(PolicyField.NewUid, key, modifiers, values),
            "NewGid" => BindNumbers(PolicyField.NewGid, key, modifiers, values),
            "Access" => BindWords(AccessWords, values) is { IsEmpty: false } kinds ? new AccessItem(key.Span, modifiers.All, kinds) : null,
            "ImageProperties" => BindWords(PropertyWords, values) is { IsEmpty: false } properties
                ? new PropertyItem(key.Span, modifiers.All, properties) : null,
            _ when NetworkItems.Has(name) => _network.Bind(name, key, modifiers, values),
            _ when DigestItems.Has(name) => _digests.Bind(name, key, modifiers, values),
            "SourceImage" => BindText(PolicyField.Image, key, modifiers, values),
            "ImageLoaded" when _decided.Category == RuleCategory.Operation
                => BindText(PolicyField.TargetFilename, key, modifiers, values),
            _ when OperationVocabulary.IsWay(name) => BindWay(name, key, modifiers, values),
            _ => BindText(Enum.Parse<PolicyField>(name), key, modifiers, values),
        };

    protected override ItemNode BindPresence(string name, YamlScalar key, ItemModifiers modifiers, bool isNull, bool holds)
        => NetworkItems.IsDestination(name)
            ? NetworkItems.Presence(key, holds != isNull)
            : Constant(key, modifiers, holds != isNull, $"{name} is never absent");

    private ConstantItem Constant(YamlScalar key, ItemModifiers modifiers, bool value, string why)
    {
        var word = value != modifiers.Negated ? "always" : "never";
        var message = $"the item {TerminalText.Quote(key.Text)} {word} holds: {why}";
        Bag.Report(DiagnosticCatalogue.ConstantItem, key.Span, message);
        return new ConstantItem(key.Span, value);
    }

    private TextItem? BindText(
        PolicyField field, YamlScalar key, ItemModifiers modifiers, ImmutableArray<YamlScalar> values)
    {
        var texts = Values.BindTexts(modifiers, modifiers.Placement, values);
        var name = key.Text.Split('|')[0];
        foreach (var (text, value) in texts.Zip(values))
        {
            PathValues.Check(name, modifiers, value, text, Bag);
        }

        return texts.IsEmpty ? null : new TextItem(field, key.Span, modifiers.All, texts);
    }

    private NumberItem? BindNames(PolicyField field, YamlScalar key, ItemModifiers modifiers, ImmutableArray<YamlScalar> values)
    {
        var texts = Values.BindTexts(modifiers, modifiers.Placement, values);
        if (texts.IsEmpty)
        {
            return null;
        }

        var sets = new List<ImmutableArray<NumberRange>>();
        for (var i = 0; i < values.Length; i++)
        {
            sets.Add(NumberRanges.Union((NumberInScope(field, modifiers, values[i]) ?? NumbersOf(field, texts[i])).Select(u => new NumberRange(u, u))));
            if (sets[i].IsEmpty)
            {
                var (what, finding) = field == PolicyField.Group
                    ? ("group", DiagnosticCatalogue.NoSuchGroup)
                    : ("account", DiagnosticCatalogue.NoSuchAccount);
                var hint = IsOfScope(modifiers) ? $"correct the name, or write the number of the {what} in its place; push again after it was created" : null;
                Bag.Report(finding, values[i].Span, $"no {what} of this machine is meant by {TerminalText.Quote(values[i].Text)}", hint);
            }
        }

        return new NumberItem(field, key.Span, NumberRanges.Combine(sets, modifiers.All));
    }

    /// <summary>The places of a scope have no modifiers.</summary>
    private static bool IsOfScope(ItemModifiers modifiers) => ReferenceEquals(modifiers, NoModifiers);

    /// <summary>In a scope numbers stand beside names; null for a name.</summary>
    private static IEnumerable<uint>? NumberInScope(PolicyField field, ItemModifiers modifiers, YamlScalar value)
        => !IsOfScope(modifiers) ? null
            : field == PolicyField.LogonId && value.Text == "unset" ? [uint.MaxValue]
            : PlainScalars.TryReadUid(value.Text, out var number) ? [number] : null;

    private IEnumerable<uint> NumbersOf(PolicyField field, TextValue value)
    {
        var names = field == PolicyField.Group ? _accounts.GidByName : _accounts.UidByName;
        var expressions = value.Expressions.Select(e => new Regex(e.Expression, ExpressionBinder.OptionsOf(e.Flags))).ToList();
        return names
            .Where(a => expressions.Exists(e => e.IsMatch(a.Key)) || MatchesAny(value.Patterns, Encoding.UTF8.GetBytes(a.Key)))
            .Select(a => a.Value);
    }

    private static bool MatchesAny(ImmutableArray<TextPattern> patterns, byte[] name)
        => patterns.Any(p => PatternMatcher.IsMatch(p, name));

    private ItemNode? BindNumbers(
        PolicyField field, YamlScalar key, ItemModifiers modifiers, ImmutableArray<YamlScalar> values)
    {
        var sets = new List<ImmutableArray<NumberRange>>();
        foreach (var value in values)
        {
            var texts = Values.BindPlain(modifiers, value);
            if (texts?.Select(t => RangeOf(t, modifiers)).ToList() is not { } ranges || ranges.Contains(null))
            {
                return null;
            }

            sets.Add(NumberRanges.Union(ranges.SelectMany(r => r!.Value)));
        }

        var meant = NumberRanges.Combine(sets, modifiers.All);
        return meant switch
        {
            [] => Constant(key, modifiers, false, "there is no such number"),
            [{ From: 0, To: uint.MaxValue }] => Constant(key, modifiers, true, "every number is meant"),
            _ => new NumberItem(field, key.Span, meant),
        };
    }

    private ImmutableArray<NumberRange>? RangeOf(ListValue value, ItemModifiers modifiers)
    {
        if (modifiers.Kind == ItemKind.Comparison)
        {
            if (PlainScalars.TryReadNumber(value.Text, out var bound))
            {
                return NumberRanges.Of(SigmaVocabulary.ComparisonOf(modifiers), bound);
            }
        }
        else if (PlainScalars.TryReadUid(value.Text, out var number))
        {
            return [new NumberRange(number, number)];
        }

        var message = $"{TerminalText.Quote(value.Text)} is not a number that a uid or gid can be compared with";
        Bag.Report(DiagnosticCatalogue.BadUid, value.Span, message);
        return null;
    }

    /// <summary>What the words of a closed list mean; nothing after a finding.</summary>
    private ImmutableArray<T> BindWords<T>(ClosedWords<T> words, ImmutableArray<YamlScalar> values)
    {
        var meant = ImmutableArray.CreateBuilder<T>(values.Length);
        foreach (var value in values)
        {
            var at = words.Names.IndexOf(value.Text.ToLowerInvariant());
            if (at >= 0)
            {
                meant.Add(words.Meaning(at));
            }
            else
            {
                var message = $"{TerminalText.Quote(value.Text)} is not {words.What}";
                var hint = NearestName.Hint(value.Text, words.Names, words.Plural);
                Bag.Report(words.Finding, value.Span, message, hint);
            }
        }

        return meant.Count == values.Length ? meant.ToImmutable() : [];
    }

    private sealed record ClosedWords<T>(
        ImmutableArray<string> Names, Func<int, T> Meaning, string What, string Plural, DiagnosticDescriptor Finding);

    /// <summary>In what way the operation is done. While it is not known which one it is, nothing is made of it.</summary>
    private ItemNode? BindWay(string name, YamlScalar key, ItemModifiers modifiers, ImmutableArray<YamlScalar> values)
    {
        var sets = new List<ImmutableArray<NumberRange>>();
        foreach (var value in values)
        {
            if (OperationVocabulary.ReadWay(name, value.Text) is { } way)
            {
                var number = OperationNumbers.Of(_decided.Operation ?? default, way);
                sets.Add([new NumberRange(number, number)]);
                ReportDoubt(name, value, way);
                continue;
            }

            var message = $"{TerminalText.Quote(value.Text)} is no value of {name}";
            var hint = NearestName.Hint(value.Text, [.. OperationVocabulary.WordsOf(name)], "values");
            Bag.Report(DiagnosticCatalogue.BadOperationValue, value.Span, message, hint);
        }

        if (sets.Count < values.Length)
        {
            return null;
        }

        var meant = NumberRanges.Combine(sets, modifiers.All);
        return meant.IsEmpty
            ? Constant(key, modifiers, false, "no operation is done in two ways")
            : new NumberItem(PolicyField.SystemOperation, key.Span, meant);
    }

    private void ReportDoubt(string name, YamlScalar value, uint way)
    {
        if (OperationVocabulary.DoubtAbout(name, way) is { } doubt)
        {
            Bag.Report(DiagnosticCatalogue.OddValue, value.Span, $"{name} {TerminalText.Quote(value.Text)}: {doubt.Why}", doubt.Hint);
        }
    }
}
