namespace Guard.Policies.Compiling.General;

/// <summary>Characters that no set of an expression tells apart, as classes. Class 0 is NUL alone.</summary>
internal sealed class RuneClasses
{
    private readonly int[] _starts;
    private readonly int[] _classOf;
    private readonly List<int> _representatives = [];
    private readonly Dictionary<RuneSet, int[]> _classesOf = [];

    public RuneClasses(IEnumerable<RuneSet> sets)
    {
        var distinct = sets.Append(RuneSet.Of(0, 0)).Append(RuneSet.Of(RuneSet.Invalid, RuneSet.Invalid)).Distinct().ToList();
        _starts = [.. distinct.SelectMany(s => s.Ranges).SelectMany(r => new[] { r.From, r.To + 1 })
            .Append(0).Where(s => s <= RuneSet.Invalid).Distinct().Order()];
        _classOf = new int[_starts.Length];
        foreach (var set in distinct)
        {
            Refine(set);
        }

        for (var i = 0; i < _starts.Length; i++)
        {
            if (_classOf[i] == _representatives.Count)
            {
                _representatives.Add(_starts[i]);
            }
        }
    }

    public int Count => _representatives.Count;

    /// <summary>The class of bytes that are no character.</summary>
    public int Invalid => _classOf[^1];

    /// <summary>Characters in ascending order: where each run of one class starts. A run ends where the next starts.</summary>
    public IEnumerable<(int From, int To, int Class)> Runs()
    {
        for (var i = 0; i < _starts.Length; i++)
        {
            yield return (_starts[i], i + 1 < _starts.Length ? _starts[i + 1] - 1 : RuneSet.Invalid, _classOf[i]);
        }
    }

    /// <summary>The classes of a set that is made of sets given at the beginning.</summary>
    public int[] Of(RuneSet set)
    {
        if (!_classesOf.TryGetValue(set, out var classes))
        {
            classes = [.. Enumerable.Range(0, Count).Where(c => set.Contains(_representatives[c]))];
            _classesOf.Add(set, classes);
        }

        return classes;
    }

    /// <summary>Numbers follow the first character of each class.</summary>
    private void Refine(RuneSet set)
    {
        var numbers = new Dictionary<(int Old, bool In), int>();
        for (var i = 0; i < _starts.Length; i++)
        {
            var key = (_classOf[i], set.Contains(_starts[i]));
            if (!numbers.TryGetValue(key, out var number))
            {
                numbers.Add(key, number = numbers.Count);
            }

            _classOf[i] = number;
        }
    }
}
