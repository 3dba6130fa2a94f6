using System.Collections.Immutable;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;

namespace Guard.Policies.Normalising;

/// <summary>A rule as it was written and as it is meant; what the checks look at.</summary>
internal sealed record RulePair(RuleNode Written, NormalisedRule Meant);

/// <summary>All rules to one policy.</summary>
/// <param name="Policy">What the bundle means, the engine's own rules included.</param>
/// <param name="Pairs">The operator's rules.</param>
/// <param name="Meanings">Element n: what atom n says apart from its roles; equal numbers say the same.</param>
internal sealed record Normalisation(
    NormalisedPolicy Policy, ImmutableArray<RulePair> Pairs, ImmutableArray<int> Meanings)
{
    public static Normalisation Run(ImmutableArray<RuleNode> rules, CompilerOptions options, DiagnosticBag bag)
    {
        var atoms = new AtomTable();
        var pairs = ImmutableArray.CreateBuilder<RulePair>(rules.Length);
        foreach (var rule in rules)
        {
            if (RuleNormaliser.Normalise(rule, atoms, bag) is { } meant)
            {
                pairs.Add(new RulePair(rule, meant));
            }
        }

        var builtIn = options.IncludeSelfTest ? SelfTestRules.Build(atoms) : [];
        var policy = new NormalisedPolicy(atoms.Atoms, [.. pairs.Select(p => p.Meant), .. builtIn]);
        return new Normalisation(policy, pairs.ToImmutable(), atoms.Meanings);
    }
}
