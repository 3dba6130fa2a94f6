using Xunit.Abstractions;

namespace Guard.Abi.Tests;

/// <summary>
/// The comparison of kernel and simulator as a program, for guests: scenario 15-agreement runs it on each kernel.
/// GUARD_DECIDE_OBJECT names the object, which is built on the host.
/// </summary>
internal static class AgreementProgram
{
    private static int Main()
    {
        var tests = new KernelAgreementTests(new ConsoleOutput());
        tests.The_kernel_decides_what_the_simulator_decides();
        Console.WriteLine("kernel and simulator agree");
        return 0;
    }

    private sealed class ConsoleOutput : ITestOutputHelper
    {
        public void WriteLine(string message) => Console.WriteLine(message);

        public void WriteLine(string format, params object[] args) => Console.WriteLine(format, args);
    }
}
