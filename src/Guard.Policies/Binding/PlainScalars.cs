using System.Globalization;
using System.Text.RegularExpressions;
using Guard.Policies.Yaml;

namespace Guard.Policies.Binding;

/// <summary>Scalars without quotes. Decimal numbers and true/false stand for their text; the rest must be plain text.</summary>
internal static partial class PlainScalars
{
    /// <summary>
    /// True for what YAML 1.1, YAML 1.2 and their users read differently: 010, 0x17, 1_000, 1e3, 1.50, 1:30, yes, no,
    /// on, off, .inf, dates and times.
    /// </summary>
    public static bool IsAmbiguous(YamlScalar scalar)
        => scalar.Style == YamlStyle.Plain && !Decimal().IsMatch(scalar.Text) && Ambiguous().IsMatch(scalar.Text);

    /// <summary>A uid in digits, without leading zeros.</summary>
    public static bool TryReadUid(string text, out uint uid)
        => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uid)
            && (text.Length == 1 || text[0] != '0');

    /// <summary>A decimal number of at most 28 characters.</summary>
    public static bool TryReadNumber(string text, out decimal number)
    {
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        number = 0;
        return text.Length <= 28 && decimal.TryParse(text, style, CultureInfo.InvariantCulture, out number);
    }

    [GeneratedRegex(@"\A(0|-?[1-9][0-9]*|-?(0|[1-9][0-9]*)\.[0-9]*[1-9])\z", RegexOptions.CultureInvariant)]
    private static partial Regex Decimal();

    [GeneratedRegex(
        @"\A(yes|no|on|off|[-+]?\.inf|\.nan|[-+]?0x[0-9a-f_]+|[-+]?0o[0-7_]+|[-+]?0b[01_]+|[-+]?[0-9][0-9_]*"
        + @"|[-+]?[0-9]+(:[0-9]+)+|[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[-+]?[0-9]+)?"
        + @"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([T ].*)?)\z",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Ambiguous();
}
