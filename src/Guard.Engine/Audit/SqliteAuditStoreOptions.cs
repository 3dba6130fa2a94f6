namespace Guard.Engine.Audit;

/// <summary>Where the trail lies and how the store treats it.</summary>
internal sealed record SqliteAuditStoreOptions
{
    /// <summary>The default place, in systemd's StateDirectory.</summary>
    public const string DefaultPath = "/var/lib/guard/trail.db";

    /// <summary>The database file. Its directory is created with mode 0750, the file with 0600.</summary>
    public string Path { get; init; } = DefaultPath;

    /// <summary>How long a statement waits for a lock that somebody else holds.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A trail up to this size is read completely at start to find damage; of a larger one only its ends.</summary>
    public long FullCheckBytes { get; init; } = 256L << 20;

    /// <summary>Most pages of 4 KiB that the file may have; null for no bound. Beyond it appends fail as on a full disk.</summary>
    public long? MaxPages { get; init; }
}
