namespace Guard.Cli;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        var environment = CliEnvironment.FromConsole();
        var code = await GuardCtl.RunAsync(args, environment).ConfigureAwait(false);
        try
        {
            await environment.Out.FlushAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The reader has gone.
        }
        return code;
    }
}
