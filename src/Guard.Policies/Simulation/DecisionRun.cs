using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Simulation;

/// <summary>The state of one decision; the order of its steps is written down in <see cref="ImageSimulator"/>.</summary>
internal sealed class DecisionRun(ImageView image, DecisionRequest request)
{
    private static readonly PolicyField[] Fields = Enum.GetValues<PolicyField>();

    private readonly TextWalk _walk = new(image);
    private readonly bool[] _held = new bool[image.Header.AtomCount];
    private readonly List<HeldAtom> _order = [];
    private readonly List<RuleEvaluation> _evaluations = [];
    private readonly List<int> _rules = [];
    private readonly GuardCategory _category = image.Header.Categories[(int)request.Category];
    private uint _incomplete;
    private Verdict _verdict;
    private bool _moreRules;
    private bool _fromUnknown;
    private DecisionFailure _failure;

    public DecisionTrace Run()
    {
        MarkIncomplete();
        CollectAtoms();
        EvaluateRules();
        var decision = _failure == DecisionFailure.None || _verdict == Verdict.Block
            ? new Decision(_verdict, [.. _rules], _moreRules, _fromUnknown, _failure)
            : new Decision(Verdict.Allow, [], false, false, _failure);
        PolicyField[] incomplete = _incomplete == 0 ? [] : Array.FindAll(Fields, f => (_incomplete >> (int)f & 1) != 0);
        return new DecisionTrace(decision, [.. incomplete], [.. _order], [.. _evaluations]);
    }

    private void MarkIncomplete()
    {
        MarkUnless(request.Image, PolicyField.Image);
        MarkUnless(request.Invoked, PolicyField.ImageInvoked);
        MarkUnless(request.ParentImage, PolicyField.ParentImage);
        MarkUnless(request.ParentInvoked, PolicyField.ParentImage);
        if (request.Category == RuleCategory.FileAccess)
        {
            MarkUnless(request.Target, PolicyField.TargetFilename);
        }
    }

    private void MarkUnless(RequestText text, PolicyField field)
    {
        if (text.State != TextState.Complete)
        {
            Mark(field);
        }
    }

    private void Mark(PolicyField field) => _incomplete |= 1u << (int)field;

    private void CollectAtoms()
    {
        if (request.Category == RuleCategory.FileAccess)
        {
            CollectSubject();
        }
        else
        {
            CollectNewProgram();
        }

        CollectParent();
        if (request.Category == RuleCategory.FileAccess)
        {
            Walk(KernelAbi.TextTarget, request.Target, KernelAbi.RoleTarget, HoldCause.Target);
        }

        CollectHolders();
    }

    /// <summary>Exec: what the new program is goes straight into the decision.</summary>
    private void CollectNewProgram()
    {
        Walk(KernelAbi.TextImage, request.Image, KernelAbi.RoleImage, HoldCause.Image);
        Walk(KernelAbi.TextImage, request.Invoked, KernelAbi.RoleInvoked, HoldCause.Invoked);
    }

    private void Walk(int textNumber, RequestText text, byte role, HoldCause cause)
        => _walk.Run(textNumber, text, role, atom =>
        {
            Hold(atom, cause);
            return true;
        });

    /// <summary>Open: what the process is was kept at its exec, in a list of bounded length.</summary>
    private void CollectSubject()
    {
        var kept = new List<HeldAtom>();
        var fits = Keep(kept, request.Image, KernelAbi.RoleImage, HoldCause.Image);
        fits &= Keep(kept, request.Invoked, KernelAbi.RoleInvoked, HoldCause.Invoked);
        if (!fits)
        {
            Mark(PolicyField.Image);
            Mark(PolicyField.ImageInvoked);
        }

        kept.ForEach(k => Hold(k.Atom, k.Cause));
    }

    private void CollectParent()
    {
        var kept = new List<HeldAtom>();
        var fits = Keep(kept, request.ParentImage, KernelAbi.RoleParent, HoldCause.ParentImage);
        fits &= Keep(kept, request.ParentInvoked, KernelAbi.RoleParentInvoked, HoldCause.ParentInvoked);
        if (!fits)
        {
            Mark(PolicyField.ParentImage);
        }

        kept.ForEach(k => Hold(k.Atom, k.Cause));
    }

    /// <summary>Adds to a list as it is kept with the task; false when there was no room for an atom.</summary>
    private bool Keep(List<HeldAtom> kept, RequestText text, byte role, HoldCause cause)
        => _walk.Run(KernelAbi.TextImage, text, role, atom =>
        {
            if (kept.Exists(k => k.Atom == atom))
            {
                return true;
            }

            if (kept.Count == KernelLimits.SubjectAtomsMax)
            {
                return false;
            }

            kept.Add(new HeldAtom(atom, cause));
            return true;
        });

    private void CollectHolders()
    {
        foreach (ref readonly var uid in image.Uids)
        {
            if (uid.Uid == request.Uid)
            {
                HoldAll(uid.List, HoldCause.Uid);
            }
        }

        var access = request.Category == RuleCategory.FileAccess ? (int)request.Access : 0;
        for (var kind = 0; kind < KernelAbi.Accesses; kind++)
        {
            if ((access >> kind & 1) != 0)
            {
                HoldAll(image.Header.AccessList[kind], HoldCause.Access);
            }
        }
    }

    private void HoldAll(uint list, HoldCause cause)
    {
        foreach (var atom in image.List(list))
        {
            Hold((int)atom, cause);
        }
    }

    /// <summary>An atom without room still counts in conditions; it only triggers nothing.</summary>
    private void Hold(int atom, HoldCause cause)
    {
        if (_held[atom])
        {
            return;
        }

        _held[atom] = true;
        if (_order.Count == KernelLimits.MatchesMax)
        {
            Fail(DecisionFailure.TooManyMatches);
            return;
        }

        _order.Add(new HeldAtom(atom, cause));
    }

    /// <summary>The first reason is kept.</summary>
    private void Fail(DecisionFailure reason) => _failure = _failure == DecisionFailure.None ? reason : _failure;

    private void EvaluateRules()
    {
        foreach (var held in _order)
        {
            var triggers = image.Atoms[held.Atom].Triggers[(int)request.Category];
            if (!EvaluateAll(triggers, EvaluationCause.Trigger, held.Atom))
            {
                return;
            }
        }

        if (EvaluateAll(_category.AlwaysList, EvaluationCause.Always, -1) && _incomplete != 0)
        {
            EvaluateAll(_category.UnknownList, EvaluationCause.Unknown, -1);
        }
    }

    private bool EvaluateAll(uint list, EvaluationCause cause, int trigger)
    {
        foreach (var rule in image.List(list))
        {
            if (_evaluations.Count == KernelLimits.EvaluationsMax)
            {
                Fail(DecisionFailure.TooManyRules);
                return false;
            }

            Evaluate((int)rule, cause, trigger);
        }

        return true;
    }

    private void Evaluate(int number, EvaluationCause cause, int trigger)
    {
        ref readonly var rule = ref image.Rules[number];
        var result = Conditions.Evaluate(image.Ops(rule), _held, _incomplete);
        var matched = result == Truth.True || (result == Truth.Unknown && rule.OnUnknown == (byte)OnUnknown.Deny);
        _evaluations.Add(new RuleEvaluation(number, result, matched, cause, trigger));
        if (matched && !_rules.Contains(number))
        {
            Record(number, (Verdict)rule.Action, result == Truth.Unknown);
        }
    }

    /// <summary>
    /// A rule that is stricter than all before takes the first place; what stood there goes to the end, like a rule
    /// that is not stricter. What finds no place is dropped and only counts as "more".
    /// </summary>
    private void Record(int rule, Verdict action, bool unknown)
    {
        if (action > _verdict)
        {
            _verdict = action;
            _fromUnknown = unknown;
            if (_rules.Count > 0)
            {
                (rule, _rules[0]) = (_rules[0], rule);
            }
        }

        if (_rules.Count < KernelLimits.EventRulesMax)
        {
            _rules.Add(rule);
        }
        else
        {
            _moreRules = true;
        }
    }
}
