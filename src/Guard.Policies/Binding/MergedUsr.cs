using System.Collections.Immutable;
using System.Text;

namespace Guard.Policies.Binding;

/// <summary>
/// The two names of one file where /bin and its like are links to directories below /usr, as on every system that Guard
/// runs on. guardd follows them when it looks for the file that a policy names; the check must not depend on the machine
/// that it runs on, and knows them by heart.
/// </summary>
internal static class MergedUsr
{
    private static readonly ImmutableArray<(byte[] Link, byte[] Real)> Links =
    [
        .. from link in ImmutableArray.Create("/bin/", "/sbin/", "/lib/", "/lib64/")
           select (Encoding.UTF8.GetBytes(link), Encoding.UTF8.GetBytes("/usr" + link)),
        (Encoding.UTF8.GetBytes("/var/run/"), Encoding.UTF8.GetBytes("/run/")),
    ];

    /// <summary>The path with the links followed: what the kernel sees.</summary>
    public static string Resolve(string path)
        => LinkOf(Encoding.UTF8.GetBytes(path)) is var (link, real) ? real + path[link.Length..] : path;

    /// <summary>The link that a path leads through, and what it leads to; null when there is none.</summary>
    public static (string Link, string Real)? LinkOf(ReadOnlySpan<byte> path)
    {
        foreach (var (link, real) in Links)
        {
            if (path.StartsWith(link))
            {
                return (Encoding.UTF8.GetString(link), Encoding.UTF8.GetString(real));
            }
        }

        return null;
    }

    /// <summary>The path, and its other name where it has one.</summary>
    public static IEnumerable<byte[]> NamesOf(byte[] path)
    {
        yield return path;
        foreach (var (link, real) in Links)
        {
            if (path.AsSpan().StartsWith(real))
            {
                yield return Replace(path, real, link);
            }
            else if (path.AsSpan().StartsWith(link))
            {
                yield return Replace(path, link, real);
            }
        }
    }

    private static byte[] Replace(byte[] path, byte[] start, byte[] by) => [.. by, .. path.AsSpan(start.Length)];
}
