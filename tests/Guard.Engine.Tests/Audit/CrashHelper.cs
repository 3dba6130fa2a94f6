using System.Diagnostics;
using System.Globalization;
using Guard.Engine.Audit;

namespace Guard.Engine.Tests.Audit;

/// <summary>
/// A process of its own that appends to a trail until it is killed; it prints each number that Append returned. Tests
/// start it, kill it with SIGKILL and look at what is left.
/// </summary>
internal sealed class CrashHelper : IDisposable
{
    public const int BatchSize = 7;

    private readonly Process _process;

    private CrashHelper(Process process) => _process = process;

    public static int Main(string[] args)
    {
        if (args is not ["append-forever", var path])
        {
            return 2;
        }

        using var store = SqliteAuditStore.Open(new SqliteAuditStoreOptions { Path = path }, TimeProvider.System);
        var batch = AuditSamples.Many(BatchSize);
        while (true)
        {
            Console.Out.WriteLine(store.Append(batch).ToString(CultureInfo.InvariantCulture));
            Console.Out.Flush();
        }
    }

    public static CrashHelper Start(string trail) => new(Process.Start(
        new ProcessStartInfo("dotnet", ["exec", typeof(CrashHelper).Assembly.Location, "append-forever", trail])
        {
            RedirectStandardOutput = true,
        })!);

    /// <summary>Waits for some appends, then kills; returns the last number that the helper was given.</summary>
    public long KillAfter(int appends)
    {
        long last = 0;
        for (var i = 0; i < appends; i++)
        {
            last = Read() ?? throw new InvalidOperationException("the helper ended by itself");
        }

        _process.Kill();
        while (Read() is { } more)
        {
            last = more;
        }

        _process.WaitForExit();
        return last;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private long? Read() =>
        long.TryParse(_process.StandardOutput.ReadLine(), CultureInfo.InvariantCulture, out var seq) ? seq : null;
}
