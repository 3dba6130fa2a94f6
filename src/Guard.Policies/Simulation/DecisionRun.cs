using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Simulation;

/// <summary>The state of one decision; the order of its steps is written down in <see cref="ImageSimulator"/>.</summary>
internal sealed partial class DecisionRun(ImageView image, DecisionRequest request)
{
    /// <summary>AF_INET and AF_INET6 of Linux.</summary>
    private const uint FamilyFour = 2;
    private const uint FamilySix = 10;

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
        var decision = !IsAsked ? new Decision(Verdict.Allow, [], false, false, DecisionFailure.None)
            : _failure == DecisionFailure.None || _verdict == Verdict.Block
            ? new Decision(_verdict, [.. _rules], _moreRules, _fromUnknown, _failure)
            : new Decision(Verdict.Allow, [], false, false, _failure);
        PolicyField[] incomplete = _incomplete == 0 ? [] : Array.FindAll(Fields, f => (_incomplete >> (int)f & 1) != 0);
        return new DecisionTrace(decision, [.. incomplete], [.. _order], [.. _evaluations]);
    }

    /// <summary>False: no rule can hold, and the kernel decides nothing.</summary>
    private bool IsAsked => request.Category switch
    {
        RuleCategory.NetworkConnection => (image.Header.NetworkOperations >> (int)request.Socket.Operation & 1) != 0,
        RuleCategory.Operation when OperationNumbers.Kind(request.SystemOperation) == OperationKind.Capability => IsCapabilityAsked,
        _ => true,
    };

    private bool IsExec => request.Category == RuleCategory.ProcessCreation;

    private bool HasDigest
        => request.Category is RuleCategory.ProcessCreation or RuleCategory.MappedProgram or RuleCategory.ImageLoad;

    private bool IsMapped => request.Category == RuleCategory.MappedProgram;

    /// <summary>The program in question: the new one, or the one that runs.</summary>
    private RequestProgram Program => new(request.Image, request.Invoked, request.CommandLine) { File = request.ImageFile };

    private void CollectAtoms()
    {
        if (IsMapped)
        {
            CollectFile(KernelAbi.TextImage, KernelAbi.RoleImage, HoldCause.Image, HoldCause.ImageFile);
            CollectDigest();
        }
        else if (IsExec)
        {
            CollectNewProgram(Program);
            CollectDigest();
        }
        else
        {
            CollectSubject(Program);
        }

        CollectLineage();
        switch (request.Category)
        {
            case RuleCategory.FileAccess:
                var role = request.RenamesDirectory ? KernelAbi.RolesOfRenamed : KernelAbi.RoleTarget;
                CollectFile(KernelAbi.TextTarget, role, HoldCause.Target, HoldCause.TargetFile);
                break;
            case RuleCategory.ImageLoad:
                CollectFile(KernelAbi.TextImage, KernelAbi.RoleLoaded, HoldCause.Loaded, HoldCause.LoadedFile);
                CollectDigest();
                break;
            case RuleCategory.NetworkConnection:
                CollectEndpoint();
                break;
            case RuleCategory.Operation:
                CollectOperation();
                break;
        }

        CollectNumbers();
    }

    /// <summary>What is acted on: its path, and what file it is.</summary>
    private void CollectFile(int text, ushort roles, HoldCause byName, HoldCause byFile)
    {
        if (!_walk.Run(text, request.Target, roles, (a, of) => Hold(a, of == KernelAbi.RoleObject ? HoldCause.RenamedDirectory : byName)))
        {
            Fail(DecisionFailure.TooManyMatches);
        }

        _walk.RunIdentity(request.TargetFile, roles, (a, _) => Hold(a, byFile));
        var named = roles == KernelAbi.RoleImage ? KernelAbi.RoleInvoked : KernelAbi.RoleNamed;
        CollectOtherName(text, (ushort)(named | (roles & KernelAbi.RoleObject)));
    }

    /// <summary>The other name of the file, for items that are no exclusion.</summary>
    private void CollectOtherName(int text, ushort roles)
    {
        if (request.OtherName is { State: TextState.Complete } name && !_walk.Run(text, name, roles, (a, _) => Hold(a, HoldCause.OtherName)))
        {
            Fail(DecisionFailure.TooManyMatches);
        }
    }

    /// <summary>Of what is executed or mapped; nothing where no rule of the category asks for it.</summary>
    private void CollectDigest()
    {
        if (request.Digest.State == TextState.Complete && (_category.Fields & 1u << (int)PolicyField.Digest) != 0
            && !_walk.Run(KernelAbi.TextDigest, request.Digest, KernelAbi.RoleObject, (a, _) => Hold(a, HoldCause.Digest)))
        {
            Fail(DecisionFailure.TooManyMatches);
        }
    }

    /// <summary>Exec: what the new program is goes straight into the decision.</summary>
    private void CollectNewProgram(RequestProgram program)
    {
        var fits = ReadNames(program, HoldOwn);
        CollectOtherName(KernelAbi.TextImage, KernelAbi.RoleInvoked);
        fits &= ReadArguments(program, HoldOwn);
        fits &= _walk.Run(
            KernelAbi.TextDirectory,
            request.CurrentDirectory,
            KernelAbi.RoleDirectory,
            (atom, _) => Hold(atom, HoldCause.Directory));
        if (!fits)
        {
            Fail(DecisionFailure.TooManyMatches);
        }

        void HoldOwn(int atom, ushort roles, HoldCause cause)
        {
            if ((roles & (KernelAbi.RolesOfParent | KernelAbi.RolesOfAncestor)) == 0)
            {
                Hold(atom, cause);
            }
        }
    }

    /// <summary>Anything else: what the process is was kept at its exec, in a list of bounded length.</summary>
    private void CollectSubject(RequestProgram program)
    {
        var kept = new KeptAtoms();
        var fits = Read(program, (atom, roles, cause) =>
        {
            if ((roles & (KernelAbi.RolesOfParent | KernelAbi.RolesOfAncestor)) == 0)
            {
                kept.Add(atom, cause);
            }
        });
        if (!fits || kept.Overflowed)
        {
            Mark(PolicyField.Image, PolicyField.ImageInvoked, PolicyField.CommandLine);
        }

        HoldKept(kept);
    }

    /// <summary>The parent left its children a list; each program above it one for all that descend from it.</summary>
    private void CollectLineage()
    {
        var parents = new KeptAtoms();
        var ancestors = new KeptAtoms();
        var fits = Read(
            new RequestProgram(request.ParentImage, request.ParentInvoked, request.ParentCommandLine) { File = request.ParentFile },
            (atom, roles, cause) => Keep(roles, atom, CauseAsParent(cause), parents, ancestors));
        if (!fits || parents.Overflowed)
        {
            Mark(PolicyField.ParentImage, PolicyField.ParentCommandLine);
        }

        foreach (var ancestor in request.Ancestors)
        {
            fits &= Read(ancestor, (atom, roles, cause) => Keep(roles, atom, CauseAsParent(cause), null, ancestors));
        }

        if (!fits || ancestors.Overflowed)
        {
            Mark(PolicyField.AncestorImage, PolicyField.AncestorCommandLine);
        }

        HoldKept(parents);
        HoldKept(ancestors);
    }

    private static void Keep(ushort roles, int atom, HoldCause cause, KeptAtoms? parents, KeptAtoms ancestors)
    {
        if ((roles & KernelAbi.RolesOfParent) != 0)
        {
            parents?.Add(atom, cause);
        }
        else if ((roles & KernelAbi.RolesOfAncestor) != 0)
        {
            ancestors.Add(atom, cause == HoldCause.ParentCommandLine ? HoldCause.AncestorCommandLine : HoldCause.Ancestor);
        }
    }

    private static HoldCause CauseAsParent(HoldCause cause) => cause switch
    {
        HoldCause.Image => HoldCause.ParentImage,
        HoldCause.ImageFile => HoldCause.ParentFile,
        HoldCause.Invoked => HoldCause.ParentInvoked,
        _ => HoldCause.ParentCommandLine,
    };

    /// <summary>All texts of a program, each in all roles that it can have, as the kernel reads them at exec.</summary>
    private bool Read(RequestProgram program, Action<int, ushort, HoldCause> found)
        => ReadNames(program, found) & ReadArguments(program, found);

    private bool ReadNames(RequestProgram program, Action<int, ushort, HoldCause> found)
    {
        var fits = _walk.Run(
            KernelAbi.TextImage, program.Image, KernelAbi.RolesOfPath, (a, roles) => found(a, roles, HoldCause.Image));
        _walk.RunIdentity(program.File, KernelAbi.RolesOfPath, (a, roles) => found(a, roles, HoldCause.ImageFile));
        return _walk.Run(
            KernelAbi.TextImage, program.Invoked, KernelAbi.RolesOfName, (a, roles) => found(a, roles, HoldCause.Invoked)) && fits;
    }

    private bool ReadArguments(RequestProgram program, Action<int, ushort, HoldCause> found) => _walk.Run(
        KernelAbi.TextCommand,
        program.CommandLine,
        KernelAbi.RolesOfCommand,
        (a, roles) => found(a, roles, HoldCause.CommandLine));

    private void HoldKept(KeptAtoms kept)
    {
        foreach (var atom in kept.Atoms)
        {
            Hold(atom.Atom, atom.Cause);
        }
    }

    private void CollectNumbers()
    {
        HoldRange(KernelAbi.NumberUid, request.Uid, HoldCause.Uid);
        HoldRange(KernelAbi.NumberLogon, request.LogonId, HoldCause.Logon);
        CollectScope();
        HoldOperation();

        if (request.Category == RuleCategory.NetworkConnection)
        {
            HoldRange(KernelAbi.NumberProtocol, request.Socket.Protocol, HoldCause.Protocol);
            HoldRange(KernelAbi.NumberOperation, (uint)request.Socket.Operation, HoldCause.Operation);
        }

        HoldKinds(request.Category == RuleCategory.FileAccess ? (int)request.Access : 0, image.Header.AccessList, HoldCause.Access);
        HoldKinds(IsExec ? (int)request.Properties : 0, image.Header.PropertyList, HoldCause.Property);
    }

    /// <summary>What is given as bits: there is a list for each.</summary>
    private void HoldKinds(int kinds, ReadOnlySpan<uint> lists, HoldCause cause)
    {
        for (var kind = 0; kind < lists.Length; kind++)
        {
            if ((kinds >> kind & 1) != 0)
            {
                HoldAll(lists[kind], cause);
            }
        }
    }

    private void CollectEndpoint()
    {
        var socket = request.Socket;
        if (!socket.HasAddress)
        {
            HoldRange(KernelAbi.NumberFamily, socket.Family, HoldCause.Family);
            return;
        }

        if (socket.Address is not { } known)
        {
            return;
        }

        var address = AddressRanges.ToNumber(known);
        HoldRange(KernelAbi.NumberFamily, AddressRanges.IsFour(address) ? FamilyFour : FamilySix, HoldCause.Family);
        var ranges = image.AddressRanges(socket.IsOutgoing ? KernelAbi.AddressDestination : KernelAbi.AddressSource);
        var at = ranges.Length - 1;
        while (at > 0 && ranges[at].Address > address)
        {
            at--;
        }

        if (at >= 0)
        {
            HoldAll(ranges[at].List, HoldCause.Address);
        }

        var port = socket.IsOutgoing ? KernelAbi.NumberDestinationPort : KernelAbi.NumberSourcePort;
        HoldRange(port, socket.Port, HoldCause.Port);
    }

    /// <summary>Where the process is. What rules say of a cgroup was kept, in a list of bounded length.</summary>
    private void CollectScope()
    {
        HoldRange(KernelAbi.NumberGroup, request.Group, HoldCause.Group);
        HoldRange(KernelAbi.NumberMountNamespace, request.MountNamespace, HoldCause.MountNamespace);
        var kept = new KeptAtoms();
        var fits = _walk.Run(
            KernelAbi.TextCgroup, request.Cgroup, KernelAbi.RoleCgroup, (atom, _) => kept.Add(atom, HoldCause.Cgroup));
        if (!fits || kept.Overflowed)
        {
            Mark(PolicyField.CgroupPath);
        }

        HoldKept(kept);
    }

    /// <summary>The last range that does not begin above the number; none of a number that is not known.</summary>
    private void HoldRange(int number, uint? value, HoldCause cause)
    {
        if (value is null)
        {
            return;
        }

        var ranges = image.Ranges(number);
        var at = ranges.Length - 1;
        while (at > 0 && ranges[at].From > value)
        {
            at--;
        }

        if (at >= 0)
        {
            HoldAll(ranges[at].List, cause);
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
    /// A rule that is stricter than all before, or as strict and certain where that was unknown, takes the first place;
    /// what stood there goes to the end, like any other rule. What finds no place is dropped and only counts as "more".
    /// </summary>
    private void Record(int rule, Verdict action, bool unknown)
    {
        if (action > _verdict || (action == _verdict && _fromUnknown && !unknown))
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
