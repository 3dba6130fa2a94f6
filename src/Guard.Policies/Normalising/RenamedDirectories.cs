using System.Collections.Immutable;
using Guard.Policies.Image;

namespace Guard.Policies.Normalising;

/// <summary>
/// Who may not write to a file may not keep it under another name: that is refused of the file's own name by what
/// <c>write</c> means, and of a directory above it here. A rule over written files gets one more alternative: a directory is
/// renamed, and for something below it the rule could hold. Which directories these are is read out of the patterns: what stands
/// before a slash in them, as far as they spell the directory's name (<c>/etc/*/key</c>: <c>/etc</c>).
/// </summary>
/// <remarks>
/// What a condition asks besides is asked of the directory: an exclusion holds if it holds for its path. A pattern that names
/// no directory (<c>*.key</c>) says nothing of where its files are: it excludes no directory, and means none by itself; nor does a long list.
/// </remarks>
internal sealed class RenamedDirectories
{
    /// <summary>
    /// So many directories of a rule, those with the shortest names first, are atoms of their own: many rules share them, and one of
    /// them holds once however many do. More are lists.
    /// </summary>
    private const int SharedMost = 16;

    /// <summary>So many of one item; where a bundle has many atoms already, only the first.</summary>
    private const int SharedOfItem = 8;

    /// <summary>
    /// More values are a long list, which means its names and nothing besides (<see cref="Compiling.PatternLowering.SetFrom"/>); no list
    /// of directories gets longer.
    /// </summary>
    private const int ShortMost = Compiling.PatternLowering.SetFrom;

    private const AccessKinds Asked = AccessKinds.Write | AccessKinds.Rename;

    private readonly AtomTable _atoms;
    private readonly ConditionBuilder _build;
    private readonly Func<NormalisedAtom, AtomNode> _add;
    private readonly List<NormalisedAtom> _asked = [];
    private int _shared;

    private RenamedDirectories(AtomTable atoms, ConditionBuilder build, Func<NormalisedAtom, AtomNode> add)
    {
        _atoms = atoms;
        _build = build;
        _add = add;
    }

    /// <summary>The condition, or one with the alternative.</summary>
    /// <param name="condition">Of a rule of file_access.</param>
    /// <param name="identity">The rule's, for where the alternative stands.</param>
    /// <param name="atoms">Has the condition's atoms, takes what the alternative implies.</param>
    /// <param name="build">The rule's.</param>
    /// <param name="add">Takes an atom of the alternative that stands somewhere in the rule.</param>
    public static ConditionNode AddTo(
        ConditionNode condition,
        RuleIdentity identity,
        AtomTable atoms,
        ConditionBuilder build,
        Func<NormalisedAtom, AtomNode> add)
    {
        var pass = new RenamedDirectories(atoms, build, add);
        var named = pass.Read(condition, negated: false).Named;
        if (named is ConstantNode { Value: false })
        {
            return condition;
        }

        var renamed = atoms.Add(new AccessAtom(identity.Span, AccessKinds.Rename));
        return build.Or([condition, build.And([renamed, pass.Number(named)])]);
    }

    /// <summary>
    /// Under which condition a part holds for something below the renamed directory. Atoms with negative numbers are elements of
    /// <see cref="_asked"/>: most of them are not needed in the end.
    /// </summary>
    /// <param name="Named">Because a pattern spells the directory.</param>
    /// <param name="Otherwise">Whether or not one does: nothing speaks against it.</param>
    private readonly record struct Below(ConditionNode Named, ConditionNode Otherwise)
    {
        public static Below Only(ConditionNode otherwise) => new(new ConstantNode(false), otherwise);

        public bool HasNamed => Named is not ConstantNode { Value: false };
    }

    private Below Read(ConditionNode node, bool negated) => node switch
    {
        NotNode not => Read(not.Operand, !negated),
        ConstantNode constant => Below.Only(new ConstantNode(constant.Value != negated)),
        AndNode and => negated ? Any(and.Operands, true) : All(and.Operands, false),
        OrNode or => negated ? All(or.Operands, true) : Any(or.Operands, false),
        AtomNode atom => ReadAtom(atom, negated),
        _ => throw new ArgumentOutOfRangeException(nameof(node)),
    };

    private Below Any(ImmutableArray<ConditionNode> operands, bool negated)
    {
        var parts = operands.Select(o => Read(o, negated)).ToList();
        return new Below(_build.Or(parts.Select(p => p.Named)), _build.Or(parts.Select(p => p.Otherwise)));
    }

    private Below All(ImmutableArray<ConditionNode> operands, bool negated)
    {
        var parts = operands.Select(o => Read(o, negated)).ToList();
        var otherwise = _build.And(parts.Select(p => p.Otherwise));
        var named = parts.Where(p => p.HasNamed).ToList();
        return named.Count switch
        {
            0 => Below.Only(otherwise),
            1 => new Below(_build.And([named[0].Named, .. parts.Where(p => !p.HasNamed).Select(p => p.Otherwise)]), otherwise),
            _ => new Below(
                _build.And([_build.Or(named.Select(p => p.Named)), .. parts.Select(p => _build.Or([p.Named, p.Otherwise]))]), otherwise),
        };
    }

    private Below ReadAtom(AtomNode node, bool negated)
    {
        var atom = _atoms[node.Atom];
        return atom switch
        {
            // What is asked for must have both kinds; whoever excludes one of them excludes this.
            AccessAtom access => Below.Only(new ConstantNode(negated
                ? (access.Kinds & Asked) == AccessKinds.None
                : access.Kinds.HasFlag(Asked))),
            TextAtom { Field: PolicyField.TargetFilename } text when !negated => ReadTarget(text),
            _ => Below.Only(negated ? ConditionBuilder.Not(node) : node),
        };
    }

    private Below ReadTarget(TextAtom item)
    {
        if (item.Patterns.Length > ShortMost)
        {
            return Below.Only(new ConstantNode(true));
        }

        var directories = item.Patterns.SelectMany(DirectoriesOf)
            .DistinctBy(d => AtomDigest.Of(AtomOf(item, [d])))
            .OrderBy(Depth)
            .ToList();
        var shared = Math.Min(SharedMost - _shared, _atoms.Count < KernelLimits.AtomsMax / 2 ? SharedOfItem : 1);
        var alone = directories.Take(shared).Select(d => Ask(item, [d])).ToList();
        _shared += alone.Count;
        var others = directories.Skip(shared).Chunk(ShortMost).Select(d => Ask(item, [.. d]));
        return new Below(_build.Or(alone.Concat(others)), _build.Or(OthersOf(item)));
    }

    private static int Depth(TextPattern directory) => directory.Elements.OfType<LiteralElement>().Sum(l => l.Bytes.Count(b => b == '/'));

    /// <summary>What a directory must be for the item to hold below it for another reason than that it spells the directory.</summary>
    private IEnumerable<ConditionNode> OthersOf(TextAtom item)
    {
        if (item.Expressions.Length > 0 || item.Patterns.Any(p => p.Elements is [not LiteralElement, ..]))
        {
            yield return new ConstantNode(true);
            yield break;
        }

        var within = item.Patterns.Where(p => p.Elements is [LiteralElement, _, ..]).Select(p => p with
        {
            Elements = [p.Elements[0], new AnyRunElement()],
        }).ToImmutableArray();
        if (within.Length > 0)
        {
            yield return Ask(item, within);
        }
    }

    private AtomNode Ask(TextAtom item, ImmutableArray<TextPattern> patterns)
    {
        _asked.Add(AtomOf(item, patterns));
        return new AtomNode(-_asked.Count);
    }

    private static TextAtom AtomOf(TextAtom item, ImmutableArray<TextPattern> patterns)
        => new(PolicyField.TargetFilename, item.Span, TextRoles.Object, patterns);

    /// <summary>The condition with all its atoms in the table.</summary>
    private ConditionNode Number(ConditionNode node) => node switch
    {
        AtomNode { Atom: < 0 } atom => _add(_asked[-atom.Atom - 1]),
        NotNode not => ConditionBuilder.Not(Number(not.Operand)),
        AndNode and => _build.And(and.Operands.Select(Number)),
        OrNode or => _build.Or(or.Operands.Select(Number)),
        _ => node,
    };

    /// <summary>The pattern up to each slash, but for one behind a <c>*</c>: any directory at all is in front of that.</summary>
    private static IEnumerable<TextPattern> DirectoriesOf(TextPattern pattern)
    {
        for (var i = 0; i < pattern.Elements.Length; i++)
        {
            if (pattern.Elements[i] is not LiteralElement { Bytes: var bytes })
            {
                continue;
            }

            var before = pattern.Elements[..i];
            for (var end = 0; end < bytes.Length; end++)
            {
                if (bytes[end] == '/' && (end > 0 ? bytes[end - 1] != '/' : before is [.., AnyCharacterElement]))
                {
                    yield return pattern with { Elements = end > 0 ? before.Add(new LiteralElement(bytes[..end])) : before };
                }
            }
        }
    }
}
