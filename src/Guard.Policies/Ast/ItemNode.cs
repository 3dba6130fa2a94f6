using System.Collections.Immutable;
using Guard.Policies.Diagnostics;
using Guard.Policies.Normalising;

namespace Guard.Policies.Ast;

/// <summary>One <c>field|modifiers: values</c>.</summary>
internal abstract record ItemNode(SourceSpan Span)
{
    /// <summary><c>neq</c>: the item holds when what it says does not.</summary>
    public bool Negated { get; init; }
}

/// <summary>What one value has become: any of these. Encodings, dashes and lists make several of one.</summary>
internal sealed record TextValue(ImmutableArray<TextPattern> Patterns, ImmutableArray<RegexPattern> Expressions);

/// <summary>An item over a text that the kernel knows. <paramref name="All"/>: every value must hold, not one of them.</summary>
internal sealed record TextItem(PolicyField Field, SourceSpan Span, bool All, ImmutableArray<TextValue> Values)
    : ItemNode(Span);

/// <summary>An item over a number that the kernel knows.</summary>
internal sealed record NumberItem(PolicyField Field, SourceSpan Span, ImmutableArray<NumberRange> Ranges) : ItemNode(Span);

/// <summary>An item over an address.</summary>
internal sealed record AddressItem(PolicyField Field, SourceSpan Span, ImmutableArray<AddressRange> Ranges) : ItemNode(Span);

/// <summary>An item over the kind of access.</summary>
internal sealed record AccessItem(SourceSpan Span, bool All, ImmutableArray<AccessKinds> Values) : ItemNode(Span);

/// <summary>An item over the properties of a program.</summary>
internal sealed record PropertyItem(SourceSpan Span, bool All, ImmutableArray<ImageProperties> Values) : ItemNode(Span);

/// <summary>An item that always or never holds.</summary>
internal sealed record ConstantItem(SourceSpan Span, bool Value) : ItemNode(Span);

/// <summary>An item over the text of an event's field.</summary>
internal sealed record EventTextItem(string Field, SourceSpan Span, bool All, ImmutableArray<TextValue> Values)
    : ItemNode(Span);

/// <summary>Keywords.</summary>
internal sealed record KeywordItem(SourceSpan Span, bool All, ImmutableArray<TextValue> Values) : ItemNode(Span);

/// <summary>Any other item over an event: one of the atoms holds, or (<paramref name="All"/>) all do.</summary>
internal sealed record EventAtomsItem(SourceSpan Span, bool All, ImmutableArray<EventAtom> Atoms) : ItemNode(Span)
{
    /// <summary><c>exists: false</c>.</summary>
    public bool Inverted { get; init; }
}
