using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Guard.Policies.Binding;
using Guard.Policies.Compiling.General;
using Guard.Policies.Normalising;
using Guard.Policies.Tests.Properties;
using Xunit;
using Xunit.Abstractions;

namespace Guard.Policies.Tests.Compiling.General;

/// <summary>Automata of random expressions say of random texts what .NET says.</summary>
public sealed class RegexDifferentialTests(ITestOutputHelper output)
{
    private const int Expressions = 400;
    private const int TextsEach = 50;

    [Fact]
    public void Random_expressions_match_what_dotnet_matches()
    {
        var seed = TestSeed.Next(output);
        var random = new RandomExpressions(seed);
        var (hits, pairs, tooLarge) = (0, 0, 0);
        for (var i = 0; i < Expressions; i++)
        {
            var expression = random.Expression();
            var flags = (RegexFlags)random.Next(8);
            var dotnet = new Regex(expression, ExpressionBinder.OptionsOf(flags));
            if (DfaWalk.RegexIfSmall(expression, flags) is not { } dfa)
            {
                tooLarge++;
                continue;
            }

            for (var t = 0; t < TextsEach; t++, pairs++)
            {
                var text = random.Text();
                var expected = dotnet.IsMatch(text);
                hits += expected ? 1 : 0;
                Assert.True(
                    expected == DfaWalk.Matches(dfa, text),
                    $"seed {seed}: {expression} ({flags}) on {text.Replace("\n", "\\n")}: .NET says {expected}");
            }
        }

        output.WriteLine($"{hits} of {pairs} match");
        Assert.InRange(hits, pairs / 10, pairs * 9 / 10);
        AssertFew(tooLarge);
    }

    /// <summary>
    /// The bytes that are in no UTF-8 sequence go to .NET as one character each that no class contains. Sequences in
    /// the shape of UTF-8 which .NET would refuse do so too.
    /// </summary>
    [Fact]
    public void A_byte_in_no_sequence_is_one_character()
    {
        var seed = TestSeed.Next(output);
        var random = new RandomExpressions(seed);
        var tooLarge = 0;
        for (var i = 0; i < Expressions; i++)
        {
            var expression = random.Expression();
            var flags = (RegexFlags)random.Next(8);
            var dotnet = new Regex(expression, ExpressionBinder.OptionsOf(flags));
            if (DfaWalk.RegexIfSmall(expression, flags) is not { } dfa)
            {
                tooLarge++;
                continue;
            }

            for (var t = 0; t < TextsEach; t++)
            {
                var bytes = random.Bytes();
                Assert.True(
                    dotnet.IsMatch(Decoded(bytes)) == DfaWalk.Matches(dfa, bytes),
                    $"seed {seed}: {expression} ({flags}) on {Convert.ToHexString(bytes)}");
            }
        }

        AssertFew(tooLarge);
    }

    [Fact]
    public void What_holds_for_a_rest_holds_for_the_whole()
    {
        var seed = TestSeed.Next(output);
        var random = new RandomExpressions(seed);
        var (hits, tooLarge) = (0, 0);
        for (var i = 0; i < Expressions; i++)
        {
            var expression = random.Expression();
            var flags = (RegexFlags)random.Next(8);
            if (DfaWalk.RegexIfSmall(expression, flags) is not { } dfa)
            {
                tooLarge++;
                continue;
            }

            for (var t = 0; t < TextsEach; t++)
            {
                var bytes = random.Next(2) == 0 ? random.Bytes() : Encoding.UTF8.GetBytes(random.Text());
                var cut = random.Next(bytes.Length + 1);
                if (DfaWalk.Matches(dfa, bytes.AsSpan(cut), 0, floating: true))
                {
                    hits++;
                    Assert.True(
                        DfaWalk.Matches(dfa, bytes),
                        $"seed {seed}: {expression} ({flags}) on {Convert.ToHexString(bytes)} from {cut}");
                }
            }
        }

        AssertFew(tooLarge);
        Assert.InRange(hits, Expressions * TextsEach / 20, Expressions * TextsEach);
    }

    [Fact]
    public void What_asks_for_nothing_before_it_holds_for_a_rest_as_it_does_for_a_whole()
    {
        var seed = TestSeed.Next(output);
        var random = new RandomExpressions(seed);
        var tooLarge = 0;
        for (var i = 0; i < Expressions; i++)
        {
            var expression = random.Expression();
            if (expression.Contains(@"\b", StringComparison.OrdinalIgnoreCase)
                || expression.Contains(@"\A", StringComparison.Ordinal) || expression.Replace("[^", "[").Contains('^'))
            {
                continue;
            }

            if (DfaWalk.RegexIfSmall(expression, RegexFlags.None) is not { } dfa)
            {
                tooLarge++;
                continue;
            }

            for (var t = 0; t < TextsEach; t++)
            {
                var text = Encoding.UTF8.GetBytes(random.Text());
                Assert.True(
                    DfaWalk.Matches(dfa, text) == DfaWalk.Matches(dfa, text, 0, floating: true),
                    $"seed {seed}: {expression} on {Convert.ToHexString(text)}");
            }
        }

        AssertFew(tooLarge);
    }

    [Fact]
    public void Every_match_contains_a_factor()
    {
        var seed = TestSeed.Next(output);
        var random = new RandomExpressions(seed);
        var (used, seen) = (0, 0);
        for (var i = 0; i < Expressions * 2; i++)
        {
            var expression = "(?:a|ab|k0)" + random.Expression() + (random.Next(2) == 0 ? "(?:ab|bk)?é" : "k+");
            var flags = (RegexFlags)random.Next(8);
            var factors = LiteralFactors.Of(RegexParser.Parse(expression, flags));
            if (factors.IsEmpty || DfaWalk.RegexIfSmall(expression, flags) is not { } dfa)
            {
                continue;
            }

            used++;
            for (var t = 0; t < TextsEach; t++)
            {
                var text = Encoding.UTF8.GetBytes("ak0" + random.Text() + "abéK");
                if (DfaWalk.Matches(dfa, text))
                {
                    seen++;
                    Assert.True(
                        factors.Any(f => Folded(text).AsSpan().IndexOf(f) >= 0),
                        $"seed {seed}: {expression} ({flags}) on {Convert.ToHexString(text)}");
                }
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{used} with factors, {seen} matches"));
        Assert.InRange(seen, 300, int.MaxValue);
    }

    private static void AssertFew(int tooLarge)
        => Assert.True(tooLarge < Expressions / 20, $"{tooLarge} of {Expressions} expressions are too large");

    private static byte[] Folded(byte[] text) => Array.ConvertAll(text, b => b is >= 65 and <= 90 ? (byte)(b + 32) : b);

    /// <summary>Written apart from the compiler: reads one character after the other, lengths by the first byte.</summary>
    private static string Decoded(byte[] bytes)
    {
        var text = new StringBuilder();
        for (var at = 0; at < bytes.Length;)
        {
            var length = bytes[at] switch { < 0xc2 or > 0xf4 => 1, < 0xe0 => 2, < 0xf0 => 3, _ => 4 };
            var rest = bytes.AsSpan(at, Math.Min(length, bytes.Length - at));
            if (rest.Length < length || rest[1..].ContainsAnyExceptInRange((byte)0x80, (byte)0xbf))
            {
                length = 1;
            }

            text.Append(CharacterOf(bytes.AsSpan(at, length)));
            at += length;
        }

        return text.ToString();
    }

    private static char CharacterOf(ReadOnlySpan<byte> sequence)
    {
        const char InNoClass = '\uFFFF';
        const char OtherLetter = '\u05D0';
        if (sequence.Length == 4 && Rune.DecodeFromUtf8(sequence, out var rune, out _) == OperationStatus.Done)
        {
            return Rune.IsLetter(rune) ? OtherLetter : InNoClass;
        }

        var value = sequence.Length switch
        {
            1 => sequence[0] < 0x80 ? sequence[0] : -1,
            2 => ((sequence[0] & 0x1f) << 6) | (sequence[1] & 0x3f),
            3 => ((sequence[0] & 0xf) << 12) | ((sequence[1] & 0x3f) << 6) | (sequence[2] & 0x3f),
            _ => -1,
        };
        return value < 0 || (sequence.Length == 3 && value < 0x800) ? InNoClass : (char)value;
    }
}
