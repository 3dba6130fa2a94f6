using System.Globalization;
using Xunit.Abstractions;

namespace Guard.Policies.Tests.Properties;

/// <summary>The seed of a random test: printed, and taken from GUARD_SEED to replay a failure.</summary>
internal static class TestSeed
{
    public static int Next(ITestOutputHelper output)
    {
        var given = Environment.GetEnvironmentVariable("GUARD_SEED");
        var seed = given is null ? Random.Shared.Next() : int.Parse(given, CultureInfo.InvariantCulture);
        output.WriteLine($"GUARD_SEED={seed}");
        return seed;
    }
}
