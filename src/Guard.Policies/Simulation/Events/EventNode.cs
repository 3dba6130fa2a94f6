using System.Text.Json;

namespace Guard.Policies.Simulation.Events;

/// <summary>What stands at a place of an event.</summary>
internal enum EventNodeKind : byte
{
    /// <summary>An object; its properties follow.</summary>
    Object,

    /// <summary>An array; its elements follow.</summary>
    Array,

    /// <summary>A string, or the text of a number, true or false.</summary>
    Text,

    /// <summary>JSON's null.</summary>
    Null,

    /// <summary>What the event says about itself (<c>_id</c> and the like): no field.</summary>
    Reserved,
}

/// <summary>One value of an event. Nodes stand in document order, so that those below one follow it directly.</summary>
internal struct EventNode
{
    /// <summary>What it is.</summary>
    public EventNodeKind Kind;

    /// <summary>Of a text: string, number, true or false.</summary>
    public JsonTokenType Token;

    /// <summary>Where its name begins in the event's texts; meaningless for elements of arrays.</summary>
    public int NameStart;

    /// <summary>Bytes of its name.</summary>
    public int NameLength;

    /// <summary>Where its text begins in the event's texts.</summary>
    public int TextStart;

    /// <summary>Bytes of its text.</summary>
    public int TextLength;

    /// <summary>The node after this one and all that is below it.</summary>
    public int End;

    /// <summary>The property before it in the same object, or -1.</summary>
    public int Previous;
}
