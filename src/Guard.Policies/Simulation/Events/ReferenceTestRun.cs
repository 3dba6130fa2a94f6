using Guard.Policies.Normalising;

namespace Guard.Policies.Simulation.Events;

/// <summary>
/// Compares the values of two fields: any of the one with any of the other. Letters are folded one by one
/// (OrdinalIgnoreCase), all alphabets.
/// </summary>
internal sealed class ReferenceTestRun(int field, int other, EventReferenceAtom test) : EventTestRun
{
    /// <summary>Steps that one comparison may take at worst: some seconds.</summary>
    private const long MostSteps = 1L << 32;

    private readonly StringComparison _comparison =
        test.CaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    /// <exception cref="EventTooCostlyException">The values are too many or too long to be compared.</exception>
    public override bool Holds(FieldValues values)
    {
        var first = values.First(field);
        if (first < 0 || values.First(other) < 0)
        {
            return false;
        }

        return test.Placement == ReferencePlacement.Whole ? HoldsWhole(values) : HoldsPart(values);
    }

    private bool HoldsWhole(FieldValues values)
    {
        var wanted = new HashSet<string>(StringComparer.FromComparison(_comparison));
        for (var value = values.First(other); value >= 0; value = values.Next(value))
        {
            wanted.Add(EventText.Decode(values.Text(value).Span));
        }

        for (var value = values.First(field); value >= 0; value = values.Next(value))
        {
            if (wanted.Contains(EventText.Decode(values.Text(value).Span)))
            {
                return true;
            }
        }

        return false;
    }

    private bool HoldsPart(FieldValues values)
    {
        var texts = TextsOf(values, field);
        var parts = TextsOf(values, other);
        CheckCost(texts, parts);
        return texts.Exists(text => parts.Exists(part => HoldsPart(text, part)));
    }

    private bool HoldsPart(string text, string part) => test.Placement switch
    {
        ReferencePlacement.Contains => text.Contains(part, _comparison),
        ReferencePlacement.StartsWith => text.StartsWith(part, _comparison),
        _ => text.EndsWith(part, _comparison),
    };

    private static List<string> TextsOf(FieldValues values, int field)
    {
        var texts = new List<string>();
        for (var value = values.First(field); value >= 0; value = values.Next(value))
        {
            texts.Add(EventText.Decode(values.Text(value).Span));
        }

        return texts;
    }

    /// <summary>At worst a search takes as many steps as the lengths multiplied; the others as many as the shorter.</summary>
    private void CheckCost(List<string> texts, List<string> parts)
    {
        var steps = test.Placement == ReferencePlacement.Contains
            ? texts.Sum(t => 1d + t.Length) * parts.Sum(p => 1d + p.Length)
            : texts.Sum(t => 1d + t.Length) * parts.Count;
        if (steps > MostSteps)
        {
            throw new EventTooCostlyException(
                $"the values of {test.Name} and {test.Other} are too many or too long to be compared");
        }
    }
}
