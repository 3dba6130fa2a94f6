using System.Text;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling.General;

/// <summary>Names a text pattern so that equal names mean equal patterns.</summary>
internal static class PatternKey
{
    /// <summary>One character per byte or wildcard after the first.</summary>
    public static string Of(TextPattern pattern)
    {
        var key = new StringBuilder(pattern.CaseSensitive ? "c" : "i");
        foreach (var element in pattern.Elements)
        {
            switch (element)
            {
                case LiteralElement literal:
                    var bytes = pattern.CaseSensitive ? [.. literal.Bytes] : ByteClasses.Fold(literal.Bytes);
                    key.Append(Encoding.Latin1.GetString(bytes));
                    break;
                case AnyCharacterElement:
                    key.Append('\u1001');
                    break;
                default:
                    key.Append('\u1002');
                    break;
            }
        }

        return key.ToString();
    }
}
