using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Guard.Policies.Binding;
using Guard.Policies.Normalising;

namespace Guard.Policies.Tests.Oracle;

/// <summary>
/// The specification of what a policy means for an event in JSON: Sigma's statements, one method each, by plain loops.
/// </summary>
internal static class EventEvaluator
{
    /// <summary>The rules that match, whatever their log source.</summary>
    public static List<NormalisedRule> MatchingRules(NormalisedPolicy policy, JsonElement @event)
        => [.. policy.Rules.Where(r => Holds(policy, r.Condition, @event))];

    private static bool Holds(NormalisedPolicy policy, ConditionNode node, JsonElement @event) => node switch
    {
        ConstantNode constant => constant.Value,
        AtomNode atom => Holds(policy.Atoms[atom.Atom], @event),
        NotNode not => !Holds(policy, not.Operand, @event),
        AndNode and => and.Operands.All(o => Holds(policy, o, @event)),
        OrNode or => or.Operands.Any(o => Holds(policy, o, @event)),
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    private static bool Holds(NormalisedAtom atom, JsonElement @event) => atom switch
    {
        EventTextAtom text => text.Names.Any(n => Texts(@event, n).Any(t => Matches(text.Patterns, text.Expressions, t))),
        EventKeywordAtom keyword => AllTexts(@event).Any(t => Matches(keyword.Patterns, keyword.Expressions, t)),
        EventPresenceAtom presence => presence.IsNull
            ? Find(@event, presence.Name) is not { } value || value.ValueKind == JsonValueKind.Null
            : Find(@event, presence.Name) is not null,
        EventNumberAtom number => Texts(@event, number.Name).Any(t => Compares(t, number)),
        EventCidrAtom cidr => Texts(@event, cidr.Name).Any(t => IsIn(t, cidr.Networks)),
        EventReferenceAtom reference => Texts(@event, reference.Name)
            .Any(t => Texts(@event, reference.Other).Any(o => Refers(t, o, reference))),
        EventTimeAtom time => Texts(@event, time.Name).Any(t => IsAt(t, time)),
        _ => throw new ArgumentOutOfRangeException(nameof(atom)),
    };

    private static bool Matches(
        ImmutableArray<TextPattern> patterns, ImmutableArray<RegexPattern> expressions, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text).SelectMany(b => b == 0 ? [0xC0, 0x80] : new[] { b }).ToArray();
        return patterns.Any(p => PatternMatcher.IsMatch(p, bytes)) || expressions.Any(e => Expressions.IsMatch(e, text));
    }

    /// <summary>Statement 23: decimal text compares as the number that it says.</summary>
    private static bool Compares(string text, EventNumberAtom atom)
        => decimal.TryParse(
                text,
                NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                CultureInfo.InvariantCulture,
                out var value)
            && atom.Comparison switch
            {
                NumberComparison.Greater => value > atom.Value,
                NumberComparison.GreaterOrEqual => value >= atom.Value,
                NumberComparison.Less => value < atom.Value,
                _ => value <= atom.Value,
            };

    /// <summary>Statement 20.</summary>
    private static bool IsIn(string text, ImmutableArray<IPNetwork> networks)
        => NetworkParser.TryReadAddress(text, out var address)
            && networks.Any(n => n.BaseAddress.AddressFamily == address.AddressFamily && n.Contains(address));

    /// <summary>Statement 22.</summary>
    private static bool Refers(string text, string other, EventReferenceAtom atom)
    {
        var comparison = atom.CaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        return atom.Placement switch
        {
            ReferencePlacement.Contains => text.Contains(other, comparison),
            ReferencePlacement.StartsWith => text.StartsWith(other, comparison),
            ReferencePlacement.EndsWith => text.EndsWith(other, comparison),
            _ => text.Equals(other, comparison),
        };
    }

    /// <summary>Statement 24: as written, without conversion of time zones.</summary>
    private static bool IsAt(string text, EventTimeAtom atom)
    {
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            return false;
        }

        var at = time.DateTime;
        return atom.Values.Contains(atom.Part switch
        {
            TimePart.Minute => at.Minute,
            TimePart.Hour => at.Hour,
            TimePart.Day => at.Day,
            TimePart.Week => ISOWeek.GetWeekOfYear(at),
            TimePart.Month => at.Month,
            _ => at.Year,
        });
    }

    /// <summary>Statement 14: the key as it is, else nested objects; every element of a list.</summary>
    private static IEnumerable<string> Texts(JsonElement @event, string name)
        => Find(@event, name) is not { } value ? []
            : value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().Select(Text).OfType<string>()
            : Text(value) is { } text ? [text] : [];

    private static JsonElement? Find(JsonElement value, string name)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        if (value.TryGetProperty(name, out var found))
        {
            return found;
        }

        for (var dot = name.IndexOf('.'); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            if (value.TryGetProperty(name[..dot], out var outer) && Find(outer, name[(dot + 1)..]) is { } inner)
            {
                return inner;
            }
        }

        return null;
    }

    /// <summary>Statement 28: the values, never the names.</summary>
    private static IEnumerable<string> AllTexts(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(p => AllTexts(p.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(AllTexts),
        _ => Text(value) is { } text ? [text] : [],
    };

    /// <summary>Statement 11: numbers and booleans by their text.</summary>
    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => null,
    };
}
