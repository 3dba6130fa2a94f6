using Guard.Engine.Events;
using Guard.Protocol;

namespace Guard.Engine.Enrichment;

/// <summary>Where the names behind an event's numbers come from.</summary>
internal sealed record EnrichmentSources
{
    /// <summary>Rule n of a generation; null when it is not known (any more).</summary>
    public required Func<ulong, int, RuleReference?> FindRule { get; init; }

    /// <summary>Hash of the image of a generation, or null.</summary>
    public required Func<ulong, string?> FindPolicyHash { get; init; }

    /// <summary>Who ran whom.</summary>
    public required ProcessTree Processes { get; init; }

    /// <summary>Account names.</summary>
    public required AccountNames Accounts { get; init; }

    /// <summary>Units and containers.</summary>
    public required CgroupNames Cgroups { get; init; }

    /// <summary>Boot clock to wall clock.</summary>
    public required BootClock Clock { get; init; }

    /// <summary>The kernel's boot id, or null.</summary>
    public string? BootId { get; init; }

    /// <summary>Reads the boot id.</summary>
    public static string? ReadBootId(string path = "/proc/sys/kernel/random/boot_id")
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (IOException)
        {
            return null;
        }
    }
}
