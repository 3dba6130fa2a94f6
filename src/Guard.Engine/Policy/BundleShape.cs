using System.Diagnostics.CodeAnalysis;
using Guard.Protocol;

namespace Guard.Engine.Policy;

/// <summary>Whether a bundle that was read from JSON has what its type promises. Thread-safe.</summary>
internal static class BundleShape
{
    /// <summary>True when there is a list of files, each with a name and content; the list may be empty.</summary>
    /// <remarks>JSON may lack any of them, and source generation does not check for nulls that the types forbid.</remarks>
    public static bool IsWhole([NotNullWhen(true)] PolicyBundle? bundle) =>
        bundle?.Files is not null && bundle.Files.All(file => file?.Content is not null && !string.IsNullOrEmpty(file.Name));
}
