using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Guard.Policies.Compiling.General;
using Guard.Policies.Normalising;
using Guard.Policies.Tests.Conformance;
using Guard.Policies.Tests.Properties;
using Xunit;
using Xunit.Abstractions;
using YamlDotNet.RepresentationModel;

namespace Guard.Policies.Tests.Compiling.General;

/// <summary>The expressions of SigmaHQ's Linux rules become small automata that mean what .NET means.</summary>
public sealed class PublishedExpressionTests(ITestOutputHelper output)
{
    [SkippableFact]
    public void Each_becomes_a_small_automaton_with_a_factor_or_none()
    {
        Skip.If(SharedData.Sigma is null, SharedData.Missing);
        var expressions = Published(Path.Combine(SharedData.Sigma!, "rules")).Distinct().Order().ToList();
        Assert.NotEmpty(expressions);
        var states = 0;
        var random = new Random(TestSeed.Next(output));
        foreach (var expression in expressions)
        {
            var pattern = GeneralPattern.Of(new RegexPattern(expression, RegexFlags.None));
            var dfa = Determiniser.Run([pattern.Nfa]);
            Assert.True(dfa is not null, expression);
            states += dfa.States;
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{dfa.States} states, {dfa.Classes.Count} classes, factors {string.Join(' ', pattern.Factors.Select(f => Encoding.UTF8.GetString(f)))}: {expression}"));
            Compare(expression, dfa, pattern, random);
        }

        output.WriteLine($"{expressions.Count} expressions, {states} states");
        Assert.InRange(states, 1, 6000);
    }

    /// <summary>Texts are made of the expression's own pieces, so that some come close.</summary>
    private static void Compare(string expression, Dfa dfa, GeneralPattern pattern, Random random)
    {
        var dotnet = new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        var pieces = Regex.Split(expression, @"[^A-Za-z0-9/.\- ]+").Concat(["/", " ", "é", "x", "0", ".", "-", "tmp"]).ToArray();
        for (var i = 0; i < 500; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 9)).Select(_ => pieces[random.Next(pieces.Length)]));
            var expected = dotnet.IsMatch(text);
            Assert.True(expected == DfaWalk.Matches(dfa, text), $"{expression} on {text}");
            var folded = Encoding.UTF8.GetBytes(text.ToLowerInvariant());
            Assert.True(!expected || pattern.Factors.IsEmpty || pattern.Factors.Any(f => folded.AsSpan().IndexOf(f) >= 0));
        }
    }

    private static IEnumerable<string> Published(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.yml", SearchOption.AllDirectories).Order())
        {
            var text = File.ReadAllText(file);
            if (!text.Contains("|re", StringComparison.Ordinal) || !text.Contains("product: linux", StringComparison.Ordinal))
            {
                continue;
            }

            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            foreach (var node in stream.Documents.SelectMany(d => d.AllNodes).OfType<YamlMappingNode>().SelectMany(m => m))
            {
                if (node.Key is YamlScalarNode { Value: { } key } && key.EndsWith("|re", StringComparison.Ordinal))
                {
                    foreach (var value in node.Value is YamlSequenceNode list ? list.Children : [node.Value])
                    {
                        yield return ((YamlScalarNode)value).Value!;
                    }
                }
            }
        }
    }
}
