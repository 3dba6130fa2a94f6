using System.Collections.Immutable;
using System.Net;
using Guard.Policies.Diagnostics;

namespace Guard.Policies.Normalising;

/// <summary>
/// Items over the fields of an event, for offline evaluation (<c>policy eval</c>). There no field is unknown: one that
/// the event lacks is absent, and only <see cref="EventPresenceAtom"/> and negations hold for it. A field with several
/// values satisfies an item if one of them does. Values are compared by their text; numbers by their decimal text, true
/// and false by theirs (semantics, statements 11-14).
/// </summary>
/// <param name="Span">Where it was written first.</param>
public abstract record EventAtom(SourceSpan Span) : NormalisedAtom(PolicyField.Event, Span);

/// <summary>Holds if any pattern matches a value of any of the fields.</summary>
/// <param name="Span">Where it was written first.</param>
/// <param name="Names">
/// Fields, at least one. A positive Image reads Image and ImageInvoked; under a negation Image alone.
/// </param>
/// <param name="Patterns">Patterns of which any may match.</param>
/// <param name="Expressions">Regular expressions of which any may match.</param>
public sealed record EventTextAtom(
    SourceSpan Span,
    ImmutableArray<string> Names,
    ImmutableArray<TextPattern> Patterns,
    ImmutableArray<RegexPattern> Expressions) : EventAtom(Span);

/// <summary>A keyword: holds if any value of any field matches; names of fields are not read (statement 28).</summary>
/// <param name="Span">Where it was written first.</param>
/// <param name="Patterns">Patterns of which any may match; substrings already carry their outer wildcards.</param>
/// <param name="Expressions">Regular expressions of which any may match.</param>
public sealed record EventKeywordAtom(
    SourceSpan Span, ImmutableArray<TextPattern> Patterns, ImmutableArray<RegexPattern> Expressions) : EventAtom(Span);

/// <summary>Holds by the presence of a field.</summary>
/// <param name="Span">Where it was written first.</param>
/// <param name="Name">The field.</param>
/// <param name="IsNull">
/// True: holds if the field is absent or JSON's null (<c>null</c>). False: holds if it is there, whatever its value
/// (<c>exists: true</c>); <c>exists: false</c> is its negation.
/// </param>
public sealed record EventPresenceAtom(SourceSpan Span, string Name, bool IsNull) : EventAtom(Span);

/// <summary>Holds if the field's value, read as a decimal number, compares so with the rule's (statement 23).</summary>
/// <param name="Span">Where it was written first.</param>
/// <param name="Name">The field.</param>
/// <param name="Comparison">gt, gte, lt or lte.</param>
/// <param name="Value">The rule's number.</param>
public sealed record EventNumberAtom(SourceSpan Span, string Name, NumberComparison Comparison, decimal Value)
    : EventAtom(Span);

/// <summary>How numbers are compared.</summary>
public enum NumberComparison
{
    /// <summary>Greater.</summary>
    Greater,

    /// <summary>Greater or equal.</summary>
    GreaterOrEqual,

    /// <summary>Less.</summary>
    Less,

    /// <summary>Less or equal.</summary>
    LessOrEqual,
}

/// <summary>Holds if the field's value is an address in any of the networks; families do not mix (statement 20).</summary>
/// <param name="Span">Where it was written first.</param>
/// <param name="Name">The field.</param>
/// <param name="Networks">At least one; without host bits.</param>
public sealed record EventCidrAtom(SourceSpan Span, string Name, ImmutableArray<IPNetwork> Networks) : EventAtom(Span);

/// <summary>Holds if the field's text equals, contains, begins or ends with that of another field (statement 22).</summary>
/// <param name="Span">Where it was written first.</param>
/// <param name="Name">The field.</param>
/// <param name="Other">The field whose text is looked for.</param>
/// <param name="Placement">Where it must stand.</param>
/// <param name="CaseSensitive">True for <c>cased</c>.</param>
public sealed record EventReferenceAtom(
    SourceSpan Span, string Name, string Other, ReferencePlacement Placement, bool CaseSensitive) : EventAtom(Span);

/// <summary>Where the text of the other field must stand.</summary>
public enum ReferencePlacement
{
    /// <summary>It is the whole text.</summary>
    Whole,

    /// <summary>Anywhere.</summary>
    Contains,

    /// <summary>At the beginning.</summary>
    StartsWith,

    /// <summary>At the end.</summary>
    EndsWith,
}

/// <summary>Holds if a part of the field's time is one of the values (statement 24); time zones are not converted.</summary>
/// <param name="Span">Where it was written first.</param>
/// <param name="Name">The field.</param>
/// <param name="Part">Which part.</param>
/// <param name="Values">At least one.</param>
public sealed record EventTimeAtom(SourceSpan Span, string Name, TimePart Part, ImmutableArray<int> Values)
    : EventAtom(Span);

/// <summary>Parts of a time.</summary>
public enum TimePart
{
    /// <summary>0-59.</summary>
    Minute,

    /// <summary>0-23.</summary>
    Hour,

    /// <summary>Day of the month, 1-31.</summary>
    Day,

    /// <summary>ISO 8601 week, 1-53.</summary>
    Week,

    /// <summary>1-12.</summary>
    Month,

    /// <summary>The year.</summary>
    Year,
}
