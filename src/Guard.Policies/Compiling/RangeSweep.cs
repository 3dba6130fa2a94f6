using System.Collections.Immutable;
using System.Numerics;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling;

/// <summary>Ranges of atoms to elementary ranges: between two borders nothing changes.</summary>
/// <typeparam name="T">The numbers; 0 is the least.</typeparam>
internal sealed class RangeSweep<T>
    where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
{
    private readonly NormalisedPolicy _policy;
    private readonly BudgetFindings _findings;
    private readonly SortedDictionary<T, List<int>> _changes = new() { [T.Zero] = [] };

    public RangeSweep(NormalisedPolicy policy, BudgetFindings findings) => (_policy, _findings) = (policy, findings);

    /// <summary>Places where something begins or ends; 0 is always one.</summary>
    public int Borders => _changes.Count;

    /// <summary>The atom holds in these.</summary>
    public void Add(int atom, IEnumerable<(T From, T To)> ranges)
    {
        foreach (var (from, to) in ranges)
        {
            Change(from, atom);
            if (to < T.MaxValue)
            {
                Change(to + T.One, atom);
            }
        }
    }

    /// <summary>Ascending from 0; empty when nothing holds anywhere.</summary>
    /// <param name="lists">Takes which atoms hold.</param>
    /// <param name="what">What one of them is called in a finding.</param>
    public ImmutableArray<(T From, int List)> Run(ListPool lists, string what)
    {
        if (_changes.Count == 1 && _changes[T.Zero].Count == 0)
        {
            return [];
        }

        var holding = new SortedSet<int>();
        var ranges = ImmutableArray.CreateBuilder<(T, int)>(_changes.Count);
        foreach (var (from, atoms) in _changes)
        {
            foreach (var atom in atoms.Where(a => !holding.Remove(a)).ToList())
            {
                holding.Add(atom);
            }

            _findings.CheckMatches(
                _policy,
                holding,
                $"items that hold for {what} {Text(from)} alone",
                "equal items count once: use the same list of values in several rules");
            ranges.Add((from, lists.Intern([.. holding])));
        }

        return ranges.ToImmutable();
    }

    private static string Text(T value)
        => value is UInt128 address ? AddressRanges.ToAddress(address).ToString() : $"{value}";

    /// <summary>An atom that changes twice at one place does not change.</summary>
    private void Change(T at, int atom)
    {
        if (!_changes.TryGetValue(at, out var list))
        {
            _changes.Add(at, list = []);
        }

        if (!list.Remove(atom))
        {
            list.Add(atom);
        }
    }
}
