using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation.Events;
using Xunit;

namespace Guard.Policies.Tests.Simulation.Events;

/// <summary>The tests of fields that no automaton decides, over whole events.</summary>
public sealed class EventTestTests
{
    private static readonly SourceSpan Span = new("p.yml", 1, 1);

    [Theory]
    [InlineData("5", NumberComparison.Greater, "4", true)]
    [InlineData("5", NumberComparison.Greater, "5", false)]
    [InlineData("5", NumberComparison.GreaterOrEqual, "5.0", true)]
    [InlineData("\"-1\"", NumberComparison.LessOrEqual, "0", true)]
    [InlineData("-0.0", NumberComparison.Less, "0", false)]
    [InlineData("-0.0", NumberComparison.GreaterOrEqual, "0", true)]
    [InlineData("1e308", NumberComparison.Greater, "79228162514264337593543950335", true)]
    [InlineData("-1.7976931348623157e308", NumberComparison.Less, "-79228162514264337593543950335", true)]
    [InlineData("4.9e-324", NumberComparison.Greater, "0", true)]
    [InlineData("4.9e-324", NumberComparison.Less, "0.0000000000000000000000000001", true)]
    [InlineData("\"1e999999999\"", NumberComparison.Greater, "1", true)]
    [InlineData("\"1e9999999999\"", NumberComparison.Greater, "1", false)]
    [InlineData("9007199254740993", NumberComparison.Greater, "9007199254740992", true)]
    [InlineData("0.10000000000000000000000000000000000001", NumberComparison.Greater, "0.1", true)]
    [InlineData("\"12a\"", NumberComparison.Greater, "1", false)]
    [InlineData("\" 12\"", NumberComparison.Greater, "1", false)]
    [InlineData("\"0x12\"", NumberComparison.Greater, "1", false)]
    [InlineData("\"\"", NumberComparison.Greater, "-1", false)]
    [InlineData("\".\"", NumberComparison.Greater, "-1", false)]
    [InlineData("\"NaN\"", NumberComparison.Greater, "-1", false)]
    [InlineData("true", NumberComparison.Greater, "0", false)]
    [InlineData("null", NumberComparison.Less, "1", false)]
    [InlineData("[1, 50, 2]", NumberComparison.Greater, "40", true)]
    [InlineData("{\"x\": 50}", NumberComparison.Greater, "40", false)]
    public void Numbers_are_compared_as_decimals(string value, NumberComparison comparison, string limit, bool expected)
    {
        var test = new EventNumberAtom(Span, "A", comparison, decimal.Parse(limit, CultureInfo.InvariantCulture));
        Assert.Equal(expected, Holds(test, $$"""{"A": {{value}}}"""));
    }

    /// <summary>Against doubles where those are exact, so that the comparison has an independent witness.</summary>
    [Fact]
    public void Comparisons_agree_with_doubles()
    {
        var random = new Random(20261126);
        for (var i = 0; i < 20_000; i++)
        {
            var value = random.Next(-4000, 4000) / 8.0;
            var limit = random.Next(-4000, 4000) / 8.0;
            var text = value.ToString(i % 2 == 0 ? "R" : "E10", CultureInfo.InvariantCulture);
            var test = new EventNumberAtom(Span, "A", (NumberComparison)(i % 4), (decimal)limit);
            var expected = (i % 4) switch { 0 => value > limit, 1 => value >= limit, 2 => value < limit, _ => value <= limit };
            Assert.True(expected == Holds(test, $$"""{"A": "{{text}}"}"""), $"{text} {test.Comparison} {limit}");
        }
    }

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("10", false)]
    [InlineData("010.0.0.1", false)]
    [InlineData("10.0.0.01", false)]
    [InlineData("0xa.0.0.1", false)]
    [InlineData("10.0.1", false)]
    [InlineData("10.0.0.256", false)]
    [InlineData("10.0.0.1.", false)]
    [InlineData(" 10.0.0.1", false)]
    [InlineData("10.0.0.1:80", false)]
    [InlineData("10.0.0.1/32", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("fe80::1", true)]
    [InlineData("FE80:0:0:0:0:0:0:1", true)]
    [InlineData("fe80::1%eth0", false)]
    [InlineData("fe80::1%1", false)]
    [InlineData("[fe80::1]", false)]
    [InlineData("[fe80::1]:80", false)]
    [InlineData("fe80::1/64", false)]
    [InlineData("fe80::00001", false)]
    [InlineData("fe80::1::2", false)]
    [InlineData("fe80::10.0.0.1", true)]
    [InlineData("fe80::10.0.0.010", false)]
    [InlineData("fec0::1", false)]
    [InlineData("", false)]
    [InlineData(":", false)]
    public void Addresses_are_read_strictly(string text, bool expected)
    {
        var test = new EventCidrAtom(Span, "A", [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fe80::/10")]);
        Assert.Equal(expected, Holds(test, $$"""{"A": "{{text}}"}"""));
    }

    [Fact]
    public void Networks_agree_with_one_look_at_each()
    {
        var random = new Random(4711);
        var networks = Enumerable.Range(0, 300).Select(_ => RandomNetwork(random)).ToImmutableArray();
        var set = new NetworkSet(networks);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = networks[random.Next(networks.Length)].BaseAddress.GetAddressBytes();
            bytes[random.Next(bytes.Length)] += (byte)random.Next(-1, 2);
            var address = new IPAddress(bytes);
            Assert.True(
                networks.Any(n => n.BaseAddress.AddressFamily == address.AddressFamily && n.Contains(address))
                    == set.Contains(Encoding.ASCII.GetBytes(address.ToString())),
                address.ToString());
        }
    }

    [Fact]
    public void Everything_is_in_the_network_of_length_0()
    {
        var test = new EventCidrAtom(Span, "A", [IPNetwork.Parse("::/0")]);
        Assert.True(Holds(test, """{"A": "::ffff:1.2.3.4"}"""));
        Assert.True(Holds(test, """{"A": "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"}"""));
        Assert.False(Holds(test, """{"A": "1.2.3.4"}"""));
    }

    [Fact]
    public void A_hundred_thousand_networks_are_quick()
    {
        var networks = Enumerable.Range(0, 100_000)
            .Select(i => new IPNetwork(new IPAddress([10, (byte)(i >> 16), (byte)(i >> 8), (byte)i]), 32));
        var set = new NetworkSet(networks);
        var text = "10.9.9.9"u8.ToArray();
        for (var i = 0; i < 100_000; i++)
        {
            Assert.False(set.Contains(text));
        }
    }

    [Theory]
    [InlineData("2024-05-15T13:07:42Z", TimePart.Hour, 13)]
    [InlineData("2024-05-15T13:07:42Z", TimePart.Minute, 7)]
    [InlineData("2024-05-15T13:07:42Z", TimePart.Week, 20)]
    [InlineData("2024-05-15T23:07:42.123456789+02:00", TimePart.Day, 15)]
    [InlineData("2024-05-15T23:07:42,5-0430", TimePart.Hour, 23)]
    [InlineData("2024-05-15 01:02", TimePart.Hour, 1)]
    [InlineData("20240515T010203+02", TimePart.Minute, 2)]
    [InlineData("2024-02-29", TimePart.Month, 2)]
    [InlineData("2021-01-03T00:00:00Z", TimePart.Week, 53)]
    [InlineData("2024-12-30T00:00:00Z", TimePart.Week, 1)]
    [InlineData("2016-12-31T23:59:60Z", TimePart.Year, 2016)]
    public void Parts_of_times_are_as_written(string text, TimePart part, int expected)
    {
        Assert.True(Holds(new EventTimeAtom(Span, "A", part, [-1, expected]), $$"""{"A": "{{text}}"}"""));
        Assert.False(Holds(new EventTimeAtom(Span, "A", part, [expected + 1]), $$"""{"A": "{{text}}"}"""));
    }

    [Theory]
    [InlineData("2024-05-15")]
    [InlineData("2024-05-15T")]
    [InlineData("2024-05-15T24:00:00Z")]
    [InlineData("2024-05-15T13:07:")]
    [InlineData("2024-05-15T13:07:42.Z")]
    [InlineData("2024-05-15T13:07:42 UTC")]
    [InlineData("2024-05-15T13:07:42+2")]
    [InlineData("2024-0515T13:07:42")]
    [InlineData("2023-02-29T13:07:42")]
    [InlineData("0000-01-01T13:07:42")]
    [InlineData("2024-13-01T13:07:42")]
    [InlineData("1715778462")]
    [InlineData("")]
    public void What_is_no_time_has_no_hour(string text)
        => Assert.False(
            Holds(new EventTimeAtom(Span, "A", TimePart.Hour, [.. Enumerable.Range(0, 24)]), $$"""{"A": "{{text}}"}"""));

    [Theory]
    [InlineData("""{"A": "x", "B": "X"}""", ReferencePlacement.Whole, true)]
    [InlineData("""{"A": "straße", "B": "STRASSE"}""", ReferencePlacement.Whole, false)]
    [InlineData("""{"A": "É", "B": "é"}""", ReferencePlacement.Whole, true)]
    [InlineData("""{"A": "𐐀", "B": "𐐨"}""", ReferencePlacement.Whole, true)]
    [InlineData("""{"A": 1, "B": "1"}""", ReferencePlacement.Whole, true)]
    [InlineData("""{"A": null, "B": null}""", ReferencePlacement.Whole, false)]
    [InlineData("""{"A": "", "B": ""}""", ReferencePlacement.Whole, true)]
    [InlineData("""{"A": ["x", "y"], "B": ["z", "Y"]}""", ReferencePlacement.Whole, true)]
    [InlineData("""{"A": "xyz", "B": "Y"}""", ReferencePlacement.Contains, true)]
    [InlineData("""{"A": "xyz", "B": "Y"}""", ReferencePlacement.StartsWith, false)]
    [InlineData("""{"A": "xyz", "B": "XY"}""", ReferencePlacement.StartsWith, true)]
    [InlineData("""{"A": "xyz", "B": "YZ"}""", ReferencePlacement.EndsWith, true)]
    [InlineData("""{"A": "xyz", "B": ""}""", ReferencePlacement.EndsWith, true)]
    [InlineData("""{"A": "a\u0000b", "B": "A\u0000B"}""", ReferencePlacement.Whole, true)]
    [InlineData("""{"A": "a\u0000b", "B": "a\ufffd\ufffdb"}""", ReferencePlacement.Whole, false)]
    public void References_compare_two_fields(string json, ReferencePlacement placement, bool expected)
        => Assert.Equal(expected, Holds(new EventReferenceAtom(Span, "A", "B", placement, false), json));

    [Fact]
    public void A_reference_with_case_tells_letters_apart()
        => Assert.False(
            Holds(new EventReferenceAtom(Span, "A", "B", ReferencePlacement.Whole, true), """{"A": "x", "B": "X"}"""));

    [Fact]
    public void A_reference_that_would_take_for_ever_is_refused()
    {
        var many = string.Join(',', Enumerable.Repeat("\"aaaaaaaa\"", 20_000));
        var json = $$"""{"A": [{{many}}], "B": [{{many}}]}""";
        Assert.Throws<EventTooCostlyException>(
            () => Holds(new EventReferenceAtom(Span, "A", "B", ReferencePlacement.Contains, false), json));
        Assert.True(Holds(new EventReferenceAtom(Span, "A", "B", ReferencePlacement.Whole, false), json));
    }

    [Theory]
    [InlineData("""{"A": "x"}""", false, true)]
    [InlineData("""{"A": ""}""", false, true)]
    [InlineData("""{"A": []}""", false, true)]
    [InlineData("""{"A": {}}""", false, true)]
    [InlineData("""{"A": null}""", true, true)]
    [InlineData("""{"A": ["x", null]}""", true, true)]
    [InlineData("""{"a": "x"}""", true, false)]
    public void Presence_and_null(string json, bool isNull, bool isPresent)
    {
        Assert.Equal(isNull, Holds(new EventPresenceAtom(Span, "A", IsNull: true), json));
        Assert.Equal(isPresent, Holds(new EventPresenceAtom(Span, "A", IsNull: false), json));
    }

    private static IPNetwork RandomNetwork(Random random)
    {
        var bytes = new byte[random.Next(2) == 0 ? 4 : 16];
        random.NextBytes(bytes);
        var length = random.Next((bytes.Length * 8) + 1);
        for (var bit = length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPNetwork(new IPAddress(bytes), length);
    }

    private static bool Holds(EventAtom test, string json)
    {
        Assert.True(SigmaEvent.TryParse(Encoding.UTF8.GetBytes(json), out var @event, out var error), error);
        var names = new FieldNames(EventTestRun.NamesOf(test));
        var values = new FieldValues(names);
        values.Read(@event);
        return EventTestRun.Create(test, names).Holds(values);
    }
}
