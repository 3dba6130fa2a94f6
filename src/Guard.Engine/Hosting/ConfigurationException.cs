namespace Guard.Engine.Hosting;

/// <summary>The configuration cannot be used. The message begins with <c>file(line,col): </c>.</summary>
internal sealed class ConfigurationException : Exception
{
    /// <summary>Creates one for a place in a file; line 0 means the whole file.</summary>
    public ConfigurationException(string file, long line, long column, string message)
        : base(line == 0 ? $"{file}: {message}" : $"{file}({line},{column}): {message}")
    {
    }
}
