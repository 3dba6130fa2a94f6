using Guard.Engine.Hosting;

namespace Guard.Engine;

internal static class Program
{
    private static async Task<int> Main(string[] args)
        => (int)await DaemonProgram.RunAsync(args, Console.Out, Console.Error, (options, loggers) => new GuardEngine(options, loggers)).ConfigureAwait(false);
}
