using Xunit.Abstractions;

namespace Guard.Abi.Tests;

/// <summary>
/// The comparisons of kernel and simulator as a program, for guests: scenario 15-agreement runs it on each kernel.
/// GUARD_DECIDE_OBJECT names the object, which is built on the host.
/// </summary>
internal static class AgreementProgram
{
    private static int Main()
    {
        var tests = new KernelAgreementTests(new ConsoleOutput());
        Action[] comparisons =
        [
            tests.The_kernel_decides_what_the_simulator_decides,
            tests.They_agree_at_every_bound_and_a_block_survives_a_failure,
            tests.What_target_and_cgroup_settle_is_what_the_whole_decision_says,
            tests.They_agree_about_operations_on_sockets_that_are_asked_about_and_others,
        ];
        foreach (var compare in comparisons)
        {
            compare();
            Console.WriteLine($"compared: {compare.Method.Name}");
        }

        Console.WriteLine("kernel and simulator agree");
        return 0;
    }

    private sealed class ConsoleOutput : ITestOutputHelper
    {
        public void WriteLine(string message) => Console.WriteLine(message);

        public void WriteLine(string format, params object[] args) => Console.WriteLine(format, args);
    }
}
