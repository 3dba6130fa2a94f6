namespace Guard.Policies.Image;

/// <summary>Bytes that claim to be a policy image, or a file with one, are not.</summary>
public sealed class InvalidImageException : Exception
{
    /// <summary>Without a reason.</summary>
    public InvalidImageException()
    {
    }

    /// <summary>With a reason.</summary>
    /// <param name="message">What is wrong, without quoting the bytes.</param>
    public InvalidImageException(string message)
        : base(message)
    {
    }

    /// <summary>With a reason and what led to it.</summary>
    /// <param name="message">What is wrong, without quoting the bytes.</param>
    /// <param name="innerException">The cause.</param>
    public InvalidImageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
