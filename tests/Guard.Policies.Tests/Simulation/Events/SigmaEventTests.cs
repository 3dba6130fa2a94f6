using System.Text;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation.Events;
using Xunit;

namespace Guard.Policies.Tests.Simulation.Events;

public sealed class SigmaEventTests
{
    [Theory]
    [InlineData("""{"A": "x"}""", "x")]
    [InlineData("""{"A": 4444}""", "4444")]
    [InlineData("""{"A": -5}""", "-5")]
    [InlineData("""{"A": 0.5}""", "0.5")]
    [InlineData("""{"A": 1.0}""", "1.0")]
    [InlineData("""{"A": 123456789012345678901234567890123456789012345678}""", "123456789012345678901234567890123456789012345678")]
    [InlineData("""{"A": 1e3}""", "1000")]
    [InlineData("""{"A": 1.50E+1}""", "15")]
    [InlineData("""{"A": 12.25e1}""", "122.5")]
    [InlineData("""{"A": -1.5e-2}""", "-0.015")]
    [InlineData("""{"A": 0.5e1}""", "5")]
    [InlineData("""{"A": 0.05e1}""", "0.5")]
    [InlineData("""{"A": 0e5}""", "0")]
    [InlineData("""{"A": 1e0}""", "1")]
    [InlineData("""{"A": 1e308}""", "1e308")]
    [InlineData("""{"A": 1e-308}""", "1e-308")]
    [InlineData("""{"A": 1e99999999999}""", "1e99999999999")]
    [InlineData("""{"A": true}""", "true")]
    [InlineData("""{"A": false}""", "false")]
    [InlineData("""{"A": null}""")]
    [InlineData("""{"A": []}""")]
    [InlineData("""{"A": ["x", 1, null, ["y", [false]]]}""", "x", "1", "y", "false")]
    [InlineData("""{"A": {"x": "y"}}""")]
    [InlineData("""{"a": "x"}""")]
    [InlineData("""{"A": "\"\\\/\b\f\n\r\té"}""", "\"\\/\b\f\n\r\té")]
    [InlineData("""{"\u0041": "\u00E9\u00e9\uD83D\ude00"}""", "éé😀")]
    [InlineData("""{"A": "\ud800x\ud800\ud800\udc00\udc00"}""", "\uFFFDx\uFFFD\U00010000\uFFFD")]
    [InlineData("""{"A": "\ud800\n"}""", "\uFFFD\n")]
    public void Values_have_a_text(string json, params string[] expected)
        => Assert.Equal(expected, Texts(json, "A"));

    [Fact]
    public void Nul_is_two_bytes()
        => Assert.Equal([0x61, 0xC0, 0x80, 0x62], Bytes(Encoding.UTF8.GetBytes("""{"A": "a\u0000b"}"""), "A")[0]);

    [Fact]
    public void Bytes_that_are_no_utf8_are_kept()
        => Assert.Equal([0x61, 0xFF, 0x62], Bytes([.. "{\"A\": \"a"u8, 0xFF, .. "b\"}"u8], "A")[0]);

    [Theory]
    [InlineData("""{"p.n": "x", "p": {"n": "y"}}""", "x")]
    [InlineData("""{"p": {"n": "y"}, "p.n": "x"}""", "x")]
    [InlineData("""{"p": {"n": "y"}}""", "y")]
    [InlineData("""{"p": {"n": {"n": "y"}}}""")]
    [InlineData("""{"p": [{"n": "y"}, {"m": "no"}, [{"n": ["z"]}]]}""", "y", "z")]
    [InlineData("""{"p.n": null, "p": {"n": "y"}}""")]
    [InlineData("""{"p": "x"}""")]
    [InlineData("""{"P": {"n": "y"}}""")]
    [InlineData("""{"p": {"n": "y", "_id": "z"}}""", "y")]
    public void Dotted_names_are_literal_first_and_nested_then(string json, params string[] expected)
        => Assert.Equal(expected, Texts(json, "p.n"));

    [Fact]
    public void A_name_may_be_a_field_and_lead_to_others()
    {
        const string Json = """{"a": {"b": {"c": "1"}, "b.c": "2"}, "a.b": {"c": "3"}}""";
        Assert.Equal(["2", "3"], Texts(Json, "a.b.c", "a", "a.b"));
        Assert.Equal(["1"], Texts("""{"a": {"b": {"c": "1"}}}""", "a.b.c", "a.b"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{}x")]
    [InlineData("""{"A": 1,}""")]
    [InlineData("""{'A': 1}""")]
    [InlineData("""{"A": 01}""")]
    [InlineData("""{"A": NaN}""")]
    [InlineData("""{"A": "\x41"}""")]
    [InlineData("""{"A": "\u004"}""")]
    [InlineData("{\"A\": \"a\tb\"}")]
    [InlineData("""{"A": 1} // x""")]
    [InlineData("""{"A": 1, "A": 1}""")]
    [InlineData("""{"A": 1, "\u0041": 2}""")]
    [InlineData("""{"x": {"A": 1, "B": {"A": 1}, "A": 2}}""")]
    [InlineData("""{"_id": 1, "_id": 2}""")]
    [InlineData("""{"_id": true}""")]
    [InlineData("""{"_id": [1]}""")]
    [InlineData("""{"_category": 1}""")]
    [InlineData("""{"_service": ["x"]}""")]
    public void What_is_no_event_is_refused_with_a_reason(string json)
    {
        Assert.False(SigmaEvent.TryParse(Encoding.UTF8.GetBytes(json), out var @event, out var error));
        Assert.Null(@event);
        Assert.NotEmpty(error!);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public void Equal_names_in_different_objects_are_no_repetition()
        => Assert.True(SigmaEvent.TryParse("""{"A": {"A": 1}, "B": [{"A": 1}, {"A": 2}]}"""u8, out _, out _));

    [Theory]
    [InlineData("n3")]
    [InlineData("n77")]
    [InlineData("n99999")]
    public void A_repeated_name_is_found_among_many(string repeated)
    {
        var many = string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"n{i}\": 0"));
        Assert.True(SigmaEvent.TryParse(Encoding.UTF8.GetBytes($"{{{many}}}"), out _, out _));
        Assert.False(SigmaEvent.TryParse(Encoding.UTF8.GetBytes($"{{{many}, \"{repeated}\": 1}}"), out _, out var error));
        Assert.Contains($"'{repeated}'", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Depth_and_length_are_bounded()
    {
        var deepest = SigmaEvent.MaxDepth - 1;
        Assert.True(Parses($$"""{"A": {{new string('[', deepest)}}{{new string(']', deepest)}}}"""));
        Assert.False(Parses($$"""{"A": {{new string('[', deepest + 1)}}{{new string(']', deepest + 1)}}}"""));
        Assert.False(Parses(new string('[', 1_000_000)));
        Assert.True(Parses($$"""{"A": "{{new string('x', SigmaEvent.MaxBytes - 9)}}"}"""));
        Assert.False(Parses($$"""{"A": "{{new string('x', SigmaEvent.MaxBytes - 8)}}"}"""));
    }

    [Fact]
    public void What_the_event_says_about_itself_is_no_field()
    {
        Assert.True(SigmaEvent.TryParse(
            """{"_category": "c", "_product": "p", "_service": null, "_id": "a\"\u001b", "A": 1}"""u8, out var @event, out _));
        Assert.Equal(new RuleLogSource("c", "p", null), @event.Source);
        Assert.Equal("\"a\\u0022\\u001B\"", @event.IdJson);
        Assert.Empty(Texts("""{"_category": "c"}""", "_category"));
        Assert.Equal(["x"], Texts("""{"A": {"_category": "x"}}""", "A._category"));
    }

    [Theory]
    [InlineData("""{"_id": 17}""", "17")]
    [InlineData("""{"_id": "é"}""", "\"\\u00E9\"")]
    [InlineData("""{"_id": null}""", null)]
    [InlineData("""{"_ident": 1}""", null)]
    public void An_event_may_have_a_name(string json, string? expected)
    {
        Assert.True(SigmaEvent.TryParse(Encoding.UTF8.GetBytes(json), out var @event, out _));
        Assert.Equal(expected, @event.IdJson);
        Assert.Equal(RuleLogSource.Any, @event.Source);
    }

    /// <summary>Whatever the bytes are, the answer is an event or a reason.</summary>
    [Fact]
    public void Random_bytes_do_not_throw()
    {
        const int Seed = 20261126;
        var random = new Random(Seed);
        var sample = Encoding.UTF8.GetBytes("""{"a.b": {"c": [1e3, "\ud83d\ude00\u0000", null, true]}, "_id": 1, "A": -1.5e-2}""");
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = (byte[])sample.Clone();
            for (var n = random.Next(1, 5); n > 0; n--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : sample[random.Next(sample.Length)];
            }

            Assert.True(
                SigmaEvent.TryParse(bytes, out _, out var error) != (error is not null), $"seed {Seed}, turn {i}");
        }
    }

    private static bool Parses(string json) => SigmaEvent.TryParse(Encoding.UTF8.GetBytes(json), out _, out _);

    private static string[] Texts(string json, params string[] names)
        => [.. Bytes(Encoding.UTF8.GetBytes(json), names).Select(b => EventText.Decode(b))];

    /// <summary>The values of the first name.</summary>
    private static List<byte[]> Bytes(byte[] json, params string[] names)
    {
        Assert.True(SigmaEvent.TryParse(json, out var @event, out var error), error);
        var known = new FieldNames(names);
        var values = new FieldValues(known);
        values.Read(@event);
        var texts = new List<byte[]>();
        for (var value = values.First(known.NumberOf(names[0])); value >= 0; value = values.Next(value))
        {
            texts.Add(values.Text(value).ToArray());
        }

        return texts;
    }
}
