using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling;

/// <summary>Which rules of one category are evaluated when; lists are numbers in the pool.</summary>
/// <param name="RuleCount">Rules of the category.</param>
/// <param name="UserRules">The same without the engine's own.</param>
/// <param name="BlockCount">Those of UserRules that refuse.</param>
/// <param name="Always">Evaluated whatever matched.</param>
/// <param name="Unknown">Evaluated when a field is incomplete.</param>
/// <param name="SubjectTriggers">Some rule is triggered by what the process is alone.</param>
/// <param name="TargetDecides">
/// DecidesTarget: a target for which no atom holds is allowed whatever else is known or unknown. DecidesPlace: so is one
/// in a cgroup for which none holds either. DecidesSubject: what a process does for which no atom holds is allowed.
/// </param>
/// <param name="Fields">Bit f: some rule speaks of field f.</param>
/// <param name="Triggers">By atom: the rules that it triggers.</param>
internal sealed record CategoryTables(
    int RuleCount,
    int UserRules,
    int BlockCount,
    int Always,
    int Unknown,
    bool SubjectTriggers,
    uint TargetDecides,
    uint Fields,
    int[] Triggers)
{
    /// <summary>Whether atoms of the field are kept with each process (struct guard_subject).</summary>
    public static bool IsKeptWithProcess(PolicyField field) => field is PolicyField.Image or PolicyField.ImageInvoked or PolicyField.CommandLine
        or PolicyField.ParentImage or PolicyField.ParentCommandLine or PolicyField.AncestorImage or PolicyField.AncestorCommandLine;

    public static CategoryTables[] Build(NormalisedPolicy policy, ListPool lists, BudgetFindings findings)
    {
        var chooser = new TriggerChooser(policy);
        var tables = new CategoryTables[KernelAbi.Categories];
        for (var category = 0; category < tables.Length; category++)
        {
            tables[category] = BuildOne(policy, (RuleCategory)category, chooser, lists, findings);
        }

        return tables;
    }

    private static CategoryTables BuildOne(
        NormalisedPolicy policy,
        RuleCategory category,
        TriggerChooser chooser,
        ListPool lists,
        BudgetFindings findings)
    {
        var rules = Enumerable.Range(0, policy.Rules.Length).Where(r => MappedPrograms.IsAsked(policy.Rules[r], category, policy.Atoms)).ToArray();
        var sets = rules.ToDictionary(r => r, r => chooser.Choose(policy.Rules[r], category));
        var triggered = new List<int>?[policy.Atoms.Length];
        foreach (var rule in rules)
        {
            foreach (var atom in sets[rule] ?? [])
            {
                (triggered[atom] ??= []).Add(rule);
            }
        }

        var always = rules.Where(r => sets[r] is null).ToArray();
        // Those of the always list are evaluated already.
        var unknown = rules.Where(r => policy.Rules[r].OnUnknown == OnUnknown.Deny && sets[r] is not null).ToArray();
        if (category != RuleCategory.Event)
        {
            CheckEvaluations(policy, always, unknown, triggered, findings);
        }

        return new CategoryTables(
            rules.Length,
            rules.Count(r => !policy.Rules[r].Identity.BuiltIn),
            rules.Count(r => !policy.Rules[r].Identity.BuiltIn && policy.Rules[r].Action == RuleAction.Block),
            lists.Intern(always),
            lists.Intern(unknown),
            Enumerable.Range(0, triggered.Length).Any(
                a => triggered[a] is not null && policy.Atoms[a].Field != PolicyField.Access && policy.Atoms[a].Field != TargetOf(category)),
            rules.Length == 0 || always.Length > 0 ? 0 : WhatDecides(policy, category, triggered),
            FieldsOf(policy, rules),
            [.. triggered.Select((t, a) => t is null ? 0 : lists.Intern(ListOf(policy, a, t)))]);
    }

    /// <summary>
    /// The rules that an atom triggers. Of those about what is below a renamed directory, no more than a decision notices: those that
    /// refuse first.
    /// </summary>
    private static int[] ListOf(NormalisedPolicy policy, int atom, List<int> rules)
        => !TriggerChooser.IsOfRenamed(policy.Atoms[atom]) || rules.Count <= KernelLimits.EvaluationsMax ? [.. rules]
            : [.. rules.OrderByDescending(r => policy.Rules[r].Action == RuleAction.Block).Take(KernelLimits.EvaluationsMax + 1).Order()];

    private static uint WhatDecides(NormalisedPolicy policy, RuleCategory category, List<int>?[] triggered)
    {
        var fields = policy.Atoms.Where((_, a) => triggered[a] is not null).Select(a => a.Field).ToHashSet();
        return fields.All(f => f == TargetOf(category)) ? KernelAbi.DecidesTarget
            : category == RuleCategory.FileAccess && fields.IsSubsetOf([PolicyField.TargetFilename, PolicyField.CgroupPath])
                ? KernelAbi.DecidesPlace
            : category is RuleCategory.NetworkConnection or RuleCategory.Operation && fields.All(IsKeptWithProcess)
                ? KernelAbi.DecidesSubject : 0;
    }

    private static uint FieldsOf(NormalisedPolicy policy, int[] rules)
    {
        var atoms = new HashSet<int>();
        foreach (var rule in rules)
        {
            TriggerChooser.CollectAtoms(policy.Rules[rule].Condition, atoms);
        }

        return atoms.Aggregate(0u, (fields, atom) => fields | 1u << (int)policy.Atoms[atom].Field);
    }

    /// <summary>The field that is what an operation of the category acts on; null when that is no file.</summary>
    private static PolicyField? TargetOf(RuleCategory category) => category switch
    {
        RuleCategory.FileAccess => PolicyField.TargetFilename,
        RuleCategory.ImageLoad => PolicyField.ImageLoaded,
        RuleCategory.MappedProgram => PolicyField.Image,
        _ => null,
    };

    /// <summary>More rules than one decision evaluates would make that decision fail every time.</summary>
    private static void CheckEvaluations(
        NormalisedPolicy policy, int[] always, int[] unknown, List<int>?[] triggered, BudgetFindings findings)
    {
        var fits = CheckRules(
            policy,
            always,
            "rules that every decision evaluates",
            "give the rules an item that must hold, such as TargetFilename or Image; `not` alone is none",
            findings);
        _ = fits && CheckRules(
            policy,
            [.. always, .. unknown],
            "rules that a decision with an incomplete field evaluates",
            "let fewer rules decide by `on_unknown: deny`, which is the default of rules that block in a bundle with `failure: closed`",
            findings);
        foreach (var (atom, rules) in triggered.Index())
        {
            if (rules is not null && !TriggerChooser.IsOfRenamed(policy.Atoms[atom]))
            {
                CheckRules(
                    policy,
                    rules,
                    "rules that one and the same item triggers",
                    "merge rules that share their most selective item",
                    findings);
            }
        }
    }

    private static bool CheckRules(
        NormalisedPolicy policy, IReadOnlyList<int> rules, string what, string hint, BudgetFindings findings)
        => rules.Count <= KernelLimits.EvaluationsMax || findings.Check(
            BudgetFindings.Evaluations,
            policy.Rules[rules[KernelLimits.EvaluationsMax]].Identity.Span,
            rules.Count,
            KernelLimits.EvaluationsMax,
            "GUARD_EVALUATIONS_MAX",
            what,
            hint);
}
