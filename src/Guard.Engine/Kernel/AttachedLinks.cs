using Guard.Engine.Interop;

namespace Guard.Engine.Kernel;

/// <summary>Links that are held, by the names of their pins. Disposing lets go of the newest first; the pins stay.</summary>
internal sealed class AttachedLinks : IDisposable
{
    private readonly Stack<IDisposable> _links = new();
    private readonly Dictionary<string, HeldObject> _held = [];

    /// <summary>What the pins must lead to.</summary>
    public IReadOnlyDictionary<string, HeldObject> Held => _held;

    /// <summary>Takes over a link that this guardd attached.</summary>
    public void Add(string program, BpfLinkHandle link)
    {
        _links.Push(link);
        _held.Add(PinnedState.LinkPin(program), HeldObject.Of(link));
    }

    /// <summary>Takes over a link that was opened from its pin.</summary>
    public void Add(string program, FileDescriptorHandle link)
    {
        _links.Push(link);
        _held.Add(PinnedState.LinkPin(program), HeldObject.Of(link));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_links.TryPop(out var link))
        {
            link.Dispose();
        }
    }
}
