namespace Guard.Policies.Image;

/// <summary>One automaton: every transition leads to one of its rows and says the truth about it.</summary>
internal readonly ref struct AutomatonCheck(ImageView view, GuardAutomaton automaton, int number)
{
    private const int ClassTableBytes = 256 * sizeof(ushort);

    private readonly string _what = $"automaton {number}";

    private uint Stride => (automaton.ClassCount + 2) * 4;

    public void Run()
    {
        if (automaton.ClassesOff == 0)
        {
            return;
        }

        ImageReader.Require(automaton.ClassCount is > 0 and <= KernelLimits.ClassesMax, $"{_what} has too many classes");
        ImageReader.Require(automaton.StateCount > 0, $"{_what} has no states");
        ImageReader.CheckRange(view.Header, automaton.ClassesOff, ClassTableBytes, 1, _what);
        ImageReader.CheckRange(view.Header, automaton.RowsOff, automaton.StateCount, Stride, _what);
        ImageReader.Require(automaton.RowsBytes == (ulong)automaton.StateCount * Stride, $"{_what} has rows of another size");
        CheckClasses();
        CheckRow(automaton.AnchoredRow);
        CheckRow(automaton.FloatingRow);
        ImageReader.CheckList(view, automaton.StartList, view.Header.PatternCount, _what);
        CheckRows();
    }

    private void CheckClasses()
    {
        var classes = view.Classes(automaton);
        ImageReader.Require(classes[0] == 0, $"{_what} has NUL in another class than 0");
        for (var value = 1; value < classes.Length; value++)
        {
            var inside = classes[value] % 4 == 0 && classes[value] / 4 < automaton.ClassCount && classes[value] > 0;
            ImageReader.Require(inside, $"{_what} has a byte of an unknown class");
        }
    }

    private void CheckRow(uint row)
        => ImageReader.Require(
            row >= automaton.RowsOff
                && row - automaton.RowsOff < automaton.RowsBytes
                && (row - automaton.RowsOff) % Stride == 0,
            $"{_what} leads to no row");

    private void CheckRows()
    {
        var width = automaton.ClassCount * 4;
        var checkedLists = new HashSet<uint>();
        for (var row = automaton.RowsOff; row < automaton.RowsOff + automaton.RowsBytes; row += Stride)
        {
            CheckListOnce(view.Word(row + width), checkedLists);
            CheckListOnce(view.Word(row + width + 4), checkedLists);
        }

        for (var row = automaton.RowsOff; row < automaton.RowsOff + automaton.RowsBytes; row += Stride)
        {
            for (uint c = 0; c < width; c += 4)
            {
                CheckTransition(row, view.Word(row + c), c == 0, width);
            }
        }
    }

    private void CheckListOnce(uint list, HashSet<uint> checkedLists)
    {
        if (!checkedLists.Add(list))
        {
            return;
        }

        ImageReader.CheckList(view, list, view.Header.PatternCount, _what);
        if (number >= 2 * view.Header.TextCount)
        {
            CheckSimple(list);
        }
    }

    /// <summary>A confirmation that asked for another would never end, and it has no memory for sequences.</summary>
    private void CheckSimple(uint list)
    {
        foreach (var pattern in view.List(list))
        {
            var simple = view.Patterns[(int)pattern].Kind == KernelAbi.PatternSimple;
            ImageReader.Require(simple, $"{_what}, a confirmation, names a pattern that is not simple");
        }
    }

    private void CheckTransition(uint row, uint transition, bool nul, uint width)
    {
        var target = transition & KernelLimits.ImageMask;
        CheckRow(target);
        var flags = (view.Word(target + width) != 0 ? KernelAbi.TransitionOutput : 0)
            | (view.Word(target + width + 4) != 0 ? KernelAbi.TransitionEnd : 0);
        var wanted = nul ? row | (flags & KernelAbi.TransitionEnd) : target | flags;
        ImageReader.Require(transition == wanted, $"{_what} has a transition that says the wrong thing about its row");
    }
}
