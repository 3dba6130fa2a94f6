using System.Collections.Immutable;
using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling;

/// <summary>
/// Chooses for a rule a set of atoms of which at least one must hold for the condition to be true. Only rules that
/// such an atom triggers are evaluated, so the cost of a decision follows what matched, not what is loaded. A rule
/// without a set is evaluated always.
/// </summary>
internal sealed class TriggerChooser
{
    private const int WorstRank = 10;

    private readonly NormalisedPolicy _policy;
    private readonly int[,] _usage;
    private readonly bool[] _matchesAll;

    public TriggerChooser(NormalisedPolicy policy)
    {
        _policy = policy;
        _usage = new int[policy.Atoms.Length, KernelAbi.Categories];
        _matchesAll = [.. policy.Atoms.Select(MatchesAll)];
        foreach (var rule in policy.Rules)
        {
            var seen = new HashSet<int>();
            CollectAtoms(rule.Condition, seen);
            foreach (var atom in seen.Where(a => !IsOfRenamed(policy.Atoms[a])))
            {
                _usage[atom, (int)rule.Category]++;
                if (MappedPrograms.AreMeantBy(rule, policy.Atoms))
                {
                    _usage[atom, (int)RuleCategory.MappedProgram]++;
                }
            }
        }
    }

    /// <summary>
    /// The triggers of a rule in a category, ascending; null when it must be evaluated always; empty when never. Among
    /// programs that are mapped only items over Image and digests are triggers: a file that no rule names must cost nothing.
    /// </summary>
    public ImmutableSortedSet<int>? Choose(NormalisedRule rule, RuleCategory category)
        => SetOf(rule.Condition, false, (int)category)?.Atoms;

    /// <summary>All atoms of a condition.</summary>
    public static void CollectAtoms(ConditionNode node, HashSet<int> atoms)
    {
        switch (node)
        {
            case AtomNode atom:
                atoms.Add(atom.Atom);
                break;
            case NotNode not:
                CollectAtoms(not.Operand, atoms);
                break;
            case AndNode and:
                CollectAll(and.Operands, atoms);
                break;
            case OrNode or:
                CollectAll(or.Operands, atoms);
                break;
        }
    }

    private static void CollectAll(ImmutableArray<ConditionNode> operands, HashSet<int> atoms)
    {
        foreach (var operand in operands)
        {
            CollectAtoms(operand, atoms);
        }
    }

    /// <summary>
    /// It holds for a directory that is renamed: rare enough for any number of rules, and no bundle is refused for how many files it
    /// names below one. Where more can be asked than one decision evaluates, what those say that were asked first stands, and
    /// otherwise the failure mode decides.
    /// </summary>
    public static bool IsOfRenamed(NormalisedAtom atom) => atom is TextAtom { IsOfRenamed: true };

    private static bool MatchesAll(NormalisedAtom atom)
        => atom switch
        {
            TextAtom text => text.Patterns.Any(IsAny),
            EventTextAtom text => text.Patterns.Any(IsAny),
            EventKeywordAtom text => text.Patterns.Any(IsAny),
            _ => false,
        };

    private static bool IsAny(TextPattern pattern) => pattern.Elements is [AnyRunElement];

    /// <summary>The set for the node, or for its negation: that is negation normal form without building it.</summary>
    private Candidate? SetOf(ConditionNode node, bool negated, int category) => node switch
    {
        AtomNode atom => negated ? null : Single(atom.Atom, category),
        NotNode not => SetOf(not.Operand, !negated, category),
        ConstantNode constant => constant.Value == negated ? Candidate.Never : null,
        AndNode and => negated ? Union(and.Operands, true, category) : Best(and.Operands, false, category),
        OrNode or => negated ? Best(or.Operands, true, category) : Union(or.Operands, false, category),
        _ => throw new InvalidOperationException($"Unknown condition {node}."),
    };

    private Candidate? Best(ImmutableArray<ConditionNode> operands, bool negated, int category)
    {
        Candidate? best = null;
        foreach (var operand in operands)
        {
            var candidate = SetOf(operand, negated, category);
            if (candidate is not null && (best is null || candidate.CompareTo(best) < 0))
            {
                best = candidate;
            }
        }

        return best;
    }

    private Candidate? Union(ImmutableArray<ConditionNode> operands, bool negated, int category)
    {
        var union = Candidate.Never;
        foreach (var operand in operands)
        {
            var candidate = SetOf(operand, negated, category);
            if (candidate is null)
            {
                return null;
            }

            union = union.With(candidate);
        }

        return union;
    }

    private Candidate? Single(int atom, int category)
    {
        var field = _policy.Atoms[atom].Field;
        return category == (int)RuleCategory.MappedProgram && !MappedPrograms.IsOfFile(field)
            ? null
            : new Candidate([atom], _matchesAll[atom] ? WorstRank : RankOf(field, category), _usage[atom, category]);
    }

    /// <summary>
    /// How often atoms of a field hold. An open looks for its target and its cgroup before it asks who opens, and asks no
    /// further when none of them holds: such a trigger is better than any other. So it is with what is kept of a process, for
    /// what it does with sockets and operations.
    /// </summary>
    private static int RankOf(PolicyField field, int category)
    {
        if (category == (int)RuleCategory.FileAccess)
        {
            return field switch
            {
                PolicyField.TargetFilename => 0,
                PolicyField.CgroupPath => 1,
                _ => 2 + RankOf(field),
            };
        }

        return category is (int)RuleCategory.NetworkConnection or (int)RuleCategory.Operation && !CategoryTables.IsKeptWithProcess(field)
            ? 2 + RankOf(field)
            : RankOf(field);
    }

    private static int RankOf(PolicyField field) => field switch
    {
        PolicyField.TargetFilename or PolicyField.CommandLine or PolicyField.ImageLoaded or PolicyField.Digest => 0,
        PolicyField.Image or PolicyField.ImageInvoked or PolicyField.Event => 1,
        PolicyField.ParentImage or PolicyField.ParentCommandLine => 1,
        PolicyField.AncestorImage or PolicyField.AncestorCommandLine or PolicyField.CurrentDirectory => 2,
        PolicyField.DestinationIp or PolicyField.SourceIp => 0,
        PolicyField.DestinationPort or PolicyField.SourcePort => 1,
        PolicyField.TargetImage => 1,
        PolicyField.CgroupPath or PolicyField.FilesystemType or PolicyField.SystemOperation or PolicyField.ImageProperties => 2,
        PolicyField.Protocol or PolicyField.AddressFamily or PolicyField.Operation => 4,
        _ => 3,
    };

    /// <summary>A possible set. Smaller compares as better.</summary>
    /// <param name="Atoms">The atoms.</param>
    /// <param name="Rank">How often the worst of their fields holds.</param>
    /// <param name="Usage">How many rules speak of the most popular of them.</param>
    private sealed record Candidate(ImmutableSortedSet<int> Atoms, int Rank, int Usage)
    {
        /// <summary>An atom that so many rules speak of is a bad trigger whatever its field.</summary>
        private const int Crowd = KernelLimits.EvaluationsMax / 16;

        public static Candidate Never { get; } = new([], 0, 0);

        public Candidate With(Candidate other)
            => new(Atoms.Union(other.Atoms), Math.Max(Rank, other.Rank), Math.Max(Usage, other.Usage));

        public int CompareTo(Candidate other)
        {
            var mine = (Usage > Crowd, Rank, Atoms.Count, Usage);
            return mine.CompareTo((other.Usage > Crowd, other.Rank, other.Atoms.Count, other.Usage));
        }
    }
}
