namespace Guard.Policies.Compiling;

/// <summary>Compares arrays by what is in them, as keys of tables that number equal ones once.</summary>
/// <typeparam name="T">Compared by value.</typeparam>
internal sealed class SameContent<T> : IEqualityComparer<T[]>
    where T : IEquatable<T>
{
    public bool Equals(T[]? x, T[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode(T[] obj)
    {
        var hash = default(HashCode);
        foreach (var entry in obj)
        {
            hash.Add(entry);
        }

        return hash.ToHashCode();
    }
}
