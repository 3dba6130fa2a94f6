namespace Guard.Policies.Simulation.Events;

/// <summary>An event is made so that a rule cannot be decided on it in reasonable time. The message says which.</summary>
public sealed class EventTooCostlyException : Exception
{
    /// <summary>Creates one.</summary>
    /// <param name="message">One sentence.</param>
    public EventTooCostlyException(string message)
        : base(message)
    {
    }
}
