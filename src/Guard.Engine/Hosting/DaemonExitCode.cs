namespace Guard.Engine.Hosting;

/// <summary>How guardd ends. Documented in guardd(8); the unit relies on <see cref="Configuration"/>.</summary>
internal enum DaemonExitCode
{
    /// <summary>Stopped because it was told to, or --help, --version, --check-config went well.</summary>
    Ok = 0,

    /// <summary>The engine failed; systemd starts it again.</summary>
    Failed = 1,

    /// <summary>The command line or the configuration is wrong; starting again does not help.</summary>
    Configuration = 2,

    /// <summary>Another guardd is running.</summary>
    AlreadyRunning = 3,
}
