using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Guard.Engine.Interop;

/// <summary>
/// What libbpf prints, to the log; and the last verifier log, for the message of the error that follows. libbpf has one
/// print callback per process, hence the one piece of static state. Safe from any thread.
/// </summary>
internal static partial class LibbpfLog
{
    private const int KeptMessages = 16;
    private const int KeptVerifierCharacters = 6000;
    private const int LevelWarning = 0;
    private const int LevelDebug = 2;

    private static readonly Lock Gate = new();
    private static readonly Queue<string> Messages = new();
    private static ILogger _logger = NullLogger.Instance;
    private static string? _verifierLog;
    private static bool _installed;

    /// <summary>Where to print from now on.</summary>
    public static void UseLogger(ILogger logger)
    {
        lock (Gate)
        {
            _logger = logger;
        }

        Install();
    }

    /// <summary>Takes over libbpf's printing. Idempotent.</summary>
    public static unsafe void Install()
    {
        lock (Gate)
        {
            if (!_installed)
            {
                Libbpf.SetPrint(&OnPrint);
                _installed = true;
            }
        }
    }

    /// <summary>Forgets what was kept, before a call whose messages matter.</summary>
    public static void Clear()
    {
        lock (Gate)
        {
            Messages.Clear();
            _verifierLog = null;
        }
    }

    /// <summary>The end of what the verifier said about the last program it refused, or null.</summary>
    public static string? LastVerifierLog()
    {
        lock (Gate)
        {
            return _verifierLog;
        }
    }

    /// <summary>The last warnings, or null.</summary>
    public static string? LastMessages()
    {
        lock (Gate)
        {
            return Messages.Count == 0 ? null : string.Join(Environment.NewLine, Messages);
        }
    }

    [UnmanagedCallersOnly]
    private static unsafe int OnPrint(int level, byte* format, nint arguments)
    {
        try
        {
            if (level < LevelDebug)
            {
                Keep(level, Libc.Format(format, arguments).TrimEnd('\n'));
            }
        }
        catch (Exception)
        {
            // An exception must not unwind into libbpf; a lost line of log is the lesser harm.
        }

        return 0;
    }

    private static void Keep(int level, string message)
    {
        lock (Gate)
        {
            if (message.Contains("BEGIN PROG LOAD LOG", StringComparison.Ordinal))
            {
                _verifierLog = Tail(message);
                message = message[..message.IndexOf('\n')] + " (log follows in the error)";
            }

            if (level == LevelWarning)
            {
                Messages.Enqueue(message);
                while (Messages.Count > KeptMessages)
                {
                    Messages.Dequeue();
                }
            }

            Write(level, message);
        }
    }

    private static string Tail(string message) =>
        message.Length <= KeptVerifierCharacters
            ? message
            : string.Concat("[...]", message.AsSpan(message.Length - KeptVerifierCharacters));

    private static void Write(int level, string message)
    {
        if (level == LevelWarning)
        {
            LogWarning(_logger, message);
        }
        else
        {
            LogDebug(_logger, message);
        }
    }

    [LoggerMessage(EventId = 1101, Level = LogLevel.Warning, Message = "libbpf: {Message}")]
    private static partial void LogWarning(ILogger logger, string message);

    [LoggerMessage(EventId = 1102, Level = LogLevel.Debug, Message = "libbpf: {Message}")]
    private static partial void LogDebug(ILogger logger, string message);
}
