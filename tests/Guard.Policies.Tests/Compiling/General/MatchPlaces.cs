using System.Text.RegularExpressions;

namespace Guard.Policies.Tests.Compiling.General;

/// <summary>Places of matches as a list, which the spans of .NET's enumerator can't be.</summary>
internal static class MatchPlaces
{
    public static List<int> EnumerateMatchesOf(this Regex expression, string text)
    {
        var places = new List<int>();
        foreach (var match in expression.EnumerateMatches(text))
        {
            places.Add(match.Index);
        }

        return places;
    }
}
