using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling;

/// <summary>
/// Normalised policy to image: the back end of the compiler, one pass after the other. Pure and deterministic: the
/// same policy gives the same bytes.
/// </summary>
public static class ImageCompiler
{
    /// <summary>Compiles a policy.</summary>
    /// <param name="policy">What the front end found no fault with.</param>
    /// <param name="secret">See <see cref="CompilerOptions.Secret"/>; may be empty.</param>
    /// <returns>The image, or an error for every bound that the policy exceeds.</returns>
    public static ImageCompilation Compile(NormalisedPolicy policy, ReadOnlySpan<byte> secret = default)
    {
        ArgumentNullException.ThrowIfNull(policy);
        var findings = new BudgetFindings();
        CheckCounts(policy, findings);
        if (findings.Any)
        {
            return new ImageCompilation(null, findings.ToImmutable());
        }

        var tables = BuildTables(policy, findings);
        if (!findings.Any && ImageWriter.Write(policy, tables, findings) is { } image)
        {
            return Keyed(policy, tables, image, secret);
        }

        return new ImageCompilation(null, findings.ToImmutable());
    }

    /// <summary>The same image with the secret in the key of its sets; its name stays that of the image without.</summary>
    private static ImageCompilation Keyed(NormalisedPolicy policy, ImageTables tables, PolicyImage plain, ReadOnlySpan<byte> secret)
    {
        if (secret.IsEmpty || tables.Sets.Sets.All(set => set is null))
        {
            return new ImageCompilation(plain, []);
        }

        var findings = new BudgetFindings();
        var sets = TextSets.Build(tables.Lowered, tables.Lists, findings, secret);
        return ImageWriter.Write(policy, tables with { Sets = sets }, findings) is { } image
            ? new ImageCompilation(image.Named(plain.PolicyHash), [])
            : new ImageCompilation(null, findings.ToImmutable());
    }

    private static ImageTables BuildTables(NormalisedPolicy policy, BudgetFindings findings)
    {
        var lists = new ListPool();
        var patterns = PatternLowering.Run(policy, findings);
        var automata = TextAutomata.Build(patterns, lists, findings);
        CheckAlways(policy, patterns, findings);
        return new ImageTables(
            lists,
            patterns,
            automata,
            TextSets.Build(patterns, lists, findings),
            NumberTables.Build(policy, lists, findings),
            AddressTables.Build(policy, lists, findings),
            KindTables.OfAccess(policy, lists, findings),
            KindTables.OfProperties(policy, lists, findings),
            CategoryTables.Build(policy, lists, findings),
            [.. patterns.Named.Select(n => (n.Key, lists.Intern([.. n.Value])))],
            [.. policy.Rules.Select(rule => RuleProgram.Build(policy, rule, findings))]);
    }

    private static void CheckCounts(NormalisedPolicy policy, BudgetFindings findings)
    {
        if (policy.Atoms.Length > KernelLimits.AtomsMax)
        {
            findings.Check(
                BudgetFindings.Atoms,
                policy.Atoms[KernelLimits.AtomsMax].Span,
                policy.Atoms.Length,
                KernelLimits.AtomsMax,
                "GUARD_ATOMS_MAX",
                "selection items in the policy",
                "equal items count once; put alternatives of one field into one list of values");
        }

        if (policy.Rules.Length > KernelLimits.RulesMax)
        {
            findings.Check(
                BudgetFindings.Rules,
                policy.Rules[KernelLimits.RulesMax].Identity.Span,
                policy.Rules.Length,
                KernelLimits.RulesMax,
                "GUARD_RULES_MAX",
                "rules in the policy",
                "merge rules that differ in their values only");
        }
    }

    /// <summary>Items that hold for every path would make every decision fail.</summary>
    private static void CheckAlways(NormalisedPolicy policy, LoweredPatterns patterns, BudgetFindings findings)
    {
        foreach (var text in patterns.Texts.Take(KernelAbi.Texts))
        {
            var always = text.Always.Select(p => patterns.Table[p]).ToList();
            findings.Check(
                BudgetFindings.Candidates,
                BudgetFindings.Bundle,
                always.Count(p => p.Kind == KernelAbi.PatternCandidate),
                KernelLimits.CandidatesMax,
                "GUARD_CANDIDATES_MAX",
                "expressions and wildcards without a literal text, over one kind of text",
                "give them a literal text of two characters or more");
            var atoms = always.Where(p => p.Kind == KernelAbi.PatternSimple).Select(p => (int)p.Atom).Distinct().ToList();
            findings.CheckMatches(policy, atoms, "items that hold for every path", "leave out items that are only `*`");
        }
    }
}
