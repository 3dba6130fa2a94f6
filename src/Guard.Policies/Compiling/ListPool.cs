using Guard.Policies.Image;

namespace Guard.Policies.Compiling;

/// <summary>
/// The lists of an image, each stored once. Number 0 is the empty list, which the image writes as offset 0.
/// </summary>
internal sealed class ListPool
{
    private readonly Dictionary<int[], int> _numbers = new(new SameContent<int>());
    private readonly List<int[]> _lists = [[]];

    /// <summary>Bytes that all lists take in the image.</summary>
    public long Bytes { get; private set; }

    /// <summary>The longest list so far.</summary>
    public int Longest { get; private set; }

    /// <summary>More than an image holds: whoever builds lists stops, the image is refused anyway.</summary>
    public bool Overflowed => Bytes > KernelLimits.ImageBytes;

    public int Count => _lists.Count;

    public int[] this[int number] => _lists[number];

    /// <summary>The number of a list with this content; the pool keeps the array.</summary>
    public int Intern(int[] content)
    {
        if (content.Length == 0)
        {
            return 0;
        }

        if (!_numbers.TryGetValue(content, out var number))
        {
            number = _lists.Count;
            _lists.Add(content);
            _numbers.Add(content, number);
            Bytes += 4 + (4L * content.Length);
            Longest = Math.Max(Longest, content.Length);
        }

        return number;
    }
}
