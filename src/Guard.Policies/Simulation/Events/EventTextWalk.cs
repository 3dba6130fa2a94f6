using Guard.Policies.Image;

namespace Guard.Policies.Simulation.Events;

/// <summary>Walks a value of an event through the automata of its field.</summary>
internal sealed class EventTextWalk(ImageView image)
{
    private readonly TextWalk _walk = new(image) { CandidatesMax = int.MaxValue };

    /// <summary>Finds the atoms that a text makes hold.</summary>
    /// <param name="textNumber">As in the image.</param>
    /// <param name="text">All of it.</param>
    /// <param name="found">Takes the atom; false ends the walk.</param>
    public void Run(int textNumber, ReadOnlyMemory<byte> text, Func<int, bool> found)
        => _walk.Run(textNumber, RequestText.Whole(text), ushort.MaxValue, (atom, _) => found(atom));
}
