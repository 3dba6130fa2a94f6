using System.Collections.Immutable;
using Guard.Policies.Diagnostics;

namespace Guard.Policies.Yaml;

/// <summary>
/// The files of a bundle to documents and lists. Files are read in the order of their names, so that order means nothing.
/// </summary>
internal static class YamlBundleReader
{
    public static BundleText Read(
        IReadOnlyList<PolicyFile> files, CompilerOptions options, DiagnosticBag bag)
    {
        if (IsTooLarge(files, options, bag))
        {
            return new BundleText([], []);
        }

        var documents = ImmutableArray.CreateBuilder<YamlDocument>();
        var lists = ImmutableArray.CreateBuilder<SourceText>();
        string? previous = null;
        foreach (var file in files.OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            if (file.Name == previous)
            {
                var message = $"the file name {TerminalText.Quote(file.Name)} occurs twice";
                bag.Report(DiagnosticCatalogue.DuplicateFileName, new SourceSpan(file.Name, 0, 0), message);
            }
            else if (YamlTextReader.Read(file, options, bag) is { } source)
            {
                if (file.IsList)
                {
                    lists.Add(source);
                }
                else
                {
                    documents.AddRange(YamlEventReader.Read(source, bag));
                }
            }

            previous = file.Name;
        }

        if (documents.Count == 0 && !IsEmptyOnPurpose(files, options))
        {
            ReportNoRules(files, bag);
        }

        return new BundleText(documents.ToImmutable(), lists.ToImmutable());
    }

    private static bool IsTooLarge(IReadOnlyList<PolicyFile> files, CompilerOptions options, DiagnosticBag bag)
    {
        var total = files.Sum(f => (long)f.Content.Length);
        if (total <= options.MaxBundleBytes)
        {
            return false;
        }

        var message = $"the bundle has {total} bytes, allowed are {options.MaxBundleBytes}";
        bag.Report(DiagnosticCatalogue.BundleTooLarge, new SourceSpan("(bundle)", 0, 0), message);
        return true;
    }

    /// <summary>No file at all, for a kernel: what guardd starts with, and what remains when every rule is removed.</summary>
    private static bool IsEmptyOnPurpose(IReadOnlyList<PolicyFile> files, CompilerOptions options)
        => files.Count == 0 && options.IncludeSelfTest;

    private static void ReportNoRules(IReadOnlyList<PolicyFile> files, DiagnosticBag bag)
    {
        if (!bag.HasErrors)
        {
            var message = files.Count == 1 ? "there is no rule in the file" : $"there is no rule in the {files.Count} files of the bundle";
            bag.Report(DiagnosticCatalogue.NoRules, new SourceSpan("(bundle)", 0, 0), message);
        }
    }
}
