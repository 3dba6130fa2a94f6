using System.Text;
using Guard.Policies.Normalising;

namespace Guard.Policies.Tests.Oracle;

/// <summary>Kleene's three values. And is the least of its operands, or the greatest, not is the negative.</summary>
internal enum Truth
{
    False = -1,
    Unknown = 0,
    True = 1,
}

/// <summary>
/// The specification of what a <see cref="NormalisedPolicy"/> means. Obvious rather than fast: every definition of the
/// contract types is written down once, with plain loops, and shares no code with the compiler.
/// </summary>
internal static class NaiveEvaluator
{
    private static readonly TextRoles[] AllRoles =
        [.. Enum.GetValues<TextRoles>().Where(r => r != TextRoles.None)];

    /// <summary>The numbers of the rules that match, including those that match because they cannot be decided.</summary>
    public static List<int> MatchingRules(NormalisedPolicy policy, OracleRequest request)
    {
        var matching = new List<int>();
        for (var number = 0; number < policy.Rules.Length; number++)
        {
            var rule = policy.Rules[number];
            if (rule.Category != request.Category)
            {
                continue;
            }

            var truth = Evaluate(policy, rule.Condition, request);
            if (truth == Truth.True || (truth == Truth.Unknown && rule.OnUnknown == OnUnknown.Deny))
            {
                matching.Add(number);
            }
        }

        return matching;
    }

    /// <summary>The strictest action of the matching rules; null when there is none.</summary>
    public static RuleAction? Verdict(NormalisedPolicy policy, OracleRequest request)
    {
        RuleAction? verdict = null;
        foreach (var number in MatchingRules(policy, request))
        {
            var action = policy.Rules[number].Action;
            if (verdict is null || action > verdict)
            {
                verdict = action;
            }
        }

        return verdict;
    }

    public static Truth Evaluate(NormalisedPolicy policy, ConditionNode condition, OracleRequest request)
    {
        switch (condition)
        {
            case ConstantNode constant:
                return constant.Value ? Truth.True : Truth.False;
            case AtomNode atom:
                return Evaluate(policy.Atoms[atom.Atom], request);
            case NotNode not:
                return (Truth)(-(int)Evaluate(policy, not.Operand, request));
            case AndNode and:
                return and.Operands.Select(o => Evaluate(policy, o, request)).Min();
            case OrNode or:
                return or.Operands.Select(o => Evaluate(policy, o, request)).Max();
            default:
                throw new ArgumentOutOfRangeException(nameof(condition));
        }
    }

    public static Truth Evaluate(NormalisedAtom atom, OracleRequest request)
    {
        switch (atom)
        {
            case NumberAtom number:
                uint? value = number.Field switch
                {
                    PolicyField.User => request.Uid,
                    PolicyField.Group => request.Group,
                    PolicyField.MountNamespace => request.MountNamespace,
                    _ => request.LogonId,
                };
                return value is null ? Truth.Unknown
                    : number.Ranges.Any(r => r.From <= value && value <= r.To) ? Truth.True : Truth.False;
            case AccessAtom access:
                return (access.Kinds & request.Access) != AccessKinds.None ? Truth.True : Truth.False;
            case TextAtom text:
                return Evaluate(text, request);
            default:
                throw new ArgumentOutOfRangeException(nameof(atom));
        }
    }

    private static Truth Evaluate(TextAtom atom, OracleRequest request)
    {
        var result = Truth.False;
        foreach (var role in AllRoles)
        {
            if (!atom.Roles.HasFlag(role))
            {
                continue;
            }

            if (request.Incomplete.HasFlag(role))
            {
                result = result == Truth.True ? Truth.True : Truth.Unknown;
            }
            else if (request.TextsOf(role).Any(t => atom.Patterns.Any(p => Matches(p, t))
                || atom.Expressions.Any(e => Expressions.IsMatch(e, Encoding.UTF8.GetString(t)))))
            {
                result = Truth.True;
            }
        }

        return result;
    }

    public static bool Matches(TextPattern pattern, byte[] text) => MatchesFrom(pattern, 0, text, 0);

    private static bool MatchesFrom(TextPattern pattern, int element, byte[] text, int position)
    {
        if (element == pattern.Elements.Length)
        {
            return position == text.Length;
        }

        switch (pattern.Elements[element])
        {
            case AnyRunElement:
                for (var end = position; end <= text.Length; end++)
                {
                    if (MatchesFrom(pattern, element + 1, text, end))
                    {
                        return true;
                    }
                }

                return false;
            case AnyCharacterElement:
                var length = CharacterLength(text, position);
                return length > 0 && MatchesFrom(pattern, element + 1, text, position + length);
            case LiteralElement literal:
                for (var i = 0; i < literal.Bytes.Length; i++)
                {
                    if (position + i >= text.Length
                        || !SameByte(literal.Bytes[i], text[position + i], pattern.CaseSensitive))
                    {
                        return false;
                    }
                }

                return MatchesFrom(pattern, element + 1, text, position + literal.Bytes.Length);
            default:
                throw new ArgumentOutOfRangeException(nameof(pattern));
        }
    }

    private static bool SameByte(byte a, byte b, bool caseSensitive)
        => caseSensitive ? a == b : Lower(a) == Lower(b);

    private static int Lower(byte b) => b is >= 0x41 and <= 0x5A ? b + 0x20 : b;

    /// <summary>0 when no character begins here.</summary>
    private static int CharacterLength(byte[] text, int position)
    {
        if (position >= text.Length)
        {
            return 0;
        }

        var first = text[position];
        var continuations =
            first is >= 0xC2 and <= 0xDF ? 1
            : first is >= 0xE0 and <= 0xEF ? 2
            : first is >= 0xF0 and <= 0xF4 ? 3
            : 0;
        for (var i = 1; i <= continuations; i++)
        {
            if (position + i >= text.Length || text[position + i] is < 0x80 or > 0xBF)
            {
                return 0;
            }
        }

        return 1 + continuations;
    }
}
