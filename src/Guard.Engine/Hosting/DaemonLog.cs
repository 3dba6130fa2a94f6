using Microsoft.Extensions.Logging;

namespace Guard.Engine.Hosting;

/// <summary>The daemon's own lines. Event ids 100 to 119; they are an API: never renumbered.</summary>
internal static partial class DaemonLog
{
    [LoggerMessage(100, LogLevel.Information, "guardd {Version} starts")]
    public static partial void Starts(this ILogger log, string version);

    [LoggerMessage(101, LogLevel.Information, "{State}; control socket {Socket}")]
    public static partial void Runs(this ILogger log, string state, string socket);

    [LoggerMessage(102, LogLevel.Information, "guardd has stopped; the policy in force stays in the kernel")]
    public static partial void Stopped(this ILogger log);

    [LoggerMessage(103, LogLevel.Warning, "there is no group guard: only root can use the control socket")]
    public static partial void NoGroup(this ILogger log);

    [LoggerMessage(104, LogLevel.Critical, "guardd cannot run")]
    public static partial void CannotRun(this ILogger log, Exception exception);

    [LoggerMessage(110, LogLevel.Error, "the health check failed")]
    public static partial void HealthCheckFailed(this ILogger log, Exception exception);

    [LoggerMessage(111, LogLevel.Error, "the engine does not move; the watchdog is not fed")]
    public static partial void NotHealthy(this ILogger log);
}
