using System.Collections.Immutable;
using System.Globalization;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling.General;

/// <summary>
/// Reads .NET's syntax of expressions as far as RegexOptions.NonBacktracking accepts it: the binder has asked .NET
/// already, so what is met here is well-formed. One thing differs on purpose (semantics, statement 19): <c>$</c> is the
/// very end and not also the place before a last newline, which is <c>\Z</c>.
/// </summary>
internal sealed class RegexParser
{
    private const int DepthMax = 200;
    private readonly string _text;
    private readonly RegexSetParser _sets;
    private int _at;
    private int _depth;
    private RegexScope _scope;

    private RegexParser(string text, RegexFlags flags)
    {
        _text = text;
        _scope = RegexScope.Of(flags);
        _sets = new RegexSetParser(text);
    }

    /// <summary>The tree of an expression.</summary>
    /// <exception cref="RegexSyntaxException">It has a construct that is not taken.</exception>
    public static RegexNode Parse(string text, RegexFlags flags)
    {
        var parser = new RegexParser(text, flags);
        var node = parser.ParseChoice();
        return parser._at == text.Length ? node : throw new RegexSyntaxException("a closing parenthesis without a group");
    }

    private bool More => _at < _text.Length;

    private RegexNode ParseChoice()
    {
        if (++_depth > DepthMax)
        {
            throw new RegexSyntaxException($"more than {DepthMax} groups inside each other");
        }

        var choices = ImmutableArray.CreateBuilder<RegexNode>();
        choices.Add(ParseSequence());
        while (More && _text[_at] == '|')
        {
            _at++;
            choices.Add(ParseSequence());
        }

        _depth--;
        return choices.Count == 1 ? choices[0] : new ChoiceNode(choices.ToImmutable());
    }

    private SequenceNode ParseSequence()
    {
        var parts = ImmutableArray.CreateBuilder<RegexNode>();
        while (true)
        {
            SkipComments();
            if (!More || _text[_at] is '|' or ')')
            {
                return new SequenceNode(parts.ToImmutable());
            }

            var part = ParseAtom();
            parts.Add(ParseQuantifiers(part));
        }
    }

    private void SkipComments()
    {
        while (More)
        {
            if (_scope.Extended && _text[_at] is ' ' or '\t' or '\n' or '\f' or '\r')
            {
                _at++;
            }
            else if (_scope.Extended && _text[_at] == '#')
            {
                var end = _text.IndexOf('\n', _at);
                _at = end < 0 ? _text.Length : end + 1;
            }
            else if (_text.AsSpan(_at).StartsWith("(?#"))
            {
                _at = _text.IndexOf(')', _at) + 1;
            }
            else
            {
                return;
            }
        }
    }

    private RegexNode ParseAtom()
    {
        var c = _text[_at];
        switch (c)
        {
            case '(':
                return ParseGroup();
            case '[':
                var set = _sets.Parse(ref _at, _scope.IgnoreCase);
                return new SetNode(set);
            case '.':
                _at++;
                return new SetNode(_scope.Singleline ? RuneSet.All : RuneSet.Of('\n', '\n').Complement());
            case '^':
                _at++;
                return new AssertionNode(_scope.Multiline ? Assertion.LineStart : Assertion.TextStart);
            case '$':
                _at++;
                return new AssertionNode(_scope.Multiline ? Assertion.LineEnd : Assertion.TextEnd);
            case '\\':
                return ParseEscape();
            default:
                return Character(_sets.ReadRune(ref _at));
        }
    }

    private SetNode Character(int rune)
    {
        var set = RuneSet.Of(rune, rune);
        return new SetNode(_scope.IgnoreCase ? CharacterClasses.IgnoringCase(set) : set);
    }

    private RegexNode ParseEscape()
    {
        var kind = _at + 1 < _text.Length ? _text[_at + 1] : '\0';
        Assertion? place = kind switch
        {
            'A' => Assertion.TextStart,
            'z' => Assertion.TextEnd,
            'Z' => Assertion.LastLineEnd,
            'b' => Assertion.WordBoundary,
            'B' => Assertion.NoWordBoundary,
            _ => null,
        };
        if (place is { } assertion)
        {
            _at += 2;
            return new AssertionNode(assertion);
        }

        if (kind is 'G' or 'k' || (kind is >= '1' and <= '9' && !_sets.IsOctal(_at + 1)))
        {
            throw new RegexSyntaxException($"\\{kind}");
        }

        if (_sets.ReadClass(ref _at, _scope.IgnoreCase) is { } known)
        {
            return new SetNode(known);
        }

        return Character(_sets.ReadEscapedRune(ref _at));
    }

    private RegexNode ParseGroup()
    {
        if (ParseEmptyLook() is { } known)
        {
            return known;
        }

        var outer = _scope;
        _at++;
        if (More && _text[_at] == '?')
        {
            _at++;
            if (!ParseGroupKind())
            {
                // (?i) holds to the end of the group around it.
                return new SequenceNode([]);
            }
        }

        var inner = ParseChoice();
        if (!More)
        {
            throw new RegexSyntaxException("a group without an end");
        }

        _at++;
        _scope = outer;
        return inner;
    }

    /// <summary>Looking around for nothing is all that .NET takes of looking around: it never fails, or always.</summary>
    private RegexNode? ParseEmptyLook()
    {
        foreach (var look in new[] { "(?=)", "(?<=)", "(?!)", "(?<!)" })
        {
            if (_text.AsSpan(_at).StartsWith(look))
            {
                _at += look.Length;
                return look.Contains('!') ? new SetNode(RuneSet.Empty) : new SequenceNode([]);
            }
        }

        return null;
    }

    /// <summary>After <c>(?</c>. False: options alone, without a group.</summary>
    private bool ParseGroupKind()
    {
        switch (_text[_at])
        {
            case ':':
                _at++;
                return true;
            case '=' or '!' or '>' or '(':
                throw new RegexSyntaxException($"(?{_text[_at]}");
            case '<' or '\'':
                if (_at + 1 < _text.Length && _text[_at + 1] is '=' or '!')
                {
                    throw new RegexSyntaxException("(?<" + _text[_at + 1]);
                }

                var end = _text.IndexOf(_text[_at] == '<' ? '>' : '\'', _at + 1);
                if (_text.AsSpan(_at, end - _at).Contains('-'))
                {
                    throw new RegexSyntaxException("a balancing group");
                }

                _at = end + 1;
                return true;
            default:
                return ParseOptions();
        }
    }

    private bool ParseOptions()
    {
        var on = true;
        while (true)
        {
            var c = _text[_at++];
            switch (c)
            {
                case '-':
                    on = false;
                    break;
                case '+':
                    on = true;
                    break;
                case ':':
                    return true;
                case ')':
                    return false;
                default:
                    _scope = _scope.With(c, on);
                    break;
            }
        }
    }

    private RegexNode ParseQuantifiers(RegexNode part)
    {
        SkipComments();
        if (!More || !TryReadBounds(out var least, out var most))
        {
            return part;
        }

        SkipComments();
        if (More && _text[_at] == '?')
        {
            _at++;
        }

        return new RepeatNode(part, least, most);
    }

    private bool TryReadBounds(out int least, out int most)
    {
        (least, most) = _text[_at] switch
        {
            '*' => (0, -1),
            '+' => (1, -1),
            '?' => (0, 1),
            _ => (-1, -1),
        };
        if (least >= 0)
        {
            _at++;
            return true;
        }

        return _text[_at] == '{' && TryReadBraces(out least, out most);
    }

    /// <summary><c>{n}</c>, <c>{n,}</c>, <c>{n,m}</c>; anything else in braces is itself.</summary>
    private bool TryReadBraces(out int least, out int most)
    {
        least = most = -1;
        var end = _text.IndexOf('}', _at);
        if (end < 0)
        {
            return false;
        }

        var parts = _text[(_at + 1)..end].Split(',');
        if (parts.Length > 2 || !TryReadCount(parts[0], out least))
        {
            return false;
        }

        most = least;
        if (parts.Length == 2 && parts[1].Length == 0)
        {
            most = -1;
        }
        else if (parts.Length == 2 && !TryReadCount(parts[1], out most))
        {
            return false;
        }

        _at = end + 1;
        return true;
    }

    private static bool TryReadCount(string text, out int count)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);
}
