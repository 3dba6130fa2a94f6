using System.Globalization;
using Guard.Engine.Enrichment;
using Guard.Engine.Interop;
using Guard.Engine.Kernel;
using Guard.Policies;
using Guard.Policies.Image;
using Guard.Policies.Normalising;
using Guard.Protocol;
using Microsoft.Extensions.Logging;

namespace Guard.Engine.Policy;

/// <summary>
/// Compiles, installs, keeps and lists: the only place that changes what is in force. Changes happen one at a time;
/// reading is safe from any thread. A refused change leaves the kernel and the disk as they were.
/// </summary>
internal sealed class PolicyInForce
{
    private readonly PolicyFolder _folder;
    private readonly GenerationNames _names;
    private readonly AccountNames _accounts;
    private readonly PolicyRules _rules;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private PolicyInstaller? _installer;
    private HooksOnDemand? _hooks;
    private ImageNeeds _needs = ImageNeeds.None;
    private TaskRenewal? _renewal;
    private FileIdentityReader? _identities;
    private volatile EnforcedPolicy? _policy;
    private volatile string? _problem;
    private volatile FailureOrder _failure;
    private volatile bool _hasInstalled;

    public PolicyInForce(
        PolicyFolder folder, GenerationNames names, AccountNames accounts, PolicyRules rules, TimeProvider time, ILogger log)
    {
        _folder = folder;
        _names = names;
        _accounts = accounts;
        _rules = rules;
        _time = time;
        _log = log;
    }

    /// <summary>What is in force, or null while the kernel has nothing from this guardd.</summary>
    public EnforcedPolicy? Current => _policy;

    /// <summary>What the image in the kernel orders about what can't be decided, also when the kept bundle is another.</summary>
    public FailureOrder Failure => _failure;

    /// <summary>Whether this guardd has put a policy in force, rather than gone on with what was.</summary>
    public bool HasInstalled => _hasInstalled;

    /// <summary>Why the kept bundle is not what is in force; null when it is.</summary>
    public string? Problem
    {
        get => _problem;
        private set => _problem = value;
    }

    /// <summary>Compiles for this machine; installs nothing.</summary>
    /// <param name="bundle">The files.</param>
    /// <param name="withSelfTest">False for a check, whose hash then is that of <c>policy check</c>.</param>
    /// <param name="allowLockOut">
    /// True where it was forced, and for what was accepted once: a survival set that has grown since is no reason to stop
    /// enforcing, or to refuse that a rule goes.
    /// </param>
    public CompilationResult Compile(PolicyBundle bundle, bool withSelfTest, bool allowLockOut) =>
        PolicyCompiler.Compile(PolicyOutcomes.ToFiles(bundle), new CompilerOptions
        {
            Accounts = _accounts.ToSnapshot(),
            IncludeSelfTest = withSelfTest,
            Secret = _rules.Secret,
            Survival = _rules.Survival,
            AllowLockOut = allowLockOut,
            DigestOf = new FileDigests().Find,
        });

    /// <summary>
    /// The start: goes on with what the kernel enforces when the kept bundle compiles to the same, else installs the kept
    /// bundle, else the empty one.
    /// </summary>
    /// <remarks>
    /// A kept bundle that can't be used any more (a stricter compiler after an upgrade, a damaged file) is no reason to stop
    /// enforcing or to refuse the push that mends it: what is in force stays, or else the empty policy goes in, and
    /// <see cref="Problem"/> says so until a push succeeds.
    /// </remarks>
    /// <exception cref="KernelException">The kernel refused the tables.</exception>
    public InstalledGeneration Recover(PolicyInstaller installer)
    {
        lock (_gate)
        {
            _installer = installer;
            var recovered = GoOn(installer);
            // Last: what is kept is whole and goes in all the same.
            Problem ??= SayInterrupted();
            return recovered;
        }
    }

    /// <summary>From now on files that a policy names are meant under every name; null: by their names only.</summary>
    public void UseFileIdentities(FileIdentityReader? identities)
    {
        lock (_gate)
        {
            _identities = identities;
        }
    }

    /// <summary>
    /// From now on hooks are attached for policies that need them, before those are published. Null: programs are not attached
    /// yet; then <see cref="LoadedLsm.Attach"/> attaches what the first policy needs.
    /// </summary>
    public void UseHooks(HooksOnDemand? hooks)
    {
        lock (_gate)
        {
            _hooks = hooks;
        }
    }

    /// <summary>What is in force has the hooks that it needs, and no others: also when somebody has removed some.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public void SettleHooks()
    {
        lock (_gate)
        {
            _hooks?.Attach(_needs);
            Detach();
        }
    }

    /// <summary>Nothing can be put in force any more: the programs are let go of.</summary>
    public void LetGo()
    {
        lock (_gate)
        {
            _installer = null;
            _hooks = null;
            _renewal = null;
            _identities = null;
        }
    }

    /// <summary>From now on a push is reported when what runs already is ready for it; also for what was installed before.</summary>
    public void UseRenewal(TaskRenewal? renewal)
    {
        lock (_gate)
        {
            _renewal = renewal;
            Renew();
        }
    }

    /// <summary>Replaces what is in force.</summary>
    public PolicyOutcome Push(PolicyBundle bundle)
    {
        var result = Compile(bundle, withSelfTest: true, bundle.ForceLockOut);
        lock (_gate)
        {
            return result.Image is null ? PolicyOutcomes.Of(result, null) : Publish(bundle, result);
        }
    }

    /// <summary>Removes rules by id or title, or all of them.</summary>
    public PolicyOutcome Remove(IReadOnlyList<string>? ids)
    {
        lock (_gate)
        {
            if (ids is null)
            {
                return PublishEmpty();
            }

            if (_policy is null)
            {
                return NotInForce();
            }

            var bundle = RuleRemoval.Without(_policy, ids, out var unknown);
            if (unknown.Count > 0)
            {
                return PolicyOutcomes.Refuse("GP9002", $"no rule in force has the id or title '{unknown[0]}'", "guardctl policy list shows what is in force");
            }

            if (bundle.Files.Count == 0)
            {
                return PublishEmpty();
            }

            return PublishRest(bundle, ids);
        }
    }

    /// <summary>The text was cut by documents; the compiler's count proves that exactly the named rules are gone.</summary>
    private PolicyOutcome PublishRest(PolicyBundle bundle, IReadOnlyList<string> ids)
    {
        var result = CompileAccepted(bundle);
        if (result.Image is null)
        {
            return PolicyOutcomes.Of(result, null);
        }

        var expected = _policy!.UserRules.Count(entry => !ids.Any(id => RuleRemoval.IsNamed(entry.Rule, id)));
        var rest = result.Image.Rules.Count(rule => !rule.Identity.BuiltIn);
        return rest == expected
            ? Publish(bundle, result)
            : PolicyOutcomes.Refuse("GP9004", "the rule can't be cut out of its file without touching another", "push the bundle without it");
    }

    private CompilationResult CompileAccepted(PolicyBundle bundle) => Compile(bundle, withSelfTest: true, allowLockOut: true);

    private InstalledGeneration GoOn(PolicyInstaller installer)
    {
        var inForce = installer.ReadInForce();
        _failure = inForce?.Failure ?? FailureOrder.NotSaid;
        _needs = inForce?.Needs ?? ImageNeeds.None;
        var kept = LoadKept(inForce?.Hash);
        var bundle = kept?.Bundle ?? new PolicyBundle([]);
        var result = CompileAccepted(bundle);
        if (result.Image is null)
        {
            var first = result.Diagnostics.FirstOrDefault();
            Problem = $"the kept policy does not compile any more: {first?.Span} {first?.Id} {first?.Message}";
            bundle = new PolicyBundle([]);
            result = CompileAccepted(bundle);
        }

        var image = BoundAsFarAsPossible(result.Image!);
        if (Problem is not null && inForce is not null)
        {
            // What is there may know files by more than their names.
            return inForce;
        }

        if (inForce is not null && inForce.Hash == image.Hash)
        {
            _names.Add(inForce.Generation, image);
            _policy = new EnforcedPolicy(bundle, image, inForce.Generation, kept?.Pushed);
            return inForce;
        }

        return Install(installer, bundle, image, kept?.Pushed);
    }

    private string? SayInterrupted() => _folder.Interrupted is { } push
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"the machine went down during the push of {push.Pushed:u}, and the policy kept before it is in force: push again what is meant")
        : null;

    private KeptPolicy? LoadKept(string? hashInForce)
    {
        try
        {
            return _folder.Load(hashInForce);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            Problem = e.Message;
            return null;
        }
    }

    private PolicyOutcome PublishEmpty()
    {
        var empty = new PolicyBundle([]);
        return Publish(empty, CompileAccepted(empty));
    }

    private static PolicyOutcome NotInForce() => PolicyOutcomes.Refuse(
        "GP9001",
        "the engine is not attached to the kernel, so that nothing can be put in force",
        "guardctl doctor says what is missing");

    /// <summary>Disk, kernel, disk: see <see cref="PolicyFolder"/>.</summary>
    private PolicyOutcome Publish(PolicyBundle bundle, CompilationResult result)
    {
        if (_installer is null || result.Image is null)
        {
            return NotInForce();
        }

        var now = _time.GetUtcNow();
        InstalledGeneration installed;
        try
        {
            var image = Bound(result.Image);
            _folder.Prepare(new KeptPolicy(bundle, image.Hash, now));
            installed = Install(_installer, bundle, image, now);
        }
        catch (Exception e) when (e is KernelException or IOException or UnauthorizedAccessException)
        {
            _log.LogError(e, "The policy could not be put in force");
            Abandon();
            return PolicyOutcomes.Refuse("GP9003", $"the policy could not be put in force: {e.Message}", "what was in force still is");
        }

        return Keep(PolicyOutcomes.Of(result, installed.Generation));
    }

    /// <summary>What was attached for the policy that did not come into force goes again.</summary>
    private void Abandon()
    {
        Detach();
        try
        {
            _folder.Abandon();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.LogWarning(e, "The policy that was refused could not be deleted; the next start finds that it is not in force");
        }
    }

    /// <summary>The kernel has the policy by now, whatever the disk says: that is no refusal.</summary>
    private PolicyOutcome Keep(PolicyOutcome outcome)
    {
        try
        {
            _folder.Commit();
            Problem = null;
            return outcome;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.LogError(e, "The policy in force could not be kept");
            Problem = $"the policy in force could not be kept: {e.Message}; after a reboot the one before it may be in force";
            return PolicyOutcomes.Warn(outcome, "GP9005", Problem, "mend the file system of guardd's state directory and push again");
        }
    }

    /// <summary>With what the files are that it names.</summary>
    /// <exception cref="KernelException">The kernel does not say.</exception>
    private PolicyImage Bound(PolicyImage image)
    {
        if (_identities is null || image.NamedFiles.IsEmpty)
        {
            return image;
        }

        var files = _identities.Read([.. image.NamedFiles.Select(f => f.Path)]);
        var bound = FileIdentities.Bind(image, path => files.TryGetValue(path, out var key) ? key : null, out var left);
        if (left.Count > 0)
        {
            _log.LogWarning("{Count} files that the policy names are known by their names only, {First} among them", left.Count, left[0]);
        }

        return bound;
    }

    /// <summary>The start enforces names rather than nothing.</summary>
    private PolicyImage BoundAsFarAsPossible(PolicyImage image)
    {
        try
        {
            return Bound(image);
        }
        catch (KernelException e)
        {
            Problem = $"files are known by their names only: {e.Message}";
            return image;
        }
    }

    private InstalledGeneration Install(PolicyInstaller installer, PolicyBundle bundle, PolicyImage image, DateTimeOffset? pushed)
    {
        var generation = installer.NextGeneration();
        _names.Add(generation, image);
        _hooks?.Attach(ImageNeeds.Of(image.Bytes.Span));
        var installed = installer.Install(image, generation);
        _needs = installed.Needs;
        Detach();
        _failure = installed.Failure;
        _hasInstalled = true;
        _policy = new EnforcedPolicy(bundle, image, installed.Generation, pushed);
        Renew();
        return installed;
    }

    /// <summary>No failure of a push: what is attached and not needed finds nothing to decide.</summary>
    private void Detach()
    {
        foreach (var failure in _hooks?.Detach(_needs) ?? [])
        {
            _log.LogWarning(failure, "A program that the policy in force does not need could not be detached");
        }
    }

    /// <summary>No failure of a push: what is in force decides all the same, each process reads itself when it acts.</summary>
    private void Renew()
    {
        try
        {
            _renewal?.Run();
        }
        catch (KernelException e)
        {
            _log.LogWarning(e, "Running processes were not made ready for the policy in force; each is when it acts next");
        }
    }
}
