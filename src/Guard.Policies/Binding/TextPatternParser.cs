using Guard.Policies.Normalising;

namespace Guard.Policies.Binding;

/// <summary>A value without further modifiers to a pattern.</summary>
internal static class TextPatternParser
{
    public static TextPattern Parse(string value, Placement placement, bool caseSensitive)
        => ValueText.Parse(value).Placed(placement).ToPattern(caseSensitive);
}
