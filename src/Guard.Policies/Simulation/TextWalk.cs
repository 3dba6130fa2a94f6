using Guard.Policies.Image;

namespace Guard.Policies.Simulation;

/// <summary>
/// Reads a text by everything that speaks of it, as bpf/lsm/text.h does. The order of what is found: automaton 2t, then
/// 2t+1, in each the start list and the list of the first row, then per byte the list of the row that the byte leads to, then the end list of the last
/// row; then the set; then the confirmations that were asked for, in that order; lists in their own order.
/// </summary>
internal sealed class TextWalk(ImageView image)
{
    private readonly (int Seen, int End)[] _sequences = new (int, int)[KernelLimits.SequencesMax];
    private readonly List<uint> _candidates = [];
    private readonly HashSet<uint> _asked = [];
    private ushort _roles;
    private Action<int, ushort> _found = (_, _) => { };

    /// <summary>Most confirmations of one text; offline there is no bound.</summary>
    public int CandidatesMax { get; init; } = KernelLimits.CandidatesMax;

    /// <summary>Finds atoms, each with the roles of the pattern that found it.</summary>
    /// <returns>False when more confirmations were asked for than one walk may run.</returns>
    public bool Run(int textNumber, RequestText text, ushort roles, Action<int, ushort> found)
    {
        if (text.State == TextState.Absent)
        {
            return true;
        }

        _roles = roles;
        _found = found;
        _candidates.Clear();
        _asked.Clear();
        RunOne(2 * textNumber, text);
        RunOne((2 * textNumber) + 1, text);
        if (text.State == TextState.Complete)
        {
            ReadSet(textNumber, text.Bytes.Span);
        }

        foreach (var number in _candidates)
        {
            RunOne((int)number, text);
        }

        return _asked.Count <= CandidatesMax;
    }

    private void RunOne(int number, RequestText text)
    {
        ref readonly var automaton = ref image.Automata[number];
        if (automaton.ClassesOff == 0)
        {
            return;
        }

        Array.Clear(_sequences);
        var classes = image.Classes(automaton);
        var width = automaton.ClassCount * 4;
        var state = text.State == TextState.TruncatedFront ? automaton.FloatingRow : automaton.AnchoredRow;
        Report(automaton.StartList, 0);
        Report(image.Word(state + width), 0);
        var position = 0;
        foreach (var value in text.Bytes.Span)
        {
            state = image.Word((state & KernelLimits.ImageMask) + classes[value]);
            position++;
            if ((state & KernelAbi.TransitionOutput) != 0)
            {
                Report(image.Word((state & KernelLimits.ImageMask) + width), position);
            }
        }

        if (text.State != TextState.TruncatedEnd)
        {
            Report(image.Word((state & KernelLimits.ImageMask) + width + 4), position);
        }
    }

    private void ReadSet(int textNumber, ReadOnlySpan<byte> text)
    {
        ref readonly var set = ref image.Sets[textNumber];
        if (set.BucketsOff == 0)
        {
            return;
        }

        var buckets = image.Buckets(set);
        var (first, second) = SetHash.Of(text, image.Header.SetKey[0], image.Header.SetKey[1]);
        for (uint i = 0; i < KernelLimits.SetProbesMax; i++)
        {
            ref readonly var entry = ref buckets[(int)(((uint)first + i) & (set.BucketCount - 1))];
            if (entry.List == 0)
            {
                return;
            }

            if (entry.Hash[0] == first && entry.Hash[1] == second && entry.Length == text.Length)
            {
                Report(entry.List, text.Length);
                return;
            }
        }
    }

    private void Report(uint list, int position)
    {
        foreach (var number in image.List(list))
        {
            ref readonly var pattern = ref image.Patterns[(int)number];
            if ((pattern.Roles & _roles) == 0)
            {
                continue;
            }

            if (pattern.Kind == KernelAbi.PatternCandidate)
            {
                Ask(pattern.Atom);
            }
            else if (Holds(pattern, position))
            {
                _found((int)pattern.Atom, pattern.Roles);
            }
        }
    }

    private void Ask(uint automaton)
    {
        if (_asked.Add(automaton) && _candidates.Count < CandidatesMax)
        {
            _candidates.Add(automaton);
        }
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

        if (pattern.Segment == pattern.LastSegment)
        {
            return true;
        }

        sequence = (sequence.Seen + 1, position);
        return false;
    }
}
