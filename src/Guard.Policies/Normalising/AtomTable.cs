using System.Collections.Immutable;

namespace Guard.Policies.Normalising;

/// <summary>Numbers atoms; equal atoms get one number, whatever the order, repetition and case of their values.</summary>
internal sealed class AtomTable
{
    private readonly Dictionary<(AtomDigest Meaning, string Roles), int> _numbers = [];
    private readonly Dictionary<AtomDigest, int> _meaningNumbers = [];
    private readonly List<NormalisedAtom> _atoms = [];
    private readonly List<int> _meanings = [];

    public ImmutableArray<NormalisedAtom> Atoms => [.. _atoms];

    /// <summary>Element n: what atom n says apart from its roles, as a number: two atoms with one number differ in roles only.</summary>
    public ImmutableArray<int> Meanings => [.. _meanings];

    public int Count => _atoms.Count;

    public NormalisedAtom this[int number] => _atoms[number];

    public AtomNode Add(NormalisedAtom atom)
    {
        var meaning = AtomDigest.Of(atom);
        if (!_numbers.TryGetValue((meaning, RolesOf(atom)), out var number))
        {
            number = _atoms.Count;
            _numbers.Add((meaning, RolesOf(atom)), number);
            _atoms.Add(atom);
            _meaningNumbers.TryAdd(meaning, _meaningNumbers.Count);
            _meanings.Add(_meaningNumbers[meaning]);
        }

        return new AtomNode(number);
    }

    private static string RolesOf(NormalisedAtom atom) => atom switch
    {
        TextAtom text => text.Roles.ToString(),
        EventTextAtom text => string.Join('\0', text.Names),
        _ => string.Empty,
    };
}
