using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Guard.Policies;

namespace Guard.Benchmarks;

/// <summary>A policy of so many rules: half of them copies of published ones, half generated.</summary>
internal sealed class RuleSet
{
    /// <summary>One file must stay below what the compiler takes.</summary>
    private const int RulesPerFile = 500;

    private readonly SigmaRules _sigma;

    /// <summary>Describes the set.</summary>
    /// <param name="count">Rules.</param>
    /// <param name="commandLine">Whether rules may ask for the command line.</param>
    /// <param name="sigma">What is copied.</param>
    public RuleSet(int count, bool commandLine, SigmaRules sigma)
    {
        Count = count;
        CommandLine = commandLine;
        _sigma = sigma with { Accepted = [.. sigma.Accepted.Where(rule => commandLine || !rule.ReadsCommandLine)] };
    }

    /// <summary>Rules.</summary>
    public int Count { get; }

    /// <summary>Whether rules may ask for the command line.</summary>
    public bool CommandLine { get; }

    /// <summary>Different published rules that are copied.</summary>
    public int Originals => _sigma.Accepted.Length;

    /// <summary>Name of its folder and of the state that is measured.</summary>
    public string Name => (CommandLine ? "cmdline-" : "rules-") + Count.ToString(CultureInfo.InvariantCulture);

    /// <summary>The files of the bundle.</summary>
    public ImmutableArray<PolicyFile> Files() =>
    [
        .. Rules().Chunk(RulesPerFile).Select((rules, index) => new PolicyFile(
            $"{index:D3}.yml", Encoding.UTF8.GetBytes(string.Join("---\n", rules)))),
    ];

    private IEnumerable<string> Rules()
    {
        var copies = _sigma.Accepted.IsEmpty ? 0 : Count / 2;
        for (var number = 1; number <= Count - copies; number++)
        {
            yield return GeneratedRules.Rule(number, CommandLine);
        }

        for (var number = 1; number <= copies; number++)
        {
            yield return _sigma.Accepted[number % _sigma.Accepted.Length].Copy(number);
        }
    }
}
