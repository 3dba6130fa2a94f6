using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Guard.Policies.Normalising;
using Guard.Policies.Tests.Oracle;

namespace Guard.Policies.Tests.Conformance;

/// <summary>
/// Most conformance cases speak of fields that the engine has not (CommandLine, A, B ...) but test values and
/// conditions. They are translated: their fields become text fields that the engine has, so that the same semantics
/// are tested. The three target fields are independent of each other.
/// </summary>
internal static partial class CaseTranslation
{
    private static readonly string[] Targets = ["TargetFilename", "ParentImage", "ImageInvoked"];

    private static readonly byte[] Absent = [0x01, 0x02, 0x03];

    /// <summary>Translated rule and request, or null when the case cannot be translated.</summary>
    public static (string Rule, OracleRequest Request)? Translate(string rule, JsonElement @event)
    {
        var fields = FieldLine().Matches(rule).Select(m => m.Groups["field"].Value)
            .Where(f => f is not ("Image" or "User" or "ParentImage" or "ImageInvoked" or "TargetFilename"))
            .Concat(FieldLine().Matches(rule).Select(m => m.Groups["field"].Value))
            .Distinct().ToList();
        if (fields.Count is 0 or > 3 || fields.Any(f => f.Contains('.', StringComparison.Ordinal)))
        {
            return null;
        }

        var request = new OracleRequest { Category = RuleCategory.FileAccess };
        var text = CategoryLine().Replace(rule, "    category: file_access");
        text = FieldLine().Replace(
            text, m => $"{m.Groups["before"].Value}\u0001{fields.IndexOf(m.Groups["field"].Value)}{m.Groups["after"].Value}");
        for (var i = 0; i < Targets.Length; i++)
        {
            text = text.Replace($"\u0001{i}", Targets[i], StringComparison.Ordinal);
            var value = i < fields.Count ? ValueOf(@event, fields[i]) : Absent;
            if (value is null || (value == Absent && i < fields.Count && NeedsPresence(rule)))
            {
                return null;
            }

            request = i switch
            {
                0 => request with { Target = value },
                1 => request with { ParentImage = value, ParentInvoked = value },
                _ => request with { InvokedPath = value },
            };
        }

        return (text, request);
    }

    /// <summary>Absence is translated to a text that no value fits; that cannot work for values that fit any text.</summary>
    private static bool NeedsPresence(string rule)
        => rule.Contains("'*", StringComparison.Ordinal) || rule.Contains("''", StringComparison.Ordinal);

    /// <summary>Null when the event's value is not one text.</summary>
    private static byte[]? ValueOf(JsonElement @event, string field)
    {
        if (!@event.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            return Absent;
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => Encoding.UTF8.GetBytes(value.GetString()!),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => Encoding.UTF8.GetBytes(value.GetRawText()),
            _ => null,
        };
    }

    [GeneratedRegex(@"^    category: .*$", RegexOptions.Multiline)]
    private static partial Regex CategoryLine();

    [GeneratedRegex(@"^(?<before>        (    )?(- |  )?)(?<field>[A-Za-z][A-Za-z0-9.]*)(?<after>(\|[a-z|0-9]+)?:)", RegexOptions.Multiline)]
    private static partial Regex FieldLine();
}
