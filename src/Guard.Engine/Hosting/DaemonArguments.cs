namespace Guard.Engine.Hosting;

/// <summary>guardd's command line.</summary>
/// <param name="Config">--config, or null for the default.</param>
/// <param name="CheckConfig">--check-config.</param>
/// <param name="Help">--help.</param>
/// <param name="Version">--version.</param>
internal sealed record DaemonArguments(string? Config, bool CheckConfig, bool Help, bool Version)
{
    /// <summary>What --help prints.</summary>
    public const string HelpText = """
        Usage: guardd [--config FILE] [--check-config]

        Runs Guard's engine in the foreground; systemd's guardd.service starts it.

        Options:
          --config FILE    the configuration (default /etc/guard/guard.yaml; defaults when that is absent)
          --check-config   check the configuration and end
          --version        print the version
          --help           print this

        Exit status:
          0  stopped as told, or the check went well
          1  the engine failed
          2  the command line or the configuration is wrong
          3  another guardd is running

        Example:
          guardd --check-config --config ./guard.yaml

        See guardd(8), guard.yaml(5).
        """;

    /// <summary>Reads the arguments.</summary>
    /// <returns>The arguments, or null and what is wrong.</returns>
    public static DaemonArguments? Parse(IReadOnlyList<string> args, out string? error)
    {
        var result = new DaemonArguments(null, false, false, false);
        error = null;
        for (var i = 0; i < args.Count && error is null; i++)
        {
            switch (args[i])
            {
                case "--config" when i + 1 < args.Count:
                    result = result with { Config = args[++i] };
                    break;
                case "--config":
                    error = "--config needs a file";
                    break;
                case var arg when arg.StartsWith("--config=", StringComparison.Ordinal):
                    result = result with { Config = arg["--config=".Length..] };
                    break;
                case "--check-config":
                    result = result with { CheckConfig = true };
                    break;
                case "--help" or "-h":
                    result = result with { Help = true };
                    break;
                case "--version":
                    result = result with { Version = true };
                    break;
                default:
                    error = "unknown argument '" + args[i] + "'; see guardd --help";
                    break;
            }
        }
        return error is null ? result : null;
    }
}
