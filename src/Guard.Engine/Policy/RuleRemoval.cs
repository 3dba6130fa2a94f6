using System.Text;
using Guard.Policies.Image;
using Guard.Protocol;

namespace Guard.Engine.Policy;

/// <summary>
/// Cuts rules out of the text of a bundle: a rule's document, from where it begins to where the next one begins. The
/// rest of the text stays as its author wrote it: other documents of the file may be filters, lists or orders.
/// </summary>
internal static class RuleRemoval
{
    /// <summary>The bundle without these rules; files of which nothing remains are left out.</summary>
    /// <param name="policy">What is in force.</param>
    /// <param name="ids">Ids or titles.</param>
    /// <param name="unknown">Those that name no rule.</param>
    public static PolicyBundle Without(EnforcedPolicy policy, IReadOnlyList<string> ids, out IReadOnlyList<string> unknown)
    {
        var rules = policy.UserRules.Select(entry => entry.Rule).ToList();
        unknown = [.. ids.Where(id => !rules.Any(rule => IsNamed(rule, id)))];
        var removed = rules.Where(rule => ids.Any(id => IsNamed(rule, id))).ToList();
        var files = new List<BundleFile>();
        foreach (var file in policy.Bundle.Files)
        {
            var here = rules.Where(rule => rule.Identity.Span.File == file.Name).ToList();
            var gone = here.Where(removed.Contains).ToList();
            if (gone.Count == 0)
            {
                files.Add(file);
            }
            else if (Cut(Encoding.UTF8.GetString(file.Content), gone) is var rest && HasContent(rest))
            {
                files.Add(new BundleFile(file.Name, Encoding.UTF8.GetBytes(rest)));
            }
        }

        return new PolicyBundle(files);
    }

    /// <summary>Whether people who say this mean that rule.</summary>
    public static bool IsNamed(CompiledRule rule, string id) =>
        string.Equals(rule.Identity.Id, id, StringComparison.OrdinalIgnoreCase) || rule.Identity.Title == id;

    private static string Cut(string text, List<CompiledRule> gone)
    {
        var documents = SplitDocuments(text);
        var kept = documents.Where(document => !gone.Any(rule =>
            rule.Identity.Span.Line >= document.FirstLine && rule.Identity.Span.Line <= document.LastLine));
        return string.Join("\n---\n", kept.Select(document => document.Text));
    }

    private static bool HasContent(string text)
        => text.Split('\n').Any(line => line.Trim() is { Length: > 0 } content && content[0] != '#' && content != "---");

    private static List<(int FirstLine, int LastLine, string Text)> SplitDocuments(string text)
    {
        var lines = text.Split('\n');
        var documents = new List<(int, int, string)>();
        var first = 0;
        for (var i = 0; i <= lines.Length; i++)
        {
            if (i < lines.Length && lines[i].TrimEnd() != "---")
            {
                continue;
            }

            documents.Add((first + 1, i, string.Join('\n', lines[first..i])));
            first = i + 1;
        }

        return documents;
    }
}
