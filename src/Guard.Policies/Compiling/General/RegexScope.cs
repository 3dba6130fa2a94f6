using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling.General;

/// <summary>The options in force at a place of an expression.</summary>
internal readonly record struct RegexScope(bool IgnoreCase, bool Multiline, bool Singleline, bool Extended)
{
    public static RegexScope Of(RegexFlags flags) => new(
        flags.HasFlag(RegexFlags.IgnoreCase), flags.HasFlag(RegexFlags.Multiline), flags.HasFlag(RegexFlags.Singleline), false);

    /// <summary>With one option set or taken back; <c>n</c> concerns captures only.</summary>
    /// <exception cref="RegexSyntaxException">There is no such option.</exception>
    public RegexScope With(char option, bool on) => option switch
    {
        'i' or 'I' => this with { IgnoreCase = on },
        'm' or 'M' => this with { Multiline = on },
        's' or 'S' => this with { Singleline = on },
        'x' or 'X' => this with { Extended = on },
        'n' or 'N' => this,
        _ => throw new RegexSyntaxException($"the option {option}"),
    };
}
