using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Guard.Policies.Normalising;

namespace Guard.Policies.Simulation.Events;

/// <summary>
/// One event: a JSON object whose properties are the fields that rules speak of. Immutable.
/// </summary>
/// <remarks>
/// <para>
/// A field is a string, a number, true, false, null, an array of such (a field with several values) or an object. A
/// name with dots is a property of that very name or, failing that, leads into nested objects; where it can be read in
/// several ways, the one through the fewest objects counts, and several such give several values.
/// </para>
/// <para>
/// The properties <c>_category</c>, <c>_product</c> and <c>_service</c> say which rules concern the event and
/// <c>_id</c> names it; they are not fields. A property that stands twice in an object is refused, because readers
/// disagree on which one counts.
/// </para>
/// <para>
/// Numbers are compared by their text: as written, with an exponent worked out (1e3 is 1000). Half a surrogate pair is
/// U+FFFD. Bytes that are no UTF-8 are kept: a rule must not miss an event for a broken byte in it.
/// </para>
/// </remarks>
public sealed class SigmaEvent
{
    /// <summary>Objects and arrays within each other, the event itself included.</summary>
    public const int MaxDepth = 64;

    /// <summary>Bytes of one event.</summary>
    public const int MaxBytes = 16 << 20;

    private readonly byte[] _texts;
    private readonly EventNode[] _nodes;

    internal SigmaEvent(byte[] texts, EventNode[] nodes, RuleLogSource source, string? id)
    {
        _texts = texts;
        _nodes = nodes;
        Source = source;
        IdJson = id;
    }

    /// <summary>What the event says about where it comes from.</summary>
    public RuleLogSource Source { get; }

    /// <summary><c>_id</c> as JSON, a string or a number as it was written; null when the event has none.</summary>
    public string? IdJson { get; }

    /// <summary>The text of a property of the event itself; null where there is none, or it is no text.</summary>
    /// <param name="name">Of a field, whole.</param>
    public string? TextOf(string name)
    {
        var wanted = EventText.Encode(name);
        for (var at = 1; at < _nodes[0].End; at = _nodes[at].End)
        {
            if (Name(_nodes[at]).SequenceEqual(wanted))
            {
                return _nodes[at].Kind == EventNodeKind.Text ? EventText.Decode(Text(_nodes[at]).Span) : null;
            }
        }

        return null;
    }

    /// <summary>All values; the first is the event itself.</summary>
    internal ReadOnlySpan<EventNode> Nodes => _nodes;

    /// <summary>Reads one event.</summary>
    /// <param name="json">One JSON object.</param>
    /// <param name="event">The event, or null.</param>
    /// <param name="error">Why it is none: one sentence without the position in a file; or null.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> json, [NotNullWhen(true)] out SigmaEvent? @event, [NotNullWhen(false)] out string? error)
    {
        @event = null;
        error = json.Length > MaxBytes ? $"the event is longer than {MaxBytes >> 20} MiB" : null;
        if (error is not null)
        {
            return false;
        }

        try
        {
            @event = new SigmaEventReader().Read(json);
            return true;
        }
        catch (JsonException e)
        {
            error = e.BytePositionInLine is { } position
                ? $"no JSON: byte {position + 1} is not what was expected"
                : e.Message;
            return false;
        }
    }

    /// <summary>The name of a property.</summary>
    internal ReadOnlySpan<byte> Name(in EventNode node) => _texts.AsSpan(node.NameStart, node.NameLength);

    /// <summary>The bytes of a text.</summary>
    internal ReadOnlyMemory<byte> Text(in EventNode node) => _texts.AsMemory(node.TextStart, node.TextLength);
}
