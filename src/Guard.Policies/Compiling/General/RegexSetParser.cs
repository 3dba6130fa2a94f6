using System.Globalization;

namespace Guard.Policies.Compiling.General;

/// <summary>Characters, escapes and bracketed sets of an expression.</summary>
internal sealed class RegexSetParser(string text)
{
    /// <summary>The character at a place: one code point, a lone surrogate as itself.</summary>
    public int ReadRune(ref int at)
    {
        var rune = char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1])
            ? char.ConvertToUtf32(text[at], text[at + 1])
            : text[at];
        at += rune > 0xffff ? 2 : 1;
        return rune;
    }

    /// <summary><c>[...]</c>, with ranges, classes, negation and subtraction.</summary>
    public RuneSet Parse(ref int at, bool ignoreCase)
    {
        at++;
        var negated = at < text.Length && text[at] == '^';
        at += negated ? 1 : 0;
        var ranges = new List<(int, int)>();
        var classes = RuneSet.Empty;
        RuneSet? subtracted = null;
        for (var first = true; first || text[at] != ']'; first = false)
        {
            if (text[at] == '-' && at + 1 < text.Length && text[at + 1] == '[' && !first)
            {
                at++;
                subtracted = Parse(ref at, ignoreCase);
                break;
            }

            if (ReadClass(ref at, ignoreCase) is { } known)
            {
                classes = classes.Union(known);
            }
            else
            {
                ReadRange(ref at, ranges);
            }

            if (at >= text.Length)
            {
                throw new RegexSyntaxException("a set without an end");
            }
        }

        at++;
        var set = RuneSet.Of(ranges);
        set = (ignoreCase ? CharacterClasses.IgnoringCase(set) : set).Union(classes);
        set = negated ? set.Complement() : set;
        return subtracted is null ? set : set.Except(subtracted);
    }

    /// <summary><c>\w \d \s \p{..}</c> and their opposites; null, and nothing read, for anything else.</summary>
    public RuneSet? ReadClass(ref int at, bool ignoreCase)
    {
        if (at + 1 >= text.Length || text[at] != '\\')
        {
            return null;
        }

        var kind = text[at + 1];
        RuneSet? set = char.ToLowerInvariant(kind) switch
        {
            'w' => CharacterClasses.Word,
            'd' => CharacterClasses.Digit,
            's' => CharacterClasses.Space,
            'p' => ReadNamed(ref at, kind == 'P', ignoreCase),
            _ => null,
        };
        if (set is null)
        {
            return null;
        }

        if (kind is 'p' or 'P')
        {
            return set;
        }

        at += 2;
        return char.IsUpper(kind) ? set.Complement() : set;
    }

    /// <summary>Any other escape.</summary>
    public int ReadEscapedRune(ref int at)
    {
        at++;
        var c = text[at];
        switch (c)
        {
            case 'x':
                return ReadHex(ref at, 2);
            case 'u':
                return ReadUnits(ref at);
            case 'c':
                at += 2;
                return char.ToUpperInvariant(text[at - 1]) - '@';
            case >= '0' and <= '7':
                return ReadOctal(ref at);
            default:
                var rune = ReadRune(ref at);
                return rune switch
                {
                    'a' => 7,
                    'b' => 8,
                    't' => 9,
                    'n' => 10,
                    'v' => 11,
                    'f' => 12,
                    'r' => 13,
                    'e' => 27,
                    _ => rune,
                };
        }
    }

    /// <summary>Whether digits at this place are an octal character and no back-reference.</summary>
    public bool IsOctal(int at) => at + 1 < text.Length && text[at] is >= '0' and <= '7' && text[at + 1] is >= '0' and <= '7';

    private void ReadRange(ref int at, List<(int, int)> ranges)
    {
        // An escaped hyphen begins no range, and `[` behind a hyphen begins a subtraction.
        var begins = !text.AsSpan(at).StartsWith(@"\-");
        var from = ReadCharacter(ref at);
        var to = from;
        if (begins && at + 1 < text.Length && text[at] == '-' && text[at + 1] is not (']' or '['))
        {
            at++;
            to = ReadCharacter(ref at);
        }

        ranges.Add((from, to));
    }

    private int ReadCharacter(ref int at) => text[at] == '\\' ? ReadEscapedRune(ref at) : ReadRune(ref at);

    private RuneSet ReadNamed(ref int at, bool negated, bool ignoreCase)
    {
        var end = text.IndexOf('}', at);
        var name = text[(at + 3)..end];
        at = end + 1;
        return CharacterClasses.Named(name, negated, ignoreCase) ?? throw new RegexSyntaxException($"\\p{{{name}}}");
    }

    /// <summary>One UTF-16 unit, or two that are one code point.</summary>
    private int ReadUnits(ref int at)
    {
        var unit = ReadHex(ref at, 4);
        if (unit is < 0xd800 or > 0xdbff || !text.AsSpan(at).StartsWith(@"\u"))
        {
            return unit;
        }

        var behind = at + 1;
        var low = ReadHex(ref behind, 4);
        if (low is < 0xdc00 or > 0xdfff)
        {
            return unit;
        }

        at = behind;
        return char.ConvertToUtf32((char)unit, (char)low);
    }

    private int ReadHex(ref int at, int digits)
    {
        var value = int.Parse(text.AsSpan(at + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        at += digits + 1;
        return value;
    }

    private int ReadOctal(ref int at)
    {
        var value = 0;
        for (var i = 0; i < 3 && at < text.Length && text[at] is >= '0' and <= '7'; i++)
        {
            value = (value * 8) + (text[at++] - '0');
        }

        return value & 0xff;
    }
}
