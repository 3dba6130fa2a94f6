using Microsoft.Extensions.Logging;

namespace Guard.Engine.Control;

/// <summary>The control server's lines. Event ids 120 to 129; they are an API: never renumbered.</summary>
internal static partial class ControlLog
{
    [LoggerMessage(120, LogLevel.Error, "a control request failed")]
    public static partial void RequestFailed(this ILogger log, Exception exception);
}
