using System.Text;
using Guard.Policies;
using Guard.Policies.Diagnostics;
using Guard.Policies.Yaml;

namespace Guard.Cli.Explaining;

/// <summary>Selection items as they were written, each on one line.</summary>
internal sealed class ItemTexts
{
    private const int MostCharacters = 120;

    private readonly Dictionary<string, PolicyFile> _files;
    private readonly Dictionary<string, WrittenItems> _items = new(StringComparer.Ordinal);

    /// <summary>For the files of a bundle.</summary>
    public ItemTexts(IEnumerable<PolicyFile> files) => _files = files.ToDictionary(file => file.Name, StringComparer.Ordinal);

    /// <summary>The item at a place; its end is cut when it is long.</summary>
    public string At(SourceSpan place)
    {
        if (!_items.TryGetValue(place.File, out var items))
        {
            if (!_files.TryGetValue(place.File, out var file))
            {
                return "";
            }

            items = WrittenItems.Of(file);
            _items.Add(place.File, items);
        }

        return Joined(items.At(place));
    }

    private static string Joined(ReadOnlySpan<char> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines.EnumerateLines())
        {
            text.Append(text.Length == 0 ? "" : " ").Append(line.Trim());
            if (text.Length > MostCharacters)
            {
                return text.ToString(0, MostCharacters - 1) + "…";
            }
        }

        return text.ToString();
    }
}
