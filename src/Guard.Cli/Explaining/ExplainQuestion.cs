using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

namespace Guard.Cli.Explaining;

/// <summary>An operation to explain, as told on the command line.</summary>
/// <param name="Operation">exec, open, connect, send, bind, listen, or the log source of another operation.</param>
/// <param name="Path">What is run or opened, or address and port; empty for another operation.</param>
/// <param name="Request">What a hook would know.</param>
/// <param name="Known">What was told or follows from it.</param>
/// <param name="Unknown">What was not told.</param>
internal sealed record ExplainQuestion(
    string Operation,
    string Path,
    DecisionRequest Request,
    IReadOnlyList<ExplainedValue> Known,
    IReadOnlyList<ExplainedValue> Unknown)
{
    /// <summary>Whether a value is what makes a field incomplete.</summary>
    public static bool IsOf(ExplainedValue value, PolicyField field)
        => value.Field == NameOf(field);

    /// <summary>The field as rules name it.</summary>
    public static string NameOf(PolicyField field) => field == PolicyField.Digest ? "sha256" : field.ToString();
}
