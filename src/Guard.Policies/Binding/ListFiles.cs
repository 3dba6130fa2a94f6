using System.Buffers;
using System.Collections.Immutable;
using Guard.Policies.Diagnostics;

namespace Guard.Policies.Binding;

/// <summary>
/// The list files of a bundle: one value a line, without the blanks around it; empty lines and lines that begin with
/// <c>#</c> are skipped, and of a line that sha256sum has printed the digest counts. Remembers which of them are used.
/// </summary>
internal sealed class ListFiles
{
    private const int DigestDigits = 64;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private readonly Dictionary<string, SourceText> _files;
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    public ListFiles(ImmutableArray<SourceText> files)
        => _files = files.ToDictionary(f => f.Name, StringComparer.Ordinal);

    public IEnumerable<string> Unused => _files.Keys.Where(f => !_used.Contains(f)).Order(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Names => _files.Keys;

    /// <summary>The values of a file, named from the folder of the file that names it or from the bundle's root; null when there is none.</summary>
    public ImmutableArray<ListValue>? Read(string name, string from)
    {
        var folder = from[..(from.LastIndexOf('/') + 1)];
        if (!_files.TryGetValue(folder + name, out var file) && !_files.TryGetValue(name, out file))
        {
            return null;
        }

        _used.Add(file.Name);
        return Values(file);
    }

    private static ImmutableArray<ListValue> Values(SourceText file)
    {
        var values = ImmutableArray.CreateBuilder<ListValue>();
        var number = 0;
        foreach (var line in file.Text.AsSpan().EnumerateLines())
        {
            number++;
            var value = line.Trim();
            if (!value.IsEmpty && value[0] != '#')
            {
                values.Add(new ListValue(WithoutName(value).ToString(), new SourceSpan(file.Name, number, 1)));
            }
        }

        return values.ToImmutable();
    }

    /// <summary>A digest, two blanks or a blank and an asterisk, and the name of a file: the digest. Anything else is a value as it is.</summary>
    private static ReadOnlySpan<char> WithoutName(ReadOnlySpan<char> line)
    {
        var printed = line.Length > DigestDigits + 2
            && line[DigestDigits..(DigestDigits + 2)] is "  " or " *"
            && !line[..DigestDigits].ContainsAnyExcept(HexDigits);
        return printed ? line[..DigestDigits] : line;
    }
}
