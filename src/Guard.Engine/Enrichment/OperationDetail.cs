using System.Globalization;
using Guard.Engine.Events;
using Guard.Policies.Binding;
using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Engine.Enrichment;

/// <summary>What a record says of an operation, under the names that rules use. They are an API: never renamed.</summary>
internal static class OperationDetail
{
    /// <summary>Key of the log source.</summary>
    public const string Operation = "operation";

    /// <summary>Adds what is known of it.</summary>
    public static void Add(Dictionary<string, string> detail, GuardEvent happened)
    {
        var names = OperationNames.Of(happened.SystemOperation);
        detail[Operation] = names?.LogSource ?? Number(happened.SystemOperation);
        if (names is { WayField: { } field, Way: { } way })
        {
            detail[field] = way;
        }

        if (Is(happened, KernelAbi.OperationsOnObjects) && !happened.Invoked.IsEmpty)
        {
            detail["FilesystemType"] = happened.Invoked.ToString();
        }

        if (Is(happened, KernelAbi.OperationsOnProcesses))
        {
            if (happened.TargetTgid != 0)
            {
                detail["TargetPid"] = Number((uint)happened.TargetTgid);
            }

            if (!happened.Invoked.IsEmpty)
            {
                detail["TargetImage"] = happened.Invoked.ToString();
            }
        }

        if (Is(happened, KernelAbi.OperationsOnUids) && IdOf(OperationNumbers.Way(happened.SystemOperation)) is { } id)
        {
            detail[id] = Number(happened.TargetUid);
        }
    }

    /// <summary>In what way it was done, or what a process was to become; null where there is but one way.</summary>
    public static string? WayOf(IReadOnlyDictionary<string, string> detail)
        => detail.GetValueOrDefault("NewUid") ?? detail.GetValueOrDefault("NewGid")
            ?? OperationNames.WayFields.Select(detail.GetValueOrDefault).FirstOrDefault(w => w is not null);

    private static string? IdOf(uint way)
        => way switch { (uint)CredentialType.User => "NewUid", (uint)CredentialType.Group => "NewGid", _ => null };

    private static bool Is(GuardEvent happened, uint operations)
        => happened.SystemOperation < 1u << KernelAbi.OperationShift << 5
            && (operations >> (int)OperationNumbers.Kind(happened.SystemOperation) & 1) != 0;

    private static string Number(uint number) => number.ToString(CultureInfo.InvariantCulture);
}
