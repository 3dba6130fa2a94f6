namespace Guard.Engine.Control;

/// <summary>A request that cannot be served, with the answer that it gets.</summary>
internal sealed class ControlRequestException : Exception
{
    /// <summary>Creates one.</summary>
    public ControlRequestException(int status, string error, string? hint = null)
        : base(error)
    {
        Status = status;
        Hint = hint;
    }

    /// <summary>HTTP status.</summary>
    public int Status { get; }

    /// <summary>What to do.</summary>
    public string? Hint { get; }
}
