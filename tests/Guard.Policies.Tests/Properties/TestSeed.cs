using System.Globalization;
using Xunit.Abstractions;

namespace Guard.Policies.Tests.Properties;

/// <summary>
/// The seed of a random test: printed, and taken from GUARD_SEED to replay a failure. Without one it is the same each
/// time, so that a change is judged by what it changed; <c>make fuzz</c> gives a new one each round.
/// </summary>
internal static class TestSeed
{
    private const int Default = 20261126;

    public static int Next(ITestOutputHelper output)
    {
        var given = Environment.GetEnvironmentVariable("GUARD_SEED");
        var seed = given is null ? Default : int.Parse(given, CultureInfo.InvariantCulture);
        output.WriteLine($"GUARD_SEED={seed}");
        return seed;
    }
}
