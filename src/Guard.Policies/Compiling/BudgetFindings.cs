using System.Collections.Immutable;
using Guard.Policies.Diagnostics;
using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling;

/// <summary>
/// Collects the bounds that a policy exceeds. Every error names the bound as bpf/lsm/limits.h does, what was asked
/// for, what is allowed, and what to write instead.
/// </summary>
internal sealed class BudgetFindings
{
    public const string ImageBytes = "GP3001";
    public const string Atoms = "GP3002";
    public const string Patterns = "GP3003";
    public const string Rules = "GP3004";
    public const string RuleOps = "GP3005";
    public const string RuleDepth = "GP3006";
    public const string Uids = "GP3009";
    public const string List = "GP3010";
    public const string Evaluations = "GP3011";
    public const string WildcardStates = "GP3012";
    public const string PatternLength = "GP3013";
    public const string Matches = "GP3014";
    public const string Automata = "GP3015";
    public const string Expression = "GP3016";
    public const string SetEntries = "GP3017";
    public const string Candidates = "GP3018";
    public const string Identities = "GP3019";
    public const string AddressRanges = "GP3020";

    /// <summary>Where errors that no single rule causes are reported.</summary>
    public static readonly SourceSpan Bundle = new("(bundle)", 0, 0);

    private const int MaxFindings = 100;
    private readonly List<Diagnostic> _findings = [];

    public bool Any => _findings.Count > 0;

    public ImmutableArray<Diagnostic> ToImmutable() => [.. _findings];

    /// <summary>Reports a bound when it is exceeded.</summary>
    /// <returns>True when the value is within the bound.</returns>
    public bool Check(string id, SourceSpan span, long value, long limit, string bound, string what, string hint)
    {
        if (value <= limit)
        {
            return true;
        }

        Exceeded(id, span, $"{value}", limit, bound, what, hint);
        return false;
    }

    /// <summary>Reports tables that no image can hold.</summary>
    public void CheckSize(long bytes)
        => Check(
            ImageBytes,
            Bundle,
            bytes,
            KernelLimits.ImageBytes,
            "GUARD_IMAGE_BYTES",
            "bytes of compiled tables",
            "of whole values about 150,000 fit, in one list; values with startswith, endswith or contains take 100 bytes and more for"
                + " each letter that another does not share; shorten the longest list, or name directories in place of the files in them");

    /// <summary>Reports atoms that would all hold at once and make every decision about it fail.</summary>
    public void CheckMatches(NormalisedPolicy policy, IReadOnlyCollection<int> atoms, string what, string hint)
    {
        if (atoms.Count > KernelLimits.MatchesMax)
        {
            var span = policy.Atoms[atoms.ElementAt(KernelLimits.MatchesMax)].Span;
            Check(Matches, span, atoms.Count, KernelLimits.MatchesMax, "GUARD_MATCHES_MAX", what, hint);
        }
    }

    /// <summary>Reports what is no bound.</summary>
    public void Add(string id, SourceSpan span, string message, string hint)
    {
        if (_findings.Count < MaxFindings)
        {
            _findings.Add(new Diagnostic(id, DiagnosticSeverity.Error, span, message, hint));
        }
    }

    /// <summary>Reports a bound whose exceeding value is not known exactly.</summary>
    public void Exceeded(string id, SourceSpan span, string value, long limit, string bound, string what, string hint)
    {
        Add(id, span, $"{what}: {value}, but the kernel tables allow {limit} ({bound})", hint);
    }
}
