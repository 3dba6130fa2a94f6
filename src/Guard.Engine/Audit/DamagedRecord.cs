using System.Globalization;
using Guard.Protocol;

namespace Guard.Engine.Audit;

/// <summary>What stands for a record of the trail that cannot be read.</summary>
internal static class DamagedRecord
{
    /// <summary>With the number, and with time and former kind as far as their columns have them.</summary>
    /// <param name="seq">Its number.</param>
    /// <param name="ticks">What stands in the column of times.</param>
    /// <param name="kind">What stands in the column of kinds.</param>
    /// <param name="error">Why it cannot be read.</param>
    public static AuditRecord Of(long seq, object ticks, object kind, string error)
    {
        var detail = new Dictionary<string, string> { ["error"] = error };
        if (kind is string known)
        {
            detail["kind"] = known;
        }

        return new AuditRecord
        {
            Seq = seq,
            Time = ToTime(ticks),
            Kind = AuditKinds.TrailDamaged,
            Message = string.Create(CultureInfo.InvariantCulture, $"Record {seq} of the trail can't be read."),
            Detail = detail,
        };
    }

    private static DateTimeOffset ToTime(object ticks) =>
        ticks is long number && number >= DateTime.MinValue.Ticks && number <= DateTime.MaxValue.Ticks
            ? new DateTimeOffset(number, TimeSpan.Zero)
            : default;
}
