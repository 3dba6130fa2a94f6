namespace Guard.Engine;

internal static class Program
{
    private static int Main()
    {
        Console.Error.WriteLine("guardd: not wired yet");
        return 1;
    }
}
