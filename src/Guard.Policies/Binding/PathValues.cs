using System.Collections.Immutable;
using System.Text;
using Guard.Policies.Ast;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>
/// Values of fields that are paths and that no path is: relative ones, and those with what a resolved path has not. Such a
/// value does no harm to others of its list, so that it is a warning; but a rule that stands on it alone would never match.
/// </summary>
internal static class PathValues
{
    private const byte Slash = (byte)'/';

    private static readonly ImmutableArray<string> Resolved = ["TargetFilename", "ImageLoaded", "TargetImage", "CurrentDirectory"];

    /// <summary>What also goes by the name that a caller gave, which may be anything.</summary>
    private static readonly ImmutableArray<string> Called = ["Image", "SourceImage", "ParentImage", "AncestorImage"];

    /// <summary>Reports the value if it is none of a path's.</summary>
    /// <param name="name">The field.</param>
    /// <param name="modifiers">Of the item.</param>
    /// <param name="value">As written.</param>
    /// <param name="text">What it has become.</param>
    /// <param name="bag">Findings.</param>
    public static void Check(string name, ItemModifiers modifiers, YamlScalar value, TextValue text, DiagnosticBag bag)
    {
        if (modifiers.Kind != ItemKind.Text)
        {
            return;
        }

        var patterns = PatternsOf(modifiers, value, text);
        if (Resolved.Contains(name))
        {
            CheckResolved(name, modifiers, value, patterns, bag);
        }
        else if (Called.Contains(name) && patterns.FirstOrDefault(IsBareName) is { } bare)
        {
            var called = Show(bare);
            var message = $"{name} is {TerminalText.Quote(called)} only where the program was called exactly so: paths of programs begin with /";
            bag.Report(DiagnosticCatalogue.BareName, value.Span, message, $"write the whole path, or endswith: /{TerminalText.Escape(called)}");
        }
    }

    /// <summary>Letters beyond ASCII have become an expression; of their pattern only the slashes and dots count here.</summary>
    private static ImmutableArray<TextPattern> PatternsOf(ItemModifiers modifiers, YamlScalar value, TextValue text)
        => text.Patterns.IsEmpty && !modifiers.Expand
            ? [ValueText.Parse(value.Text).Placed(modifiers.Placement).ToPattern(caseSensitive: true)]
            : text.Patterns;

    private static void CheckResolved(
        string name, ItemModifiers modifiers, YamlScalar value, ImmutableArray<TextPattern> patterns, DiagnosticBag bag)
    {
        var faults = patterns.Select(p => (Pattern: p, Fault: FaultOf(p))).Where(p => p.Fault is not null).ToList();
        if (faults.Count == 0 || (faults.Count < patterns.Length && !modifiers.Expand))
        {
            return;
        }

        var (pattern, fault) = faults[0];
        var written = modifiers.Expand ? Show(pattern) : value.Text;
        var message = $"{name} is never {TerminalText.Quote(written)}: {fault!.Value.Why}";
        bag.Report(DiagnosticCatalogue.NoSuchPath, value.Span, message, fault.Value.Hint);
    }

    private static (string Why, string Hint)? FaultOf(TextPattern pattern)
    {
        var literals = pattern.Elements.OfType<LiteralElement>().ToList();
        if (pattern.Elements.IsEmpty || pattern.Elements[0] is LiteralElement { Bytes: [not Slash, ..] })
        {
            return ("a path begins with /", HintOfBeginning(Show(pattern)));
        }

        if (literals.Exists(HasEmptyOrDotted) || pattern.Elements[^1] is LiteralElement last && EndsDotted(last))
        {
            return ("the kernel's path of a file has one / between names, and no . or .. for a name", "write the path as realpath(1) prints it");
        }

        // A file that is named whole is looked for, and its links are followed then.
        if (pattern.Elements is [LiteralElement start, _, ..] && MergedUsr.LinkOf(start.Bytes.AsSpan()) is var (link, real))
        {
            return ($"{link} is a link, and the kernel's path of a file begins with what it leads to", $"begin with {real}");
        }

        return pattern.Elements is not [LiteralElement { Bytes: [Slash] }] && pattern.Elements[^1] is LiteralElement { Bytes: [.., Slash] }
            ? ("no path but / itself ends with /", HintOfEnd(pattern))
            : null;
    }

    private static string HintOfBeginning(string written) => written switch
    {
        ['~', ..] => "write the home directory out, as /root/ or /home/*/: ~ means something to shells only",
        ['$', ..] => "write the path out: variables mean something to shells only",
        _ when written.Contains(":/", StringComparison.Ordinal) => "write the path alone, from its first / on",
        _ => "begin with /, or use endswith for a name, as in endswith: /NAME",
    };

    private static string HintOfEnd(TextPattern pattern) => pattern.Elements[0] is LiteralElement
        ? "use startswith for all that is in the directory, or leave the last / out for the directory itself"
        : "use contains for all that is in such a directory, or leave the last / out for the name itself";

    private static bool HasEmptyOrDotted(LiteralElement literal)
    {
        var bytes = literal.Bytes.AsSpan();
        return bytes.IndexOf("//"u8) >= 0 || bytes.IndexOf("/./"u8) >= 0 || bytes.IndexOf("/../"u8) >= 0;
    }

    private static bool EndsDotted(LiteralElement literal)
        => literal.Bytes.AsSpan().EndsWith("/."u8) || literal.Bytes.AsSpan().EndsWith("/.."u8);

    private static bool IsBareName(TextPattern pattern)
        => pattern.Elements is [LiteralElement name] && !name.Bytes.Contains(Slash);

    private static string Show(TextPattern pattern) => string.Concat(pattern.Elements.Select(e => e switch
    {
        LiteralElement literal => Encoding.UTF8.GetString(literal.Bytes.AsSpan()),
        AnyCharacterElement => "?",
        _ => "*",
    }));
}
