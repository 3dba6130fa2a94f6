using System.Text;
using Guard.Policies.Compiling.General;
using Guard.Policies.Normalising;

namespace Guard.Policies.Tests.Compiling.General;

/// <summary>Runs an automaton the way an image is run: what holds is remembered from where it is first reported.</summary>
internal static class DfaWalk
{
    /// <summary>The automaton of an expression; fails the test where the compiler has none.</summary>
    public static Dfa Regex(string expression, RegexFlags flags = RegexFlags.None)
        => Determiniser.Run([GeneralPattern.Of(new RegexPattern(expression, flags)).Nfa])
            ?? throw new InvalidOperationException($"no automaton for {expression}");

    /// <summary>Null where the expression needs more states than allowed.</summary>
    public static Dfa? RegexIfSmall(string expression, RegexFlags flags)
    {
        try
        {
            return Determiniser.Run([GeneralPattern.Of(new RegexPattern(expression, flags)).Nfa]);
        }
        catch (RegexSyntaxException e) when (e.Message.StartsWith("more than", StringComparison.Ordinal))
        {
            return null;
        }
    }

    public static bool Matches(Dfa dfa, string text) => Matches(dfa, Encoding.UTF8.GetBytes(text));

    public static bool Matches(Dfa dfa, ReadOnlySpan<byte> text, int pattern = 0, bool floating = false)
    {
        var state = floating ? dfa.Floating : dfa.Anchored;
        var holds = dfa.Holds[state].Contains(pattern);
        foreach (var value in text)
        {
            state = dfa.Next[(state * dfa.Classes.Count) + dfa.Classes[value]];
            holds |= dfa.Holds[state].Contains(pattern);
        }

        return holds || dfa.HoldsAtEnd[state].Contains(pattern);
    }
}
