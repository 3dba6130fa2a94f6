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
        if (textNumber == KernelAbi.TextCommand)
        {
            RunTogether(2 * textNumber, (2 * textNumber) + 1, text);
        }
        else
        {
            RunOne(2 * textNumber, text);
            RunOne((2 * textNumber) + 1, text);
        }

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

    /// <summary>Finds the atoms of items that name a file, whatever name it is used by.</summary>
    public void RunIdentity(FileKey? file, ushort roles, Action<int, ushort> found)
    {
        if (file is { Generation: not 0 } key)
        {
            _roles = roles;
            _found = found;
            foreach (var list in FileIdentities.Find(image, key))
            {
                Report(list, 0);
            }
        }
    }

    private void RunOne(int number, RequestText text)
    {
        Array.Clear(_sequences);
        End(number, Feed(number, Begin(number, text), text), text);
    }

    /// <summary>
    /// As stream.h does with arguments, which are not in memory all at once: what one automaton finds at the end comes
    /// after what the other finds before. (The kernel takes turns every 4,096 bytes; nothing hangs on that but which rule
    /// is named first.) Sequences are the first one's.
    /// </summary>
    private void RunTogether(int first, int second, RequestText text)
    {
        Array.Clear(_sequences);
        var states = (First: Begin(first, text), Second: Begin(second, text));
        states = (Feed(first, states.First, text), Feed(second, states.Second, text));
        End(first, states.First, text);
        End(second, states.Second, text);
    }

    /// <summary>The state before the first byte; 0 when the automaton is absent.</summary>
    private uint Begin(int number, RequestText text)
    {
        ref readonly var automaton = ref image.Automata[number];
        if (automaton.ClassesOff == 0)
        {
            return 0;
        }

        var state = text.State == TextState.TruncatedFront ? automaton.FloatingRow : automaton.AnchoredRow;
        Report(automaton.StartList, 0);
        Report(image.Word(state + (automaton.ClassCount * 4)), 0);
        return state;
    }

    private uint Feed(int number, uint state, RequestText text)
    {
        if (state == 0)
        {
            return 0;
        }

        ref readonly var automaton = ref image.Automata[number];
        var classes = image.Classes(automaton);
        var width = automaton.ClassCount * 4;
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

        return state;
    }

    private void End(int number, uint state, RequestText text)
    {
        if (state != 0 && text.State != TextState.TruncatedEnd)
        {
            var width = image.Automata[number].ClassCount * 4;
            Report(image.Word((state & KernelLimits.ImageMask) + width + 4), text.Bytes.Length);
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
