namespace Guard.Cli;

internal static class Program
{
    private static int Main()
    {
        Console.Error.WriteLine("guardctl: not wired yet");
        return 1;
    }
}
