using Guard.Policies.Normalising;

namespace Guard.Policies.Binding;

/// <summary>An operation in the words of rules.</summary>
/// <param name="LogSource">The category of rules about it.</param>
/// <param name="WayField">The field that says in what way it is done; null when there is none.</param>
/// <param name="Way">The value of that field.</param>
public sealed record OperationNames(string LogSource, string? WayField, string? Way)
{
    /// <summary>What the number of an operation means; null for one that does not exist.</summary>
    /// <param name="number">As <see cref="OperationNumbers"/> makes it; from anywhere.</param>
    public static OperationNames? Of(uint number)
    {
        if (OperationVocabulary.LogSources.FirstOrDefault(s => s.Operation == OperationNumbers.Kind(number)) is not { } source)
        {
            return null;
        }

        var field = source.Fields.FirstOrDefault(OperationVocabulary.IsWay);
        var way = field is null ? null : OperationVocabulary.WordOf(field, OperationNumbers.Way(number));
        return new OperationNames(source.Name, field, way);
    }

    /// <summary>The number of an operation by its words; null when they are none.</summary>
    /// <param name="logSource">The category of rules about it.</param>
    /// <param name="way">The value of the field that says in what way, as rules write it; null for the first way.</param>
    public static uint? Read(string logSource, string? way)
    {
        if (OperationVocabulary.Find(logSource) is not { } source)
        {
            return null;
        }

        var field = source.Fields.FirstOrDefault(OperationVocabulary.IsWay);
        var number = way is null ? 0 : field is null ? null : OperationVocabulary.ReadWay(field, way);
        return number is { } known ? OperationNumbers.Of(source.Operation, known) : null;
    }

    /// <summary>The words for the ways in which an operation is done; none where there is one way, or no such log source.</summary>
    /// <param name="logSource">The category of rules about it.</param>
    public static IEnumerable<string> WaysOf(string? logSource)
        => logSource is not null && OperationVocabulary.Find(logSource)?.Fields.FirstOrDefault(OperationVocabulary.IsWay) is { } field
            ? OperationVocabulary.WordsOf(field).Select(word => OperationVocabulary.WordOf(field, OperationVocabulary.ReadWay(field, word)!.Value))
            : [];

    /// <summary>Whether rules about an operation have a field of its own, beside those of who asks.</summary>
    /// <param name="logSource">The category of rules about it.</param>
    /// <param name="field">As rules name it.</param>
    public static bool Has(string logSource, string field) => OperationVocabulary.Find(logSource)?.Fields.Contains(field) == true;

    /// <summary>The fields that say in what way an operation is done.</summary>
    public static IEnumerable<string> WayFields
        => OperationVocabulary.LogSources.SelectMany(s => s.Fields).Where(OperationVocabulary.IsWay).Distinct();

    /// <summary>The categories of rules about operations.</summary>
    public static IEnumerable<string> LogSources => OperationVocabulary.LogSources.Select(s => s.Name);
}
