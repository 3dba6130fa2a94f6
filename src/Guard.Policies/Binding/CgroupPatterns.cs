using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using Guard.Policies.Ast;
using Guard.Policies.Normalising;

namespace Guard.Policies.Binding;

/// <summary>
/// Units and containers as names in the path of a cgroup. Only places count that the machine's own service manager and
/// runtimes give away: somebody who may make cgroups below his own session could otherwise call one of them like a unit
/// that a rule exempts.
/// </summary>
internal static class CgroupPatterns
{
    /// <summary>Digits of a container's id that name it.</summary>
    public const int MinIdDigits = 12;

    private const string LxcPrefix = "lxc:";

    /// <summary>Up to the name of a unit: slices and nothing else.</summary>
    private const string Slices = @"(?:/[^/]+\.slice)*/";

    private const string Runtimes = "(?:docker|libpod|cri-containerd|crio|nerdctl)-";
    private const string End = @"(?:/|\z)";
    private const string IdDigit = "[0-9a-f]";

    /// <summary>Where the id of a container stands: under systemd, without it, under a kubelet.</summary>
    private static readonly string Containers = @"\A(?:" + string.Join(
        '|',
        Slices + Runtimes,
        "/docker/",
        "/libpod_parent/libpod-",
        @"/kubepods/(?:(?:burstable|besteffort)/)?pod[^/]+/",
        @"/system\.slice/containerd\.service/[^/]*:cri-containerd:") + ")";

    private static readonly string[] UnitTypes = [".service", ".scope", ".slice", ".socket", ".mount", ".swap"];

    /// <summary>Why a value can't be a unit, as a hint; null when it can.</summary>
    public static string? ComplaintAboutUnit(string value)
    {
        if (value.Contains('/', StringComparison.Ordinal))
        {
            return "a unit has no / in its name; a path is written in cgroup";
        }

        var typed = value.EndsWith('*') || UnitTypes.Any(type => value.EndsWith(type, StringComparison.Ordinal));
        var meant = UnitTypes.FirstOrDefault(type => value.EndsWith(type, StringComparison.OrdinalIgnoreCase));
        return typed ? null : meant is null ? $"did you mean '{value}.service'?" : $"did you mean '{value[..^meant.Length]}{meant}'?";
    }

    /// <summary>
    /// A unit of the machine's service manager, with everything below it. A name that the kernel uses itself is escaped
    /// with an underscore (systemd, cg_escape).
    /// </summary>
    public static TextValue Unit(ValueText name, bool caseSensitive)
        => Expression($@"\A{Slices}_?{Component(name)}{End}", caseSensitive);

    /// <summary>The container that a value means, or null when it means none.</summary>
    public static TextValue? Container(string value)
    {
        if (value is "any" or "*")
        {
            return Expression($@"{Containers}{IdDigit}{{{MinIdDigits}}}|\A/lxc(?:\.payload\.|/)[^/]", caseSensitive: true);
        }

        if (value.StartsWith(LxcPrefix, StringComparison.Ordinal))
        {
            var name = value[LxcPrefix.Length..];
            return name.Length == 0 || name.Contains('/', StringComparison.Ordinal)
                ? null
                : Expression($@"\A/lxc(?:\.payload\.|/){Component(ValueText.Parse(name))}{End}", caseSensitive: true);
        }

        var isId = value.Length is >= MinIdDigits and <= 64 && value.All(char.IsAsciiHexDigitLower);
        return isId ? Expression($@"{Containers}{value}{IdDigit}*(?:\.scope)?{End}", caseSensitive: true) : null;
    }

    /// <summary>A cgroup with everything below it, or null when the value is no path of one.</summary>
    public static TextValue? Subtree(string value)
    {
        if (!value.StartsWith('/') || value.EndsWith('/') || value[1..].Split('/').Any(name => name is "" or "." or ".."))
        {
            return null;
        }

        var path = ValueText.Parse(value);
        ImmutableArray<TextPattern> patterns = [path.ToPattern(caseSensitive: true)];
        return new TextValue(
            path.Parts is [.., WildcardPart { Element: AnyRunElement }]
                ? patterns
                : patterns.Add(new ValueText([.. path.Parts, new TextPart("/"), WildcardPart.Run]).ToPattern(caseSensitive: true)),
            []);
    }

    private static TextValue Expression(string text, bool caseSensitive)
        => new([], [new RegexPattern(text, caseSensitive ? RegexFlags.None : RegexFlags.IgnoreCase)]);

    /// <summary>One name of a path, whose wildcards go no further than it.</summary>
    private static string Component(ValueText name)
    {
        var text = new StringBuilder();
        foreach (var part in name.Parts)
        {
            text.Append(part switch
            {
                TextPart literal => Regex.Escape(literal.Text),
                WildcardPart { Element: AnyRunElement } => "[^/]*",
                _ => "[^/]",
            });
        }

        return text.ToString();
    }
}
