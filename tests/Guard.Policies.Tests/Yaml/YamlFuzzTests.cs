using System.Text;
using Guard.Policies.Diagnostics;
using Xunit;
using Xunit.Abstractions;

namespace Guard.Policies.Tests.Yaml;

/// <summary>No content makes the compiler throw, and what is accepted formats without a control character.</summary>
public sealed class YamlFuzzTests(ITestOutputHelper output)
{
    private static readonly string[] Seeds =
    [
        "title: t\nid: 2f1ba2c4-6f86-4d2b-9b8f-6b9d6e5b4c3a\nlogsource: {product: linux, category: file_access}\n"
        + "detection:\n  a:\n    Image|endswith: ['/x', \"\\x41?\", 12]\n    Access: [read, write]\n  b:\n"
        + "    - User: root\n    - Uid: 5\n  condition: a and not 1 of b*\nguard: {action: block, on_unknown: deny}\n",
        "? |\n  x\n: >-\n  folded\n  text\n---\n- &a b\n- *a\n- !!str c\n...\n%YAML 1.2\n---\n{<<: {a: b}, 'q''q': \"\\u00e9\\t\"}\n",
    ];

    private static readonly string[] Pieces =
    [
        ":", "- ", "? ", "|", ">", "'", "\"", "[", "]", "{", "}", ",", "#", "&a ", "*a ", "!t ", "<<", "\n", "\r\n", "\t",
        "---\n", "...\n", "%TAG ! x\n", "\\", "\0", "\uFEFF", "\u2028", "😀", "(", ")", "not ", "1 of ", "them", "*", "    ",
        "!<", ">", "%", "@", "`", "~", "null",
    ];

    [Fact]
    public void Mutated_text_never_throws()
    {
        const int seed = 20260117;
        var random = new Random(seed);
        var accepted = 0;
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = Mutate(Seeds[random.Next(Seeds.Length)], random);
            try
            {
                var file = new PolicyFile("f.yml", bytes);
                var result = PolicyCompiler.Compile([file], new CompilerOptions());
                accepted += result.HasErrors ? 0 : 1;
                var formatter = new DiagnosticFormatter([file]);
                Assert.All(result.Diagnostics.Take(5), d => AssertPrintable(formatter.Format(d)));
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"seed {seed}, turn {i}: {e}\n{Convert.ToBase64String(bytes)}");
            }
        }

        output.WriteLine($"seed {seed}: {accepted} accepted");
        Assert.True(accepted > 100);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{a: ", "}")]
    [InlineData("- ", "")]
    [InlineData("? ", "")]
    [InlineData("not ", "")]
    public void Endless_nesting_is_refused_quickly(string open, string close)
    {
        var text = string.Concat(Enumerable.Repeat(open, 100_000)) + "x" + string.Concat(Enumerable.Repeat(close, 100_000));
        Assert.True(PolicyText.Compile(text).HasErrors);
        Assert.True(PolicyText.Compile(PolicyText.Exec($"sel:\n    Image: a\ncondition: {open.Replace("[", "(", StringComparison.Ordinal)}{text}")).HasErrors);
    }

    private static byte[] Mutate(string text, Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(text).ToList();
        for (var n = random.Next(1, 5); n > 0; n--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 60), bytes.Count - at)));
                    break;
            }

            if (bytes.Count == 0)
            {
                bytes.Add((byte)'x');
            }
        }

        return [.. bytes];
    }

    private static void AssertPrintable(string text)
        => Assert.DoesNotContain(text, c => char.IsControl(c) && c != '\n');
}
