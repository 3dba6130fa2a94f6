using System.Text;
using System.Text.Json.Nodes;

namespace Guard.Policies.Tests.Properties;

/// <summary>Rules and events over few fields and few letters, so that they meet.</summary>
internal sealed class RandomEvents(int seed)
{
    private static readonly string[] Fields = ["A", "B", "p.q", "p.q.r", "field c", "É"];

    private static readonly string[] Fragments =
        ["a", "b", "A", "ab", "é", "É", "/", ".", "-", " ", "日", "😀", "\n", "\0", "\\", "1", "0", "x"];

    private static readonly string[] RuleFragments =
        ["a", "b", "A", "ab", "é", "É", "/", ".", "-", " ", "日", "😀", "\\n", "\\0", "\\\\\\\\", "1", "0", "x", "*", "?", "*", "?"];

    private static readonly string[] Expressions =
        ["a+b", "^a.*b$", "(a|é)x", "[ab]{2}", "^$", "\\d+", "\\s", "(?i)a", "a?b?x", "日|😀", "^[^a]", "b$", "a.b"];

    private static readonly string[] Numbers =
        ["0", "1", "-1", "10", "100", "0.5", "1.0", "-0.0", "9007199254740993", "123456789012345678901234567890"];

    private static readonly string[] Times = ["2024-05-15T13:07:42Z", "2021-01-03T00:00:00Z", "2024-12-30T23:59:59Z"];

    private readonly Random _random = new(seed);

    public string Rules()
    {
        var rules = new StringBuilder();
        for (var n = _random.Next(1, 5); n > 0; n--)
        {
            rules.Append(rules.Length == 0 ? string.Empty : "---\n").Append(Rule());
        }

        return rules.ToString();
    }

    public JsonObject Event()
    {
        var @event = new JsonObject();
        foreach (var field in Fields.Where(_ => _random.Next(3) > 0))
        {
            if (field.Contains('.', StringComparison.Ordinal) && _random.Next(2) == 0)
            {
                @event["p"] = Nested();
            }
            else
            {
                @event[field] = Value(2);
            }
        }

        return @event;
    }

    private string Rule()
    {
        var rule = new StringBuilder("title: t\nlogsource: {product: linux}\ndetection:\n");
        var names = new List<string>();
        for (var n = _random.Next(1, 4); n > 0; n--)
        {
            names.Add($"s{n}");
            rule.Append(Selection($"s{n}"));
        }

        return rule.Append($"    condition: {Condition(names)}\n").ToString();
    }

    private string Selection(string name)
    {
        var selection = new StringBuilder($"    {name}:\n");
        if (_random.Next(6) == 0)
        {
            for (var n = _random.Next(1, 3); n > 0; n--)
            {
                selection.Append($"        - {Pattern()}\n");
            }

            return selection.ToString();
        }

        var items = Enumerable.Range(0, _random.Next(1, 3)).Select(_ => Item()).DistinctBy(i => i.Key);
        foreach (var (key, value) in items)
        {
            selection.Append($"        \"{key}\": {value}\n");
        }

        return selection.ToString();
    }

    private (string Key, string Value) Item()
    {
        var field = Pick(Fields);
        return _random.Next(12) switch
        {
            0 => (field, "null"),
            1 => ($"{field}|exists", Pick(["true", "false"])),
            2 => ($"{field}|{Pick(["gt", "gte", "lt", "lte"])}", Pick(["0", "1", "0.5", "99", "-1"])),
            3 => ($"{field}|cidr", Pick(["'10.0.0.0/8'", "'0.0.0.0/0'", "'10.1.0.0/16'"])),
            4 => ($"{field}|fieldref{Pick([string.Empty, "|contains", "|startswith", "|endswith"])}", $"'{Pick(Fields)}'"),
            5 => ($"{field}|{Pick(["hour", "minute", "week", "month", "year", "day"])}", Pick(["13", "7", "53", "1", "2024", "15"])),
            6 or 7 => ($"{field}|re{Pick([string.Empty, "|i", "|s", "|m"])}", $"'{Pick(Expressions)}'"),
            8 => ($"{field}|neq", Pattern()),
            _ => ($"{field}{Pick([string.Empty, "|contains", "|startswith", "|endswith"])}{Pick([string.Empty, string.Empty, "|cased"])}", Values()),
        };
    }

    private string Values()
        => _random.Next(2) == 0 ? Pattern() : $"[{string.Join(", ", Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Pattern()))}]";

    private string Pattern() => $"\"{Text(RuleFragments)}\"";

    private string Condition(List<string> names)
    {
        var condition = string.Join(_random.Next(2) == 0 ? " and " : " or ", names.Select(n => _random.Next(3) == 0 ? $"not {n}" : n));
        return _random.Next(4) == 0 ? $"not ({condition})" : condition;
    }

    private JsonNode? Nested() => _random.Next(3) switch
    {
        0 => new JsonObject { ["q"] = Value(1) },
        1 => new JsonObject { ["q"] = new JsonObject { ["r"] = Value(1) }, ["q.r"] = Value(1) },
        _ => new JsonArray(new JsonObject { ["q"] = Value(1) }, new JsonObject { ["q"] = new JsonObject { ["r"] = Value(0) } }, Value(0)),
    };

    private JsonNode? Value(int depth) => _random.Next(depth > 0 ? 10 : 8) switch
    {
        0 => null,
        1 => JsonNode.Parse(Pick(Numbers)),
        2 => _random.Next(2) == 0,
        3 => Pick(Times),
        4 => Pick(["10.1.2.3", "10.9.9.9", "8.8.8.8", "10.example"]),
        5 or 6 or 7 => Text(Fragments),
        _ => new JsonArray([.. Enumerable.Range(0, _random.Next(0, 4)).Select(_ => Value(depth - 1))]),
    };

    private string Text(string[] fragments)
        => string.Concat(Enumerable.Range(0, _random.Next(0, 5)).Select(_ => Pick(fragments)));

    private string Pick(string[] from) => from[_random.Next(from.Length)];
}
