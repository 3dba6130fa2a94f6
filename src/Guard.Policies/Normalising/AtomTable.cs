using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Guard.Policies.Normalising;

/// <summary>Numbers atoms; equal atoms get one number, whatever the order, repetition and case of their values.</summary>
internal sealed class AtomTable
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<NormalisedAtom> _atoms = [];

    /// <summary>Atom n and the name of what it says apart from its roles: two atoms with one name differ in roles only.</summary>
    private readonly List<string> _meanings = [];

    public ImmutableArray<NormalisedAtom> Atoms => [.. _atoms];

    public ImmutableArray<string> Meanings => [.. _meanings];

    public AtomNode Add(NormalisedAtom atom)
    {
        var meaning = MeaningOf(atom);
        var key = atom is TextAtom text ? $"{(int)text.Roles}:{meaning}" : meaning;
        if (!_numbers.TryGetValue(key, out var number))
        {
            number = _atoms.Count;
            _numbers.Add(key, number);
            _atoms.Add(atom);
            _meanings.Add(meaning);
        }

        return new AtomNode(number);
    }

    private static string MeaningOf(NormalisedAtom atom) => atom switch
    {
        TextAtom text => $"{text.Field}={string.Concat(text.Patterns.Select(KeyOf).Distinct().Order(StringComparer.Ordinal))}",
        UidAtom uid => $"Uid={string.Join(',', uid.Uids)}",
        AccessAtom access => $"Access={(int)access.Kinds}",
        _ => throw new ArgumentOutOfRangeException(nameof(atom)),
    };

    /// <summary>Self-delimiting, so that no two lists of patterns have one key.</summary>
    private static string KeyOf(TextPattern pattern)
    {
        var key = new StringBuilder(pattern.CaseSensitive ? "[c" : "[i");
        foreach (var element in pattern.Elements)
        {
            switch (element)
            {
                case LiteralElement literal:
                    var text = Encoding.Latin1.GetString(literal.Bytes.AsSpan());
                    text = pattern.CaseSensitive ? text : Folded(text);
                    key.Append(CultureInfo.InvariantCulture, $"{text.Length}:{text}");
                    break;
                case AnyRunElement:
                    key.Append('*');
                    break;
                default:
                    key.Append('?');
                    break;
            }
        }

        return key.Append(']').ToString();
    }

    private static string Folded(string latin1)
        => string.Create(latin1.Length, latin1, (target, source) =>
        {
            for (var i = 0; i < target.Length; i++)
            {
                target[i] = char.IsAsciiLetterUpper(source[i]) ? (char)(source[i] + 32) : source[i];
            }
        });
}
