using Guard.Policies.Image;

namespace Guard.Policies.Simulation;

/// <summary>Atoms as they are kept with a process: a list of bounded length, without repetition.</summary>
internal sealed class KeptAtoms
{
    private readonly List<HeldAtom> _atoms = [];

    /// <summary>In the order in which they were found.</summary>
    public IReadOnlyList<HeldAtom> Atoms => _atoms;

    /// <summary>Whether an atom found no room.</summary>
    public bool Overflowed { get; private set; }

    public void Add(int atom, HoldCause cause)
    {
        if (_atoms.Exists(a => a.Atom == atom))
        {
            return;
        }

        if (_atoms.Count == KernelLimits.SubjectAtomsMax)
        {
            Overflowed = true;
            return;
        }

        _atoms.Add(new HeldAtom(atom, cause));
    }
}
