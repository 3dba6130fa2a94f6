using System.Collections.Immutable;
using Guard.Engine.Interop;
using Microsoft.Data.Sqlite;

namespace Guard.Engine.Audit;

/// <summary>
/// Tells a disk that can't be written, which may pass, from a trail that is in the wrong place or of the wrong kind,
/// which an administrator has to mend.
/// </summary>
internal static class UnwritableDisk
{
    // Result codes of SQLite (sqlite.org/rescode.html).
    private const int SqliteBusy = 5;
    private const int SqliteReadOnly = 8;
    private const int SqliteIoError = 10;
    private const int SqliteFull = 13;
    private const int SqliteCannotOpen = 14;

    private static readonly ImmutableArray<Errno> Passing =
        [Errno.IoError, Errno.NoSpace, Errno.ReadOnlyFileSystem, Errno.QuotaExceeded];

    /// <summary>True when the same attempt may succeed later.</summary>
    public static bool IsMeantBy(Exception exception) => exception switch
    {
        SqliteException e => e.SqliteErrorCode is SqliteBusy or SqliteReadOnly or SqliteIoError or SqliteFull or SqliteCannotOpen,
        IOException e => Passing.Contains(new Errno(e.HResult)),
        _ => false,
    };
}
