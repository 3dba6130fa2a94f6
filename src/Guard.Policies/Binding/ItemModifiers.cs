using Guard.Policies.Diagnostics;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>Where the text of a value stands in the field.</summary>
internal enum Placement
{
    Whole,
    Contains,
    StartsWith,
    EndsWith,
}

/// <summary>The modifiers of one item.</summary>
internal sealed record ItemModifiers(Placement Placement, bool All, bool CaseSensitive)
{
    public bool NeitherPlacedNorCased => Placement == Placement.Whole && !CaseSensitive;

    /// <summary>Reads <c>field|a|b</c>; null after a finding.</summary>
    public static ItemModifiers? Parse(YamlScalar key, DiagnosticBag bag)
    {
        var parts = key.Text.Split('|');
        var offset = parts[0].Length + 1;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var valid = true;
        foreach (var name in parts.Skip(1))
        {
            valid &= Check(name, key.SpanOf(offset), seen, bag);
            offset += name.Length + 1;
        }

        if (!valid)
        {
            return null;
        }

        var placement = seen.Contains("contains") ? Placement.Contains
            : seen.Contains("startswith") ? Placement.StartsWith
            : seen.Contains("endswith") ? Placement.EndsWith
            : Placement.Whole;
        return new ItemModifiers(placement, seen.Contains("all"), seen.Contains("cased"));
    }

    private static bool Check(string name, SourceSpan span, HashSet<string> seen, DiagnosticBag bag)
    {
        var quoted = TerminalText.Quote(name);
        if (SigmaVocabulary.UnsupportedModifiers.Contains(name))
        {
            bag.Report(DiagnosticCatalogue.ModifierNotSupported, span, $"the modifier {quoted} is not supported yet");
            return false;
        }

        if (!SigmaVocabulary.Modifiers.Contains(name))
        {
            var known = SigmaVocabulary.Modifiers;
            var hint = NearestName.Hint(name, known, "known");
            bag.Report(DiagnosticCatalogue.UnknownModifier, span, $"the modifier {quoted} is not known", hint);
            return false;
        }

        var places = name is "contains" or "startswith" or "endswith";
        var other = places ? seen.FirstOrDefault(s => s is "contains" or "startswith" or "endswith") : null;
        if (other is not null || !seen.Add(name))
        {
            var message = $"{quoted} cannot follow {TerminalText.Quote(other ?? name)}";
            bag.Report(DiagnosticCatalogue.ModifierCombination, span, message);
            return false;
        }

        return true;
    }
}
