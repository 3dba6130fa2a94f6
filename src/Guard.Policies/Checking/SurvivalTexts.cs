using System.Collections.Immutable;
using Guard.Policies.Normalising;

namespace Guard.Policies.Checking;

/// <summary>The names by which requests are known in a role. Equal ones have one number. For one thread.</summary>
internal sealed class SurvivalTexts(ImmutableArray<SurvivalRequest> requests)
{
    private readonly Dictionary<TextRoles, RoleTexts> _known = [];

    /// <summary>Those of the roles; the same object each time.</summary>
    public RoleTexts Of(TextRoles roles)
    {
        if (!_known.TryGetValue(roles, out var texts))
        {
            texts = Collect(roles);
            _known.Add(roles, texts);
        }

        return texts;
    }

    private RoleTexts Collect(TextRoles roles)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var distinct = new List<byte[][]>();
        var numberOf = new int[requests.Length];
        for (var request = 0; request < requests.Length; request++)
        {
            byte[][] texts = [.. requests[request].TextsOf(roles)];
            var key = string.Join(' ', texts.Select(Convert.ToHexString));
            if (!numbers.TryGetValue(key, out numberOf[request]))
            {
                numberOf[request] = numbers[key] = distinct.Count;
                distinct.Add(texts);
            }
        }

        return new RoleTexts(numberOf, [.. distinct]);
    }
}

/// <summary>What requests are called in a role.</summary>
/// <param name="NumberOf">By request: the number of its texts.</param>
/// <param name="Distinct">By number: the texts.</param>
internal sealed record RoleTexts(int[] NumberOf, byte[][][] Distinct);
