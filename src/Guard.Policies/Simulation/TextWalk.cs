using Guard.Policies.Image;

namespace Guard.Policies.Simulation;

/// <summary>
/// Walks a text through the two automata of its kind, as bpf/lsm does. The order of what is found: automaton 2t, then
/// 2t+1; in each the start list, then per byte the list of the row that the byte leads to, then the end list of the
/// last row; lists in their own order.
/// </summary>
internal sealed class TextWalk(ImageView image)
{
    private readonly (int Seen, int End)[] _sequences = new (int, int)[KernelLimits.SequencesMax];

    /// <summary>Finds atoms until <paramref name="found"/> wants no more.</summary>
    /// <returns>False when it was stopped.</returns>
    public bool Run(int textNumber, RequestText text, byte roles, Func<int, bool> found)
    {
        if (text.State == TextState.Absent)
        {
            return true;
        }

        for (var number = 2 * textNumber; number <= (2 * textNumber) + 1; number++)
        {
            var automaton = image.Header.Automata[number];
            if (automaton.ClassesOff != 0 && !RunOne(automaton, text, roles, found))
            {
                return false;
            }
        }

        return true;
    }

    private bool RunOne(in GuardAutomaton automaton, RequestText text, byte roles, Func<int, bool> found)
    {
        Array.Clear(_sequences);
        var classes = image.Classes(automaton);
        var width = automaton.ClassCount * 4;
        var state = text.State == TextState.Complete ? automaton.AnchoredRow : automaton.FloatingRow;
        if (!Report(automaton.StartList, 0, roles, found))
        {
            return false;
        }

        var position = 0;
        foreach (var value in text.Bytes.Span)
        {
            state = image.Word((state & KernelLimits.ImageMask) + classes[value]);
            position++;
            if ((state & KernelAbi.TransitionOutput) != 0
                && !Report(image.Word((state & KernelLimits.ImageMask) + width), position, roles, found))
            {
                return false;
            }
        }

        return Report(image.Word((state & KernelLimits.ImageMask) + width + 4), position, roles, found);
    }

    private bool Report(uint list, int position, byte roles, Func<int, bool> found)
    {
        foreach (var number in image.List(list))
        {
            ref readonly var pattern = ref image.Patterns[(int)number];
            if ((pattern.Roles & roles) != 0 && Holds(pattern, position) && !found((int)pattern.Atom))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Segments count in order, each at the first place where it can stand: no later place fits more.</summary>
    private bool Holds(in GuardPattern pattern, int position)
    {
        if (pattern.Kind == KernelAbi.PatternSimple)
        {
            return true;
        }

        ref var sequence = ref _sequences[pattern.Sequence];
        if (sequence.Seen != pattern.Segment || position - pattern.Length < sequence.End)
        {
            return false;
        }

        sequence = (sequence.Seen + 1, position);
        return pattern.Segment == pattern.LastSegment;
    }
}
