using Guard.Policies.Image;

namespace Guard.Policies.Normalising;

/// <summary>
/// The number of an operation: which one, and in what way. So an item about the way is one about the operation as well, and
/// the same way of two operations are two numbers.
/// </summary>
public static class OperationNumbers
{
    private const uint MaxWay = (1u << KernelAbi.OperationShift) - 1;

    /// <summary>The number.</summary>
    /// <param name="operation">Which operation.</param>
    /// <param name="way">In what way; beyond 65,535 its lower bits count, as in the kernel.</param>
    public static uint Of(OperationKind operation, uint way) => (uint)operation << KernelAbi.OperationShift | (way & MaxWay);

    /// <summary>An operation in whatever way.</summary>
    /// <param name="operation">Which operation.</param>
    public static NumberRange All(OperationKind operation) => new(Of(operation, 0), Of(operation, MaxWay));

    /// <summary>Which operation, by its number as rules and records have it.</summary>
    /// <param name="number">Of the operation.</param>
    public static OperationKind Kind(uint number) => (OperationKind)(number >> KernelAbi.OperationShift);

    /// <summary>In what way.</summary>
    /// <param name="number">Of the operation.</param>
    public static uint Way(uint number) => number & MaxWay;
}
