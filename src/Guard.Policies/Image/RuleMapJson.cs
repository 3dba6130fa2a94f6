using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;

namespace Guard.Policies.Image;

/// <summary>The rules of an image as JSON: an array, rule n is element n.</summary>
internal static class RuleMapJson
{
    public static ReadOnlySpan<byte> Write(ImmutableArray<CompiledRule> rules)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        foreach (var rule in rules)
        {
            WriteRule(json, rule);
        }

        json.WriteEndArray();
        json.Flush();
        return buffer.WrittenSpan;
    }

    /// <exception cref="InvalidImageException">It is not what <see cref="Write"/> writes.</exception>
    public static ImmutableArray<CompiledRule> Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes);
            return [.. json.RootElement.EnumerateArray().Select(ReadRule)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new InvalidImageException("Not a policy image file: the rules can't be read.", e);
        }
    }

    private static void WriteRule(Utf8JsonWriter json, CompiledRule rule)
    {
        var identity = rule.Identity;
        json.WriteStartObject();
        json.WriteString("id", identity.Id);
        json.WriteString("title", identity.Title);
        json.WriteString("author", identity.Author);
        json.WriteNumber("level", (int)identity.Level);
        WriteStrings(json, "tags", identity.Tags);
        WriteStrings(json, "references", identity.References);
        json.WriteString("file", identity.Span.File);
        json.WriteNumber("line", identity.Span.Line);
        json.WriteNumber("column", identity.Span.Column);
        json.WriteBoolean("builtIn", identity.BuiltIn);
        json.WriteNumber("category", (int)rule.Category);
        json.WriteNumber("action", (int)rule.Action);
        json.WriteNumber("onUnknown", (int)rule.OnUnknown);
        json.WriteString("logCategory", rule.Source.Category);
        json.WriteString("logProduct", rule.Source.Product);
        json.WriteString("logService", rule.Source.Service);
        json.WriteEndObject();
    }

    private static void WriteStrings(Utf8JsonWriter json, string name, ImmutableArray<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    private static CompiledRule ReadRule(JsonElement rule)
    {
        var span = new SourceSpan(
            Text(rule, "file"), rule.GetProperty("line").GetInt32(), rule.GetProperty("column").GetInt32());
        var identity = new RuleIdentity(
            Text(rule, "id"),
            Text(rule, "title"),
            rule.GetProperty("author").GetString(),
            Number<RuleLevel>(rule, "level"),
            Strings(rule, "tags"),
            Strings(rule, "references"),
            span,
            rule.GetProperty("builtIn").GetBoolean());
        return new CompiledRule(
            identity,
            Number<RuleCategory>(rule, "category"),
            Number<RuleAction>(rule, "action"),
            Number<OnUnknown>(rule, "onUnknown"))
        {
            Source = new RuleLogSource(
                rule.GetProperty("logCategory").GetString(),
                rule.GetProperty("logProduct").GetString(),
                rule.GetProperty("logService").GetString()),
        };
    }

    private static string Text(JsonElement rule, string name)
        => rule.GetProperty(name).GetString() ?? throw new JsonException(name);

    private static ImmutableArray<string> Strings(JsonElement rule, string name)
        => [.. rule.GetProperty(name).EnumerateArray().Select(v => v.GetString() ?? throw new JsonException(name))];

    private static T Number<T>(JsonElement rule, string name)
        where T : struct, Enum
    {
        var value = (T)Enum.ToObject(typeof(T), rule.GetProperty(name).GetInt32());
        return Enum.IsDefined(value) ? value : throw new JsonException(name);
    }
}
