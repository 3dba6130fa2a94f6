using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>One <c>field|modifiers: values</c> to an item.</summary>
internal sealed class ItemBinder
{
    private readonly RuleCategory? _category;
    private readonly CompilerOptions _options;
    private readonly DiagnosticBag _bag;

    public ItemBinder(RuleCategory? category, CompilerOptions options, DiagnosticBag bag)
    {
        _category = category;
        _options = options;
        _bag = bag;
    }

    /// <summary>The item, or null after a finding.</summary>
    public ItemNode? Bind(YamlEntry entry)
    {
        var name = entry.Key.Text.Split('|')[0];
        var knownField = CheckField(name, entry.Key);
        var modifiers = ItemModifiers.Parse(entry.Key, _bag);
        var values = BindValues(entry);
        if (!knownField || modifiers is null || values.IsEmpty)
        {
            return null;
        }

        if (modifiers.All && values.Length == 1)
        {
            var message = $"all over the single value of {TerminalText.Quote(entry.Key.Text)} means nothing";
            _bag.Report(DiagnosticCatalogue.AllOnSingleValue, entry.Key.Span, message);
        }

        return name switch
        {
            "Uid" => BindUid(entry.Key, modifiers, values),
            "User" => BindUser(entry.Key, modifiers, values),
            "Access" => BindAccess(entry.Key, modifiers, values),
            _ => BindText(Enum.Parse<PolicyField>(name), entry.Key, modifiers, values),
        };
    }

    private bool CheckField(string name, YamlScalar key)
    {
        var fields = _category is { } category ? SigmaVocabulary.FieldsOf(category) : SigmaVocabulary.FileFields;
        if (fields.Contains(name))
        {
            return true;
        }

        var quoted = TerminalText.Quote(name);
        if (name.Length == 0)
        {
            _bag.Report(DiagnosticCatalogue.KeywordRefused, key.Span, "an item without a field is a keyword");
        }
        else if (SigmaVocabulary.FileFields.Contains(name))
        {
            var message = $"the field {quoted} does not belong to this category";
            _bag.Report(DiagnosticCatalogue.FieldNotInCategory, key.Span, message, $"fields: {string.Join(", ", fields)}");
        }
        else if (SigmaVocabulary.UndecidableFields.Contains(name))
        {
            _bag.Report(DiagnosticCatalogue.FieldNotDecidable, key.Span, $"the engine cannot decide {quoted} yet");
        }
        else
        {
            var known = fields.Concat(SigmaVocabulary.UndecidableFields.Order(StringComparer.Ordinal));
            var near = NearestName.Find(name, known);
            var hint = near is null ? $"fields: {string.Join(", ", fields)}" : $"did you mean '{near}'?";
            _bag.Report(DiagnosticCatalogue.UnknownField, key.Span, $"the field {quoted} is not known", hint);
        }

        return false;
    }

    private ImmutableArray<YamlScalar> BindValues(YamlEntry entry)
    {
        var nodes = entry.Value is YamlSequence list ? list.Items : [entry.Value];
        if (nodes.IsEmpty)
        {
            var message = $"the value list of {TerminalText.Quote(entry.Key.Text)} is empty";
            _bag.Report(DiagnosticCatalogue.EmptyCollection, entry.Value.Span, message);
        }

        var values = nodes.Where(CheckValue).Cast<YamlScalar>().ToImmutableArray();
        return values.Length == nodes.Length ? values : [];
    }

    private bool CheckValue(YamlNode node)
    {
        if (node is not YamlScalar scalar)
        {
            var what = NodeReading.Describe(node);
            _bag.Report(DiagnosticCatalogue.NestedValue, node.Span, $"a value must be text or a number, not {what}");
            return false;
        }

        if (scalar.IsNull)
        {
            _bag.Report(DiagnosticCatalogue.NullRefused, node.Span, "a value cannot be null (nothing)");
            return false;
        }

        if (PlainScalars.IsAmbiguous(scalar))
        {
            var message = $"{TerminalText.Quote(scalar.Text)} without quotes is not the same in all versions of YAML";
            _bag.Report(DiagnosticCatalogue.AmbiguousScalar, node.Span, message);
            return false;
        }

        return true;
    }

    private TextItem? BindText(
        PolicyField field, YamlScalar key, ItemModifiers modifiers, ImmutableArray<YamlScalar> values)
    {
        var patterns = BindPatterns(modifiers, values);
        return patterns.IsEmpty ? null : new TextItem(field, key.Span, modifiers.All, patterns);
    }

    private ImmutableArray<TextPattern> BindPatterns(ItemModifiers modifiers, ImmutableArray<YamlScalar> values)
    {
        var patterns = ImmutableArray.CreateBuilder<TextPattern>(values.Length);
        foreach (var value in values)
        {
            if (!TextPatternParser.CanOccur(value.Text))
            {
                var message = $"{TerminalText.Quote(value.Text)} contains what no path or name can contain";
                _bag.Report(DiagnosticCatalogue.ImpossibleText, value.Span, message);
                continue;
            }

            if (!modifiers.CaseSensitive && TextPatternParser.HasForeignLetter(value.Text))
            {
                var message = $"only the ASCII letters of {TerminalText.Quote(value.Text)} match in either case";
                _bag.Report(DiagnosticCatalogue.AsciiFoldingOnly, value.Span, message);
            }

            patterns.Add(TextPatternParser.Parse(value.Text, modifiers.Placement, modifiers.CaseSensitive));
        }

        return patterns.Count == values.Length ? patterns.ToImmutable() : [];
    }

    private UidItem? BindUser(YamlScalar key, ItemModifiers modifiers, ImmutableArray<YamlScalar> values)
    {
        var patterns = BindPatterns(modifiers, values);
        if (patterns.IsEmpty)
        {
            return null;
        }

        var sets = ImmutableArray.CreateBuilder<ImmutableArray<uint>>(values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            sets.Add(Accounts(patterns[i]));
            if (sets[i].IsEmpty)
            {
                var message = $"no account of this machine is meant by {TerminalText.Quote(values[i].Text)}";
                _bag.Report(DiagnosticCatalogue.NoSuchAccount, values[i].Span, message);
            }
        }

        return new UidItem(key.Span, modifiers.All, sets.ToImmutable());
    }

    private ImmutableArray<uint> Accounts(TextPattern pattern) =>
    [
        .. _options.Accounts.UidByName
            .Where(a => PatternMatcher.IsMatch(pattern, System.Text.Encoding.UTF8.GetBytes(a.Key)))
            .Select(a => a.Value).Distinct().Order(),
    ];

    private UidItem? BindUid(YamlScalar key, ItemModifiers modifiers, ImmutableArray<YamlScalar> values)
    {
        if (!modifiers.NeitherPlacedNorCased || modifiers.All)
        {
            _bag.Report(DiagnosticCatalogue.ModifierNotForField, key.Span, "Uid takes no modifier");
            return null;
        }

        var sets = ImmutableArray.CreateBuilder<ImmutableArray<uint>>(values.Length);
        foreach (var value in values)
        {
            if (PlainScalars.TryReadUid(value.Text, out var uid))
            {
                sets.Add([uid]);
            }
            else
            {
                var message = $"{TerminalText.Quote(value.Text)} is not a uid";
                _bag.Report(DiagnosticCatalogue.BadUid, value.Span, message);
            }
        }

        return sets.Count == values.Length ? new UidItem(key.Span, false, sets.ToImmutable()) : null;
    }

    private AccessItem? BindAccess(YamlScalar key, ItemModifiers modifiers, ImmutableArray<YamlScalar> values)
    {
        if (!modifiers.NeitherPlacedNorCased)
        {
            _bag.Report(DiagnosticCatalogue.ModifierNotForField, key.Span, "Access takes no modifier but all");
            return null;
        }

        var kinds = ImmutableArray.CreateBuilder<AccessKinds>(values.Length);
        foreach (var value in values)
        {
            var bit = SigmaVocabulary.AccessNames.IndexOf(value.Text.ToLowerInvariant());
            if (bit >= 0)
            {
                kinds.Add((AccessKinds)(1 << bit));
            }
            else
            {
                var message = $"{TerminalText.Quote(value.Text)} is not a kind of access";
                var hint = NearestName.Hint(value.Text, SigmaVocabulary.AccessNames, "kinds");
                _bag.Report(DiagnosticCatalogue.BadAccess, value.Span, message, hint);
            }
        }

        return kinds.Count == values.Length ? new AccessItem(key.Span, modifiers.All, kinds.ToImmutable()) : null;
    }
}
