using System.Collections.Immutable;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>A modifier and where it stands.</summary>
internal readonly record struct ModifierUse(Modifier Modifier, string Name, SourceSpan Span);

/// <summary>The modifiers of one item, in their order; every combination that means nothing was refused.</summary>
internal sealed record ItemModifiers(ItemKind Kind, ImmutableArray<ModifierUse> Uses)
{
    public bool All => Has(Modifier.All);

    public bool Negated => Has(Modifier.Neq);

    public bool CaseSensitive => Has(Modifier.Cased);

    public bool Expand => Has(Modifier.Expand);

    /// <summary>Compares whole texts, at most with all and neq and lists.</summary>
    public bool IsPlain => Kind == ItemKind.Text
        && Uses.All(u => u.Modifier is Modifier.All or Modifier.Neq or Modifier.Expand);

    public Placement Placement => Has(Modifier.Contains) ? Placement.Contains
        : Has(Modifier.StartsWith) ? Placement.StartsWith
        : Has(Modifier.EndsWith) ? Placement.EndsWith
        : Placement.Whole;

    public RegexFlags RegexFlags => (Has(Modifier.RegexIgnoreCase) ? RegexFlags.IgnoreCase : RegexFlags.None)
        | (Has(Modifier.RegexMultiline) ? RegexFlags.Multiline : RegexFlags.None)
        | (Has(Modifier.RegexSingleline) ? RegexFlags.Singleline : RegexFlags.None);

    /// <summary>The modifier that gives the item its kind; null for texts.</summary>
    public ModifierUse? Defining => Uses.Select(u => (ModifierUse?)u).FirstOrDefault(u => KindOf(u!.Value.Modifier) is not null);

    /// <summary>Reads <c>field|a|b</c>; null after a finding.</summary>
    public static ItemModifiers? Parse(YamlScalar key, DiagnosticBag bag)
    {
        var parts = key.Text.Split('|');
        var offset = parts[0].Length + 1;
        var uses = ImmutableArray.CreateBuilder<ModifierUse>(parts.Length - 1);
        foreach (var name in parts.Skip(1))
        {
            var span = key.SpanOf(offset);
            offset += name.Length + 1;
            if (SigmaVocabulary.Modifiers.TryGetValue(name, out var modifier))
            {
                uses.Add(new ModifierUse(modifier, name, span));
                continue;
            }

            var hint = NearestName.Hint(name, SigmaVocabulary.ModifierNames, "known");
            bag.Report(DiagnosticCatalogue.UnknownModifier, span, $"the modifier {TerminalText.Quote(name)} is not known", hint);
        }

        if (uses.Count != parts.Length - 1)
        {
            return null;
        }

        var kind = uses.Select(u => KindOf(u.Modifier)).FirstOrDefault(k => k is not null) ?? ItemKind.Text;
        var modifiers = new ItemModifiers(kind, uses.ToImmutable());
        return modifiers.Check(bag) ? modifiers : null;
    }

    public bool Has(Modifier modifier)
    {
        foreach (var use in Uses)
        {
            if (use.Modifier == modifier)
            {
                return true;
            }
        }

        return false;
    }

    private bool Check(DiagnosticBag bag)
    {
        for (var i = 0; i < Uses.Length; i++)
        {
            if (Conflict(i) is { } conflict)
            {
                bag.Report(DiagnosticCatalogue.ModifierCombination, Uses[i].Span, $"'{Uses[i].Name}' {conflict}");
                return false;
            }
        }

        return true;
    }

    /// <summary>Why a modifier cannot stand where it does, or null.</summary>
    private string? Conflict(int index)
    {
        var modifier = Uses[index].Modifier;
        foreach (var earlier in Uses.AsSpan()[..index])
        {
            var excluded = earlier.Modifier == modifier
                || (IsPlacement(modifier) && IsPlacement(earlier.Modifier))
                || (KindOf(modifier) is not null && KindOf(earlier.Modifier) is not null)
                || (Kind == ItemKind.Text && !MayFollow(modifier, earlier.Modifier));
            if (excluded)
            {
                return $"cannot follow '{earlier.Name}'";
            }
        }

        var defining = Defining;
        if (modifier is Modifier.RegexIgnoreCase or Modifier.RegexMultiline or Modifier.RegexSingleline)
        {
            var found = Uses.AsSpan()[..index].ToArray().Any(u => u.Modifier == Modifier.Re);
            return found ? null : "needs re before it";
        }

        if (modifier == Modifier.Re && Uses.AsSpan()[..index].ToArray().Any(u => u.Modifier != Modifier.All))
        {
            return "must be the first modifier";
        }

        return IsAllowed(modifier) ? null : $"cannot be combined with '{defining!.Value.Name}'";
    }

    private bool IsAllowed(Modifier modifier) => KindOf(modifier) is not null || Kind switch
    {
        ItemKind.Text => true,
        ItemKind.Presence => false,
        ItemKind.Network => modifier is Modifier.All or Modifier.Neq or Modifier.Expand,
        ItemKind.Reference => modifier is Modifier.All or Modifier.Neq or Modifier.Cased || IsPlacement(modifier),
        _ => modifier is Modifier.All or Modifier.Neq,
    };

    /// <summary>
    /// Modifiers of texts are applied from left to right, so what makes bytes or adds wildcards leaves nothing to do for
    /// some that follow: base64 of a wildcard, dashes in UTF-16, lists in what is encoded already.
    /// </summary>
    private static bool MayFollow(Modifier modifier, Modifier earlier) => modifier switch
    {
        Modifier.Base64 or Modifier.Base64Offset => !IsPlacement(earlier),
        Modifier.Wide or Modifier.Utf16Le or Modifier.Utf16Be or Modifier.Utf16 => !IsUtf16(earlier),
        Modifier.Windash => !IsUtf16(earlier) && earlier is not (Modifier.Base64 or Modifier.Base64Offset),
        Modifier.Expand => !IsUtf16(earlier) && earlier is not (Modifier.Base64 or Modifier.Base64Offset or Modifier.Windash),
        _ => true,
    };

    private static bool IsPlacement(Modifier modifier)
        => modifier is Modifier.Contains or Modifier.StartsWith or Modifier.EndsWith;

    private static bool IsUtf16(Modifier modifier)
        => modifier is Modifier.Wide or Modifier.Utf16Le or Modifier.Utf16Be or Modifier.Utf16;

    private static ItemKind? KindOf(Modifier modifier) => modifier switch
    {
        Modifier.Re => ItemKind.Expression,
        Modifier.Cidr => ItemKind.Network,
        Modifier.Exists => ItemKind.Presence,
        Modifier.FieldRef => ItemKind.Reference,
        Modifier.Gt or Modifier.Gte or Modifier.Lt or Modifier.Lte => ItemKind.Comparison,
        >= Modifier.Minute and <= Modifier.Year => ItemKind.Time,
        _ => null,
    };
}
