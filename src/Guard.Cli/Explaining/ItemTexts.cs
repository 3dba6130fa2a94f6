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

    /// <summary>A list that stands below its key, one value a line, becomes one in brackets.</summary>
    private static string Joined(ReadOnlySpan<char> lines)
    {
        var text = new StringBuilder();
        var inList = false;
        foreach (var line in lines.EnumerateLines())
        {
            var part = line.Trim();
            var value = text.Length > 0 && part.StartsWith("- ");
            text.Append(text.Length == 0 ? "" : value && inList ? ", " : " ");
            text.Append(value && !inList ? "[" : "").Append(value ? WithoutRemark(part[1..]) : part);
            inList |= value;
            if (text.Length > MostCharacters)
            {
                return text.ToString(0, MostCharacters - 1) + "…";
            }
        }

        return text.Append(inList ? "]" : "").ToString();
    }

    private static ReadOnlySpan<char> WithoutRemark(ReadOnlySpan<char> value)
    {
        var text = value.Trim();
        var remark = text.StartsWith('"') || text.StartsWith('\'') ? -1 : text.IndexOf(" #");
        return remark < 0 ? text : text[..remark].TrimEnd();
    }
}
