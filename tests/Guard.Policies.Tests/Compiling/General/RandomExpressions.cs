using System.Text;

namespace Guard.Policies.Tests.Compiling.General;

/// <summary>
/// Expressions and texts over few characters, so that they meet. All lie below U+10000, where .NET's view by UTF-16
/// unit and the compiler's by code point are one. No newline comes last in a text, where <c>$</c> differs.
/// </summary>
internal sealed class RandomExpressions(int seed)
{
    private static readonly string[] Characters = ["a", "b", "K", "k", "_", "0", " ", "-", "é", "É", "€", "ſ", "\u212A", "Ж", "ж"];
    private static readonly string[] Atoms =
    [
        ".", ".", "a", "b", "k", "é", "Ж", "€", "[ab]", "[^a]", "[^é]", "[a-k]", "[é-ж]", "[^é€]", "[a-z-[bk]]", @"\w", @"\W",
        @"\d", @"\s", @"\S", @"\D", @"\p{L}", @"\P{Ll}", @"\p{Lu}", @"[\W_]", @"[^\w]", @"\n", @"\x61", @"\u20AC", @"[^\p{L}-[a]]",
    ];

    private static readonly string[] Places = ["^", @"\b", @"\B", @"\A", @"\z", @"\Z", "$"];
    private static readonly string[] Quantifiers = ["*", "+", "?", "{2}", "{1,}", "{0,2}", "*?", "+?", "??", "{2,3}", "{0}"];
    private readonly Random _random = new(seed);

    public string Expression(int depth = 2)
    {
        var text = new StringBuilder();
        if (_random.Next(8) == 0)
        {
            text.Append(Pick(["(?i)", "(?s)", "(?m)", "(?im)", "(?x)", "(?-i)"]));
        }

        var parts = _random.Next(1, 4);
        for (var i = 0; i < parts; i++)
        {
            Append(text, depth);
        }

        return text.ToString();
    }

    public string Text()
    {
        var text = new StringBuilder();
        for (var length = _random.Next(8); length > 0; length--)
        {
            text.Append(_random.Next(10) == 0 ? "\n" : Pick(Characters));
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <summary>Bytes of which many are no UTF-8.</summary>
    public byte[] Bytes()
    {
        byte[] bytes = [0x61, 0x62, 0xc3, 0xa9, 0x80, 0xbf, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0xff, 0xc1, 0x2d, 0xed, 0xa0];
        return [.. Enumerable.Range(0, _random.Next(8)).Select(_ => bytes[_random.Next(bytes.Length)])];
    }

    public int Next(int end) => _random.Next(end);

    private string Pick(string[] from) => from[_random.Next(from.Length)];

    private void Append(StringBuilder text, int depth)
    {
        var kind = _random.Next(10);
        if (kind == 0)
        {
            text.Append(Pick(Places));
            return;
        }

        if (kind <= 2 && depth > 0)
        {
            text.Append(Pick(["(", "(?:", "(?<n>", "(?i:", "(?s:", "(?m-i:"]));
            text.Append(Expression(depth - 1));
            text.Append(_random.Next(2) == 0 ? "|" + Expression(depth - 1) : string.Empty).Append(')');
        }
        else
        {
            text.Append(Pick(Atoms));
        }

        if (_random.Next(3) == 0)
        {
            text.Append(Pick(Quantifiers));
        }
    }
}
