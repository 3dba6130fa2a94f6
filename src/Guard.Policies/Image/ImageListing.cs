using System.Globalization;
using System.Text;
using Guard.Policies.Normalising;

namespace Guard.Policies.Image;

/// <summary>An image as text: what goldens compare and <c>policy compile --listing</c> prints.</summary>
public static class ImageListing
{
    private static readonly string[] CategoryNames = ["process_creation", "file_access", "network_connection", "event", "image_load", "5", "mapped_program", "7"];
    private static readonly string[] NumberNames = ["uid", "logon", "operation", "destination port", "source port", "protocol", "family", "7"];
    private static readonly string[] AddressNames = ["destination", "source"];

    /// <summary>Lists an image.</summary>
    /// <param name="image">The image with its rules.</param>
    /// <exception cref="InvalidImageException">The bytes are no image.</exception>
    public static string Write(PolicyImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var view = ImageReader.Read(image.Bytes);
        var text = new StringBuilder();
        WriteHeader(text, view);
        WriteAutomata(text, view);
        WritePatterns(text, view);
        WriteAtoms(text, view);
        WriteHolders(text, view);
        for (var rule = 0; rule < view.Rules.Length; rule++)
        {
            WriteRule(text, view, rule, rule < image.Rules.Length ? image.Rules[rule] : null);
        }

        return text.ToString();
    }

    private static void WriteHeader(StringBuilder text, ImageView view)
    {
        Line(text, $"image: abi {view.Header.AbiVersion}, {view.Header.TotalBytes} bytes");
        if (view.Header.Flags != 0)
        {
            Line(text, $"failure: {(FailureOrder)view.Header.Flags}");
        }

        for (var c = 0; c < KernelAbi.Categories; c++)
        {
            ref readonly var category = ref view.Header.Categories[c];
            if (category.RuleCount > 0)
            {
                Line(
                    text,
                    $"category {CategoryName(c)}: {category.RuleCount} rules, {category.BlockCount} block, "
                        + $"always {List(view, category.AlwaysList)}, unknown {List(view, category.UnknownList)}"
                        + (category.SubjectTriggers != 0 ? ", subject triggers" : string.Empty)
                        + (category.TargetDecides switch
                        {
                            KernelAbi.DecidesTarget => ", target decides",
                            KernelAbi.DecidesPlace => ", target and cgroup decide",
                            KernelAbi.DecidesSubject => ", process decides",
                            _ => string.Empty,
                        }));
            }
        }
    }

    private static void WriteAutomata(StringBuilder text, ImageView view)
    {
        for (var number = 0; number < view.Automata.Length; number++)
        {
            ref readonly var automaton = ref view.Automata[number];
            if (automaton.ClassesOff != 0)
            {
                var kind = number >= 2 * view.Header.TextCount ? "confirmation" : number % 2 == 0 ? "literal" : "general";
                Line(
                    text,
                    $"automaton {number} ({kind}): {automaton.StateCount} states, {automaton.ClassCount} classes, "
                        + $"{automaton.RowsBytes} bytes, start {List(view, automaton.StartList)}");
            }
        }

        for (var number = 0; number < view.Sets.Length; number++)
        {
            ref readonly var set = ref view.Sets[number];
            if (set.BucketsOff != 0)
            {
                Line(text, $"set {number}: {set.EntryCount} texts in {set.BucketCount} buckets");
            }
        }
    }

    private static void WritePatterns(StringBuilder text, ImageView view)
    {
        var texts = new PatternTexts(view);
        for (var number = 0; number < view.Patterns.Length; number++)
        {
            ref readonly var pattern = ref view.Patterns[number];
            var segment = pattern.Kind == KernelAbi.PatternSegment
                ? $", segment {pattern.Segment} of 0..{pattern.LastSegment}, sequence {pattern.Sequence}"
                : string.Empty;
            var target = pattern.Kind == KernelAbi.PatternCandidate ? $"automaton {pattern.Atom}" : $"#{pattern.Atom}";
            Line(text, $"pattern {number}: {texts[(uint)number]} -> {target}, {Roles(pattern.Roles)}{segment}");
        }
    }

    private static void WriteAtoms(StringBuilder text, ImageView view)
    {
        for (var number = 0; number < view.Atoms.Length; number++)
        {
            ref readonly var atom = ref view.Atoms[number];
            var triggers = string.Empty;
            for (var c = 0; c < KernelAbi.Categories; c++)
            {
                if (atom.Triggers[c] != 0)
                {
                    triggers += $", {CategoryName(c)} triggers {List(view, atom.Triggers[c])}";
                }
            }

            Line(text, $"atom #{number}: {(PolicyField)atom.Field}, {Roles(atom.Roles)}{triggers}");
        }
    }

    private static void WriteHolders(StringBuilder text, ImageView view)
    {
        for (var number = 0; number < KernelAbi.Numbers; number++)
        {
            foreach (ref readonly var range in view.Ranges(number))
            {
                Line(text, $"{NumberNames[number]} from {range.From}: atoms {List(view, range.List)}");
            }
        }

        for (var address = 0; address < KernelAbi.Addresses; address++)
        {
            foreach (ref readonly var range in view.AddressRanges(address))
            {
                Line(text, $"{AddressNames[address]} from {AddressRanges.ToAddress(range.Address)}: atoms {List(view, range.List)}");
            }
        }

        for (var kind = 0; kind < KernelAbi.Accesses; kind++)
        {
            if (view.Header.AccessList[kind] != 0)
            {
                Line(text, $"access {(AccessKinds)(1 << kind)}: atoms {List(view, view.Header.AccessList[kind])}");
            }
        }

        for (var property = 0; property < KernelAbi.Properties; property++)
        {
            if (view.Header.PropertyList[property] != 0)
            {
                Line(text, $"property {(ImageProperties)(1 << property)}: atoms {List(view, view.Header.PropertyList[property])}");
            }
        }
    }

    private static void WriteRule(StringBuilder text, ImageView view, int number, CompiledRule? source)
    {
        ref readonly var rule = ref view.Rules[number];
        var name = source is null ? string.Empty : $" \"{source.Identity.Title}\" at {source.Identity.Span}";
        Line(
            text,
            $"rule {number}:{name}: {(RuleAction)rule.Action}, {CategoryName(rule.Category)}, "
                + $"on_unknown {(OnUnknown)rule.OnUnknown}, {(RuleLevel)rule.Level}, fields 0x{rule.Fields:x}");
        Line(text, $"    {Infix(view.Ops(rule))}");
    }

    /// <summary>The condition, from postfix; an atom shows the field whose completeness it depends on.</summary>
    private static string Infix(ReadOnlySpan<uint> ops)
    {
        var stack = new Stack<string>();
        foreach (var op in ops)
        {
            switch (op >> KernelAbi.OpShift)
            {
                case KernelAbi.OpAtom:
                    var field = (PolicyField)(op >> KernelAbi.OpFieldShift & KernelAbi.OpFieldMask);
                    stack.Push($"#{op & KernelAbi.OpAtomMask}:{field}");
                    break;
                case KernelAbi.OpNot:
                    stack.Push($"not {stack.Pop()}");
                    break;
                case KernelAbi.OpAnd or KernelAbi.OpOr:
                    var right = stack.Pop();
                    var word = op >> KernelAbi.OpShift == KernelAbi.OpAnd ? "and" : "or";
                    stack.Push($"({stack.Pop()} {word} {right})");
                    break;
                default:
                    stack.Push(op >> KernelAbi.OpShift == KernelAbi.OpTrue ? "true" : "false");
                    break;
            }
        }

        return stack.Pop();
    }

    private static string Roles(ushort roles) => roles == 0 ? "no text" : ((TextRoles)roles).ToString().Replace(", ", "|", StringComparison.Ordinal);

    private static string CategoryName(int category)
        => category < CategoryNames.Length ? CategoryNames[category] : category.ToString(CultureInfo.InvariantCulture);

    private static string List(ImageView view, uint list) => $"[{string.Join(' ', view.List(list).ToArray())}]";

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
