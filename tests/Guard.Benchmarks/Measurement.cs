using System.Diagnostics;

namespace Guard.Benchmarks;

/// <summary>Nanoseconds of one operation: the best and the middle of many batches.</summary>
/// <param name="Minimum">Of the best batch, per operation.</param>
/// <param name="Median">Of the batch in the middle, per operation.</param>
/// <param name="Repeats">Operations measured, all batches together.</param>
internal readonly record struct Measurement(double Minimum, double Median, int Repeats)
{
    /// <summary>Runs the operation batch by batch, after one batch that doesn't count.</summary>
    public static Measurement Of(int batches, int perBatch, Action operation)
    {
        var nanoseconds = new double[batches];
        for (var batch = -1; batch < batches; batch++)
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < perBatch; i++)
            {
                operation();
            }

            if (batch >= 0)
            {
                nanoseconds[batch] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / perBatch;
            }
        }

        Array.Sort(nanoseconds);
        return new Measurement(nanoseconds[0], nanoseconds[batches / 2], batches * perBatch);
    }
}
