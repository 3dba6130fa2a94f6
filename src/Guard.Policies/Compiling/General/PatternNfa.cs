using System.Text;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling.General;

/// <summary>A text pattern as an automaton over bytes.</summary>
internal static class PatternNfa
{
    public static ByteNfa Build(TextPattern pattern)
    {
        var nfa = new ByteNfa();
        var edges = new Utf8Edges(nfa, new Utf8Shapes());
        var state = nfa.Add();
        nfa.Anchored = state;
        for (var i = 0; i < pattern.Elements.Length; i++)
        {
            switch (pattern.Elements[i])
            {
                case AnyRunElement:
                    var run = nfa.Add();
                    nfa.Epsilon(state, run);
                    nfa[run].Supersedes = true;
                    if (i < pattern.Elements.Length - 1)
                    {
                        nfa.Edge(run, 1, 255, run);
                    }

                    nfa.Floating = i == 0 ? run : nfa.Floating;
                    state = run;
                    break;
                case AnyCharacterElement:
                    state = Character(nfa, edges, state, RuneSet.All);
                    break;
                case LiteralElement literal:
                    state = Literal(nfa, edges, state, literal.Bytes.AsSpan(), pattern.CaseSensitive);
                    break;
            }
        }

        if (pattern.Elements is [.., AnyRunElement])
        {
            nfa[state].Holds = true;
        }
        else
        {
            nfa[state].HoldsAtEnd = true;
        }

        return nfa;
    }

    private static int Literal(ByteNfa nfa, Utf8Edges edges, int state, ReadOnlySpan<byte> bytes, bool cased)
    {
        while (!bytes.IsEmpty)
        {
            var known = Rune.DecodeFromUtf8(bytes, out var rune, out var length) == System.Buffers.OperationStatus.Done;
            if (cased || !known)
            {
                var next = nfa.Add();
                nfa.Edge(state, bytes[0], bytes[0], next);
                state = next;
                bytes = bytes[1..];
                continue;
            }

            state = Character(nfa, edges, state, BothCases(rune.Value));
            bytes = bytes[length..];
        }

        return state;
    }

    private static RuneSet BothCases(int rune)
        => rune >= 0x80 ? CharacterClasses.IgnoringCase(rune)
            : char.IsAsciiLetter((char)rune) ? RuneSet.Of([(rune | 0x20, rune | 0x20), (rune & ~0x20, rune & ~0x20)])
            : RuneSet.Of(rune, rune);

    private static int Character(ByteNfa nfa, Utf8Edges edges, int state, RuneSet set)
    {
        var next = nfa.Add();
        edges.AddCharacter(state, set, next);
        return next;
    }
}
