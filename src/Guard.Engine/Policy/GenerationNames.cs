using System.Collections.Immutable;
using Guard.Policies.Image;
using Guard.Protocol;

namespace Guard.Engine.Policy;

/// <summary>
/// What rule numbers mean, for the generations that events may still speak of. Written by pushes, read by the event
/// threads; safe from any thread.
/// </summary>
internal sealed class GenerationNames
{
    /// <summary>Events of older generations have long left the rings.</summary>
    private const int Kept = 64;

    private ImmutableDictionary<ulong, PolicyImage> _images = ImmutableDictionary<ulong, PolicyImage>.Empty;

    /// <summary>Before the generation goes live: its events must find their names.</summary>
    public void Add(ulong generation, PolicyImage image)
    {
        var images = _images.SetItem(generation, image);
        _images = images.Count <= Kept ? images : images.Remove(images.Keys.Min());
    }

    /// <summary>The rule, or null when the generation is not known.</summary>
    public CompiledRule? Find(ulong generation, int number) =>
        _images.TryGetValue(generation, out var image) && (uint)number < (uint)image.Rules.Length ? image.Rules[number] : null;

    /// <summary>The rule as records name it.</summary>
    public RuleReference? FindReference(ulong generation, int number) =>
        Find(generation, number) is { } rule ? ToReference(rule) : null;

    /// <summary>The hash of a generation's policy.</summary>
    public string? FindHash(ulong generation) => _images.TryGetValue(generation, out var image) ? image.PolicyHash : null;

    /// <summary>A compiled rule as records and lists name it.</summary>
    public static RuleReference ToReference(CompiledRule rule) => new()
    {
        Id = rule.Identity.Id,
        Title = rule.Identity.Title,
        Action = rule.Action.ToString().ToLowerInvariant(),
        Level = rule.Identity.Level.ToString().ToLowerInvariant(),
        Author = rule.Identity.Author,
        Tags = rule.Identity.Tags.IsDefaultOrEmpty ? null : rule.Identity.Tags,
        References = rule.Identity.References.IsDefaultOrEmpty ? null : rule.Identity.References,
        Source = rule.Identity.Span.ToString(),
    };
}
