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
        catch (Exception e) when ((e as IOException ?? e.InnerException as IOException) is { } failure)
        {
            var unwritten = (int)GuardCtl.Unwritten(environment, failure);
            return code == (int)ExitCode.Ok ? unwritten : code;
        }
        return code;
    }
}
