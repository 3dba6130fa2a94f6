namespace Guard.Policies.Compiling.General;

/// <summary>An expression that this engine does not take; the message names the construct.</summary>
internal sealed class RegexSyntaxException(string message) : Exception(message);
