using System.Collections.Immutable;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;

namespace Guard.Policies.Checking;

/// <summary>Blocking rules with an exception for what a command line contains: whoever starts the program writes it.</summary>
internal sealed class CommandLineExclusionCheck
{
    private readonly ImmutableArray<NormalisedAtom> _atoms;

    private CommandLineExclusionCheck(ImmutableArray<NormalisedAtom> atoms) => _atoms = atoms;

    public static void Run(Normalisation normalisation, DiagnosticBag bag)
    {
        var check = new CommandLineExclusionCheck(normalisation.Policy.Atoms);
        foreach (var (written, meant) in normalisation.Pairs.Where(p => p.Meant.Action == RuleAction.Block))
        {
            if (check.FindExcluded(meant.Condition, negated: false) is { } atom)
            {
                var title = TerminalText.Quote(meant.Identity.Title);
                var message = $"the rule {title} makes an exception for a command line (item in {meant.PlaceOf(atom)}), which an attacker can write";
                bag.Report(DiagnosticCatalogue.CommandLineExclusion, written.Detection.Condition.Span, message);
            }
        }
    }

    private int? FindExcluded(ConditionNode node, bool negated) => node switch
    {
        NotNode not => FindExcluded(not.Operand, !negated),
        AndNode and => FindExcluded(and.Operands, negated),
        OrNode or => FindExcluded(or.Operands, negated),
        AtomNode atom when negated && IsCommandLine(_atoms[atom.Atom]) => atom.Atom,
        _ => null,
    };

    private int? FindExcluded(ImmutableArray<ConditionNode> operands, bool negated)
        => operands.Select(o => FindExcluded(o, negated)).FirstOrDefault(a => a is not null);

    private static bool IsCommandLine(NormalisedAtom atom) => atom switch
    {
        TextAtom text => text.Field
            is PolicyField.CommandLine or PolicyField.ParentCommandLine or PolicyField.AncestorCommandLine,
        EventTextAtom text => text.Names.Any(n => n is "CommandLine" or "ParentCommandLine"),
        _ => false,
    };
}
