using Guard.Engine.Control;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Guard.Engine.Hosting;

/// <summary>Makes the engine from the checked configuration.</summary>
internal delegate IEngineHost EngineFactory(GuardOptions options, ILoggerFactory loggers);

/// <summary>guardd from its command line to its exit code.</summary>
internal static class DaemonProgram
{
    /// <summary>Runs until it is told to stop.</summary>
    public static async Task<DaemonExitCode> RunAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error, EngineFactory factory)
    {
        var arguments = DaemonArguments.Parse(args, out var wrong);
        if (arguments is null)
        {
            await error.WriteLineAsync("guardd: " + wrong).ConfigureAwait(false);
            return DaemonExitCode.Configuration;
        }
        if (arguments.Help || arguments.Version)
        {
            await output.WriteLineAsync(arguments.Help ? DaemonArguments.HelpText : "guardd " + DaemonVersion.Full).ConfigureAwait(false);
            return DaemonExitCode.Ok;
        }
        try
        {
            var options = ReadOptions(arguments);
            if (arguments.CheckConfig)
            {
                await output.WriteLineAsync($"{arguments.Config ?? GuardOptions.DefaultPath}: ok").ConfigureAwait(false);
                return DaemonExitCode.Ok;
            }
            return await RunHostAsync(options, factory).ConfigureAwait(false);
        }
        catch (ConfigurationException e)
        {
            await error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return DaemonExitCode.Configuration;
        }
        catch (AlreadyRunningException e)
        {
            await error.WriteLineAsync("guardd: " + e.Message).ConfigureAwait(false);
            return DaemonExitCode.AlreadyRunning;
        }
        catch (LockException e)
        {
            await error.WriteLineAsync("guardd: " + e.Message).ConfigureAwait(false);
            return DaemonExitCode.Failed;
        }
    }

    private static GuardOptions ReadOptions(DaemonArguments arguments)
        => arguments.Config is null && !File.Exists(GuardOptions.DefaultPath)
            ? new GuardOptions()
            : GuardOptionsReader.ReadFile(arguments.Config ?? GuardOptions.DefaultPath);

    private static async Task<DaemonExitCode> RunHostAsync(GuardOptions options, EngineFactory factory)
    {
        using var instance = InstanceLock.Acquire(options.Socket);
        var host = Build(options, factory);
        await using var disposal = ((IAsyncDisposable)host).ConfigureAwait(false);
        try
        {
            await host.StartAsync().ConfigureAwait(false);
            await host.WaitForShutdownAsync().ConfigureAwait(false);
            return DaemonExitCode.Ok;
        }
        catch (OperationCanceledException)
        {
            return DaemonExitCode.Ok;
        }
        catch (Exception e) when (e is not AlreadyRunningException)
        {
            host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("guardd").CannotRun(e);
            return DaemonExitCode.Failed;
        }
    }

    private static IHost Build(GuardOptions options, EngineFactory factory)
    {
        // No defaults: neither the working directory nor the environment configures a privileged daemon.
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, ApplicationName = "guardd" });
        AddLogging(builder.Logging);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<ISystemdNotifier, SystemdNotifier>();
        builder.Services.AddSingleton<IHostLifetime, SystemdLifetime>();
        builder.Services.AddSingleton(services => factory(options, services.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddHostedService<GuardDaemon>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));
        return builder.Build();
    }

    /// <summary>To stderr: with systemd's priority prefix when the journal reads it, for people otherwise.</summary>
    private static void AddLogging(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Information);
        // The host repeats what is logged here already.
        logging.AddFilter("Microsoft", LogLevel.None);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 })
        {
            logging.AddSystemdConsole();
        }
        else
        {
            logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss ";
                console.ColorBehavior = LoggerColorBehavior.Disabled;
            });
        }
    }
}
