using System.Globalization;
using System.Text;
using Guard.Engine.Interop;

namespace Guard.Engine.Kernel;

/// <summary>Runs the iterator over all tasks until a pass finds none without storage.</summary>
internal static class TaskSeeding
{
    // A task is seeded in the pass after its parent's, where the order of process ids is not that of descent.
    private const int PassesMax = 64;

    /// <summary>Seeds, and says how many tasks got their storage.</summary>
    /// <exception cref="KernelException">Every pass found more: something forks faster than it can be followed.</exception>
    public static int Run(BpfProgram seed)
    {
        using var link = Libbpf.AttachIterator(seed);
        var total = 0;
        for (var pass = 0; pass < PassesMax; pass++)
        {
            var seeded = RunPass(link);
            if (seeded == 0)
            {
                return total;
            }

            total += seeded;
        }

        KernelException.Throw($"{PassesMax} passes over the tasks each found some without storage", default);
        return total;
    }

    /// <summary>The sum of the numbers in what the iterator printed.</summary>
    internal static int SumNumbers(string text)
    {
        var sum = 0;
        foreach (var word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                KernelException.Throw($"the iterator over the tasks printed \"{word}\", not a number", default);
            }

            sum = checked(sum + number);
        }

        return sum;
    }

    private static int RunPass(BpfLinkHandle link)
    {
        using var iterator = Libbpf.CreateIterator(link);
        return SumNumbers(ReadAll(iterator));
    }

    /// <summary>What an iterator prints.</summary>
    internal static string ReadAll(FileDescriptorHandle iterator)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        for (var got = Libc.Read(iterator, buffer); got > 0; got = Libc.Read(iterator, buffer))
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, got));
        }

        return text.ToString();
    }
}
