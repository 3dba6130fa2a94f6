using System.Text;
using System.Text.RegularExpressions;
using Guard.Policies.Binding;
using Guard.Policies.Compiling.General;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation.Events;
using Xunit;

namespace Guard.Policies.Tests.Compiling.General;

/// <summary>Each construct that .NET takes is taken, and means the same.</summary>
public sealed class RegexConstructTests
{
    /// <summary>Every expression meets all of these; no newline comes last, where <c>$</c> differs on purpose.</summary>
    private static readonly string[] Texts =
    [
        "", "a", "A", "b", "ab", "abc", "aab", "a b", "a\nb", "\na", "a1", "1", "12", "a_", "-", "a-b", "]", "[", "^", "\\", "{",
        "a{2", "a{,3}", "aa", "aaa", "aaaa", "#", " ", "a#b", "a*", "?", "a?", "é", "É", "aéb", "K", "k", "\u212A", "ſ", "s", "ß", "ẞ",
        "I", "i", "İ", "ı", "σ", "ς", "Σ", "\t", "\v", "\f", "\r", "\u001b", "\a", "\b", "\u001a", "A-Z", "c", "d", "e", "z", "€", "α", "ж",
        "Ж", "\u0301", "\u0903", "\u200d", "a\u200db", "\u00a0", "\u2028", "\u0660", "٣", "_", "‿", "Ⅷ", "ⅷ", "ǅ", "ǆ", "Ǆ", "x\ny", "x y",
        ":", "a:", "]a", "alph]", "l]", "@", "\u0100", "\u0001", "8", "b-", "a\\b", "!", "\"", ",", ".", "+", "0",
    ];

    [Theory]
    [InlineData("")]
    [InlineData("|")]
    [InlineData("a||b")]
    [InlineData("^$")]
    [InlineData("^a$")]
    [InlineData("a.b")]
    [InlineData("(?s)a.b")]
    [InlineData("(?s:a.)b")]
    [InlineData("(?m)^b$")]
    [InlineData("(?m)a$")]
    [InlineData(@"\Aa")]
    [InlineData(@"a\z")]
    [InlineData(@"a\Z")]
    [InlineData(@"x\Z\n")]
    [InlineData(@"\ba\b")]
    [InlineData(@"a\Bb")]
    [InlineData(@"^\B$")]
    [InlineData(@"\b")]
    [InlineData(@"\B")]
    [InlineData(@"^\w+$")]
    [InlineData(@"^\W+$")]
    [InlineData(@"^\d+$")]
    [InlineData(@"^\D+$")]
    [InlineData(@"^\s+$")]
    [InlineData(@"^\S+$")]
    [InlineData(@"^\p{Lu}$")]
    [InlineData(@"(?i)^\p{Lu}$")]
    [InlineData(@"(?i)^[\p{Ll}]$")]
    [InlineData(@"(?i)^\P{Lt}$")]
    [InlineData(@"^\P{L}$")]
    [InlineData(@"^\p{IsGreek}$")]
    [InlineData(@"^\P{IsBasicLatin}$")]
    [InlineData(@"^[\p{IsCyrillic}a]$")]
    [InlineData(@"^\p{_xmlW}$")]
    [InlineData("[a-c]")]
    [InlineData("[^a-c]")]
    [InlineData("^[]a]$")]
    [InlineData("^[^]a]$")]
    [InlineData("^[a-]$")]
    [InlineData("^[-a]$")]
    [InlineData("^[a-c-e]$")]
    [InlineData(@"^[\d-z]$")]
    [InlineData(@"^[\--a]$")]
    [InlineData(@"^[!-\-]$")]
    [InlineData(@"^[\w-[a-c]]$")]
    [InlineData("^[a-z-[aeiou]]$")]
    [InlineData("^[a-z-[b-y-[c]]]$")]
    [InlineData("^[^a-[b]]$")]
    [InlineData("(?i)^[a-e-[C]]$")]
    [InlineData("^[-[a]$")]
    [InlineData("[[:alpha:]]")]
    [InlineData("[[::]a]")]
    [InlineData(@"^[\b]$")]
    [InlineData(@"^[\]\[\\^]$")]
    [InlineData(@"^[\n-\r]$")]
    [InlineData(@"^[\cA-\cZ]$")]
    [InlineData("(?x)^[a b]$")]
    [InlineData("a*b")]
    [InlineData("a+?b")]
    [InlineData("^a??b")]
    [InlineData("^a{2}$")]
    [InlineData("^a{2,}$")]
    [InlineData("^a{1,3}$")]
    [InlineData("^a{1,2}?$")]
    [InlineData("^a{0}$")]
    [InlineData("^a{,3}$")]
    [InlineData("a{2")]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("]")]
    [InlineData("^*a")]
    [InlineData(@"\b+a")]
    [InlineData("()*a")]
    [InlineData("(|a)+b")]
    [InlineData("(a*)*b")]
    [InlineData("(?:ab|a)c")]
    [InlineData("(a)(?:b)")]
    [InlineData("(?<n>a)b")]
    [InlineData("(?'n'a)b")]
    [InlineData("(?<1>a)b")]
    [InlineData("(?i)AB")]
    [InlineData("a(?i)b|C")]
    [InlineData("(a(?i)b)c")]
    [InlineData("(?i:A)b")]
    [InlineData("(?i)(?-i)A")]
    [InlineData("(?n)(a)b")]
    [InlineData("(?imnsx-imnsx)a")]
    [InlineData("(?i)^k$")]
    [InlineData("(?i)^[a-k]$")]
    [InlineData("(?i)^[^k]$")]
    [InlineData("(?i)^i$")]
    [InlineData("(?i)^s$")]
    [InlineData("(?i)^ß$")]
    [InlineData("(?i)^σ$")]
    [InlineData("(?i)^É$")]
    [InlineData("(?i)^ǆ$")]
    [InlineData(@"(?i)^\x4b$")]
    [InlineData("(?#c)a")]
    [InlineData("a(?#c)*b")]
    [InlineData("(?x) a b ")]
    [InlineData("(?x) a # c\nb")]
    [InlineData("(?x)a* ?b")]
    [InlineData("(?x)a {2}")]
    [InlineData("(?x)a{1, 2}")]
    [InlineData("(?x:a b)c?")]
    [InlineData(@"(?x)x\ y")]
    [InlineData("(?x)a\vb")]
    [InlineData("(?x)a\u00a0?b")]
    [InlineData("(?x)a\u0085?b")]
    [InlineData("(?x)a\f\r\tb")]
    [InlineData(@"\t|\n|\r|\f|\v|\e|\a")]
    [InlineData(@"^\x41$")]
    [InlineData(@"^\u00e9$")]
    [InlineData(@"^\cZ$")]
    [InlineData(@"^\c[$")]
    [InlineData(@"^\cz$")]
    [InlineData(@"^\012$")]
    [InlineData(@"^\101$")]
    [InlineData(@"^\401$")]
    [InlineData(@"^\08$")]
    [InlineData(@"^\12$")]
    [InlineData(@"^[\1]$")]
    [InlineData(@"\-\.\*\?\+\(\)")]
    [InlineData(@"a\?")]
    [InlineData("(?!)")]
    [InlineData("a(?!)|b")]
    [InlineData("(?=)a")]
    public void A_construct_means_what_dotnet_means(string expression)
    {
        foreach (var flags in new[] { RegexFlags.None, RegexFlags.IgnoreCase, RegexFlags.Multiline | RegexFlags.Singleline })
        {
            var dotnet = new Regex(expression, ExpressionBinder.OptionsOf(flags));
            var dfa = DfaWalk.Regex(expression, flags);
            foreach (var text in Texts)
            {
                Assert.True(
                    dotnet.IsMatch(text) == DfaWalk.Matches(dfa, text),
                    $"{expression} ({flags}) on '{text}' ({Convert.ToHexString(Encoding.UTF8.GetBytes(text))}): .NET says {dotnet.IsMatch(text)}");
            }
        }
    }

    [Theory]
    [InlineData("a$", "a\n", false)]
    [InlineData("(?m)a$", "a\n", true)]
    [InlineData(@"a\Z", "a\n", true)]
    [InlineData(@"a\Z", "a\n\n", false)]
    [InlineData(@"a\Z\n", "a\n", true)]
    [InlineData(@"a\Z\n\n", "a\n\n", false)]
    [InlineData(@"a\Z\z", "a\n", false)]
    [InlineData(@"(?m)a\Z$", "a\n", true)]
    [InlineData("^.$", "😀", true)]
    [InlineData("^..$", "😀", false)]
    [InlineData("^😀{2}$", "😀😀", true)]
    [InlineData(@"^\uD83D\uDE00$", "😀", true)]
    [InlineData(@"^[\uD83D\uDE00]$", "😀", true)]
    [InlineData("^[😀-😂]$", "😁", true)]
    [InlineData("^[😀-😂]$", "😃", false)]
    [InlineData(@"^\w$", "𝒜", true)]
    [InlineData("(?i)^𐐀$", "𐐨", true)]
    [InlineData("^𐐀$", "𐐨", false)]
    [InlineData("[^é]", "é", false)]
    [InlineData(@"\W", "é", false)]
    public void Where_it_differs_from_dotnet_it_is_by_the_semantics(string expression, string text, bool expected)
        => Assert.Equal(expected, DfaWalk.Matches(DfaWalk.Regex(expression), text));

    [Theory]
    [InlineData("^.$", "c3", true)]
    [InlineData("^.$", "e282", false)]
    [InlineData("^..$", "e282", true)]
    [InlineData("^.$", "e28282", true)]
    [InlineData("^...$", "f09f98", true)]
    [InlineData("^.$", "f09f9880", true)]
    [InlineData("^.$", "eda080", true)]
    [InlineData("^.$", "c080", false)]
    [InlineData("^..$", "c080", true)]
    [InlineData("^.$", "e08080", true)]
    [InlineData("^.$", "f4908080", true)]
    [InlineData("^.$", "f5808080", false)]
    [InlineData("^a.+b$", "61c362", true)]
    [InlineData("^a[^/]b$", "61ff62", true)]
    [InlineData(@"^a\wb$", "61c362", false)]
    [InlineData(@"a\b", "61c3", true)]
    [InlineData("[^é]$", "61c3a9", false)]
    [InlineData("c[^é]", "63c3", true)]
    [InlineData("c[^é]", "63c3a9", false)]
    [InlineData("c[^é]", "63c361", true)]
    [InlineData("c[^é]", "63c3c3", true)]
    [InlineData("c[^€]{2}$", "63e282", true)]
    [InlineData("c[^€]", "63e282ac", false)]
    [InlineData("c[^€]", "63e28261", true)]
    public void Bytes_in_no_sequence_are_one_character_each(string expression, string text, bool expected)
        => Assert.Equal(expected, DfaWalk.Matches(DfaWalk.Regex(expression), Convert.FromHexString(text)));

    [Theory]
    [InlineData("ab", "ab", true)]
    [InlineData("^ab", "ab", false)]
    [InlineData(@"\Aab", "ab", false)]
    [InlineData("(?m)^ab", "ab", false)]
    [InlineData("(?m)^ab", "\nab", true)]
    [InlineData(@"\bab", "ab", false)]
    [InlineData(@"\bab", " ab", true)]
    [InlineData(@"\Bab", "ab", false)]
    [InlineData("ab$", "ab", true)]
    [InlineData("^ab|cd", "cd", true)]
    [InlineData("", "", true)]
    public void Behind_a_cut_only_what_needs_no_beginning_holds(string expression, string rest, bool expected)
        => Assert.Equal(
            expected, DfaWalk.Matches(DfaWalk.Regex(expression), Encoding.UTF8.GetBytes(rest), 0, floating: true));

    [Theory]
    [InlineData(@"(a)\1")]
    [InlineData("(?=a)")]
    [InlineData("(?!a)")]
    [InlineData("(?<=a)b")]
    [InlineData("(?<!a)b")]
    [InlineData("(?>a)")]
    [InlineData("(?(a)b|c)")]
    [InlineData(@"\Ga")]
    [InlineData("(?<b>)(?<a-b>x)")]
    public void What_no_automaton_decides_is_named(string expression)
        => Assert.Throws<RegexSyntaxException>(() => GeneralPattern.Of(new RegexPattern(expression, RegexFlags.None)));

    [Theory]
    [InlineData("é\0", "aé\0b", true)]
    [InlineData("é\0", "aéb", false)]
    [InlineData(@"\A\0é\z", "\0é", true)]
    [InlineData(@"\A\0\0\z", "\0", false)]
    [InlineData("a.b", "a\0b", true)]
    [InlineData("a..b", "a\0b", false)]
    [InlineData("a[^x]b", "a\0b", true)]
    [InlineData(@"a\Bb", "a\0b", false)]
    [InlineData(@"a\b.", "a\0", true)]
    public void NUL_is_one_character_of_an_events_text(string expression, string text, bool expected)
    {
        var dfa = Determiniser.Run([GeneralPattern.Of(new RegexPattern(expression, RegexFlags.None), nul: true).Nfa])!;
        Assert.Equal(expected, DfaWalk.Matches(dfa, EventText.Encode(text)));
    }

    [Theory]
    [InlineData("a..b", true)]
    [InlineData("a.b", false)]
    public void The_first_byte_of_a_NUL_that_does_not_follow_is_a_character(string expression, bool expected)
    {
        var dfa = Determiniser.Run([GeneralPattern.Of(new RegexPattern(expression, RegexFlags.None), nul: true).Nfa])!;
        Assert.Equal(expected, DfaWalk.Matches(dfa, [(byte)'a', 0xC0, 0x81, (byte)'b']));
    }
}
