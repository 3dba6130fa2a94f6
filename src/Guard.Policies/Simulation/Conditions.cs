using Guard.Policies.Image;

namespace Guard.Policies.Simulation;

/// <summary>Evaluates a rule's postfix program in Kleene's logic: and is the minimum, or the maximum.</summary>
internal static class Conditions
{
    /// <param name="ops">A program that <see cref="ImageReader"/> has accepted.</param>
    /// <param name="held">By atom.</param>
    /// <param name="incomplete">Bit f: field f is not known completely.</param>
    public static Truth Evaluate(ReadOnlySpan<uint> ops, ReadOnlySpan<bool> held, uint incomplete)
    {
        Span<Truth> stack = stackalloc Truth[KernelLimits.RuleDepthMax];
        var top = -1;
        foreach (var op in ops)
        {
            switch (op >> KernelAbi.OpShift)
            {
                case KernelAbi.OpAtom:
                    stack[++top] = OfAtom(op, held, incomplete);
                    break;
                case KernelAbi.OpAnd:
                    top--;
                    stack[top] = stack[top] < stack[top + 1] ? stack[top] : stack[top + 1];
                    break;
                case KernelAbi.OpOr:
                    top--;
                    stack[top] = stack[top] > stack[top + 1] ? stack[top] : stack[top + 1];
                    break;
                case KernelAbi.OpNot:
                    stack[top] = (Truth)(Truth.True - stack[top]);
                    break;
                default:
                    stack[++top] = op >> KernelAbi.OpShift == KernelAbi.OpTrue ? Truth.True : Truth.False;
                    break;
            }
        }

        return stack[top];
    }

    private static Truth OfAtom(uint op, ReadOnlySpan<bool> held, uint incomplete)
    {
        if (held[(int)(op & KernelAbi.OpAtomMask)])
        {
            return Truth.True;
        }

        var field = (int)(op >> KernelAbi.OpFieldShift & KernelAbi.OpFieldMask);
        return (incomplete >> field & 1) != 0 ? Truth.Unknown : Truth.False;
    }
}
