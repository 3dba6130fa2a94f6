using System.Globalization;
using System.Net;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Guard.Policies.Normalising;

namespace Guard.Policies.Tests.Oracle;

/// <summary>
/// The specification of rules over events: every definition once, with plain loops over JSON, and no code shared with
/// the compiler or the simulator. Slow, and only for events that are well-formed.
/// </summary>
internal static class NaiveEventEvaluator
{
    private static readonly string[] Reserved = ["_category", "_product", "_service", "_id"];

    public static List<int> MatchingRules(NormalisedPolicy policy, JsonElement @event)
        => [.. Enumerable.Range(0, policy.Rules.Length).Where(i => Holds(policy, policy.Rules[i].Condition, @event))];

    private static bool Holds(NormalisedPolicy policy, ConditionNode condition, JsonElement @event) => condition switch
    {
        ConstantNode constant => constant.Value,
        AtomNode atom => Holds(policy.Atoms[atom.Atom], @event),
        NotNode not => !Holds(policy, not.Operand, @event),
        AndNode and => and.Operands.All(o => Holds(policy, o, @event)),
        OrNode or => or.Operands.Any(o => Holds(policy, o, @event)),
        _ => throw new ArgumentOutOfRangeException(nameof(condition)),
    };

    public static bool Holds(NormalisedAtom atom, JsonElement @event) => atom switch
    {
        EventTextAtom text => text.Names.Any(
            name => Texts(@event, name).Any(value => Matches(text.Patterns, text.Expressions, value))),
        EventKeywordAtom keyword => AllTexts(@event).Any(
            value => Matches(keyword.Patterns, keyword.Expressions, value)),
        EventPresenceAtom { IsNull: true } absence => Find(@event, absence.Name) is var found
            && (found.Count == 0 || found.SelectMany(Elements).Any(e => e.ValueKind == JsonValueKind.Null)),
        EventPresenceAtom presence => Find(@event, presence.Name).Count > 0,
        EventNumberAtom number => Texts(@event, number.Name).Any(value => Compares(value, number)),
        EventCidrAtom cidr => Texts(@event, cidr.Name).Any(
            value => (value.Split('.') is { Length: 4 } || value.Contains(':', StringComparison.Ordinal))
                && IPAddress.TryParse(value, out var address) && cidr.Networks.Any(n => n.Contains(address))),
        EventReferenceAtom reference => Texts(@event, reference.Name).Any(
            text => Texts(@event, reference.Other).Any(part => Refers(reference, text, part))),
        EventTimeAtom time => Texts(@event, time.Name).Any(value => HasPart(time, value)),
        _ => throw new ArgumentOutOfRangeException(nameof(atom)),
    };

    private static bool Matches(
        IEnumerable<TextPattern> patterns, IEnumerable<RegexPattern> expressions, string value)
    {
        var bytes = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(value))
            .Replace("\0", "\u00C0\u0080", StringComparison.Ordinal));
        return patterns.Any(p => NaiveEvaluator.Matches(p, bytes)) || expressions.Any(e => Matches(e, value));
    }

    /// <summary>Without m, <c>$</c> is the very end; .NET's also stands before a last line feed.</summary>
    private static bool Matches(RegexPattern pattern, string value)
    {
        var options = RegexOptions.CultureInvariant;
        options |= pattern.Flags.HasFlag(RegexFlags.IgnoreCase) ? RegexOptions.IgnoreCase : 0;
        options |= pattern.Flags.HasFlag(RegexFlags.Multiline) ? RegexOptions.Multiline : 0;
        options |= pattern.Flags.HasFlag(RegexFlags.Singleline) ? RegexOptions.Singleline : 0;
        var expression = pattern.Flags.HasFlag(RegexFlags.Multiline)
            ? pattern.Expression
            : Regex.Replace(pattern.Expression, @"(?<!\\)\$", @"\z");
        return Regex.IsMatch(value, expression, options);
    }

    private static bool Compares(string value, EventNumberAtom test)
    {
        if (!Regex.IsMatch(value, @"^[-+]?[0-9]+(\.[0-9]+)?\z"))
        {
            return false;
        }

        var order = Scaled(value).CompareTo(Scaled(test.Value.ToString(CultureInfo.InvariantCulture)));
        return test.Comparison switch
        {
            NumberComparison.Greater => order > 0,
            NumberComparison.GreaterOrEqual => order >= 0,
            NumberComparison.Less => order < 0,
            _ => order <= 0,
        };
    }

    /// <summary>A number with at most 60 places behind the point, as a whole number of such places.</summary>
    private static BigInteger Scaled(string decimalText)
    {
        var parts = decimalText.Split('.');
        var fraction = parts.Length > 1 ? parts[1] : string.Empty;
        return BigInteger.Parse(parts[0] + fraction.PadRight(60, '0'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
    }

    private static bool Refers(EventReferenceAtom test, string text, string part)
    {
        var comparison = test.CaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        return test.Placement switch
        {
            ReferencePlacement.Whole => string.Equals(text, part, comparison),
            ReferencePlacement.Contains => text.Contains(part, comparison),
            ReferencePlacement.StartsWith => text.StartsWith(part, comparison),
            _ => text.EndsWith(part, comparison),
        };
    }

    private static bool HasPart(EventTimeAtom test, string value)
    {
        if (!DateTime.TryParseExact(
            value, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time))
        {
            return false;
        }

        return test.Values.Contains(test.Part switch
        {
            TimePart.Minute => time.Minute,
            TimePart.Hour => time.Hour,
            TimePart.Day => time.Day,
            TimePart.Week => ISOWeek.GetWeekOfYear(time),
            TimePart.Month => time.Month,
            _ => time.Year,
        });
    }

    private static IEnumerable<string> Texts(JsonElement @event, string name)
        => Find(@event, name).SelectMany(Elements).Where(IsText).Select(TextOf);

    private static IEnumerable<string> AllTexts(JsonElement @event)
        => @event.EnumerateObject().Where(p => !Reserved.Contains(p.Name)).SelectMany(p => Below(p.Value)).Where(IsText).Select(TextOf);

    private static IEnumerable<JsonElement> Below(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(p => Below(p.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(Below),
        _ => [value],
    };

    /// <summary>What a field's value gives it: itself, or what is in the array.</summary>
    private static IEnumerable<JsonElement> Elements(JsonElement value)
        => value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().SelectMany(Elements) : [value];

    private static bool IsText(JsonElement value)
        => value.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False;

    private static string TextOf(JsonElement value)
        => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    /// <summary>The values that a name stands for: by the readings that lead through the fewest objects.</summary>
    private static List<JsonElement> Find(JsonElement @event, string name)
    {
        var readings = Readings(@event, name, 0).ToList();
        var least = readings.Select(r => r.Depth).DefaultIfEmpty().Min();
        return [.. readings.Where(r => r.Depth == least).Select(r => r.Value)];
    }

    private static IEnumerable<(int Depth, JsonElement Value)> Readings(JsonElement value, string name, int depth)
    {
        foreach (var property in value.EnumerateObject())
        {
            if (depth == 0 && Reserved.Contains(property.Name))
            {
                continue;
            }

            if (property.Name == name)
            {
                yield return (depth, property.Value);
            }
            else if (name.StartsWith(property.Name + ".", StringComparison.Ordinal))
            {
                var rest = name[(property.Name.Length + 1)..];
                var objects = Elements(property.Value).Where(e => e.ValueKind == JsonValueKind.Object);
                foreach (var reading in objects.SelectMany(o => Readings(o, rest, depth + 1)))
                {
                    yield return reading;
                }
            }
        }
    }
}
