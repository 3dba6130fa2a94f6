namespace Guard.Policies.Compiling;

/// <summary>
/// The texts of one automaton as two tries: one for texts that begin where the path begins, one for texts that begin
/// anywhere. Nodes are numbered in the order in which they were made; node 0 is the floating root, 1 the anchored one.
/// </summary>
internal sealed class LiteralTrie
{
    public const int Floating = 0;
    public const int Anchored = 1;

    private static readonly List<int> None = [];
    private readonly Dictionary<long, int> _children = [];
    private readonly List<(int First, int Last, int Sibling, byte Value)> _nodes = [(-1, -1, -1, 0), (-1, -1, -1, 0)];
    private readonly Dictionary<int, List<int>> _outputs = [];
    private readonly Dictionary<int, List<int>> _ends = [];

    public int Count => _nodes.Count;

    public void Add(in LiteralEntry entry)
    {
        var node = entry.AtStart ? Anchored : Floating;
        foreach (var value in entry.Text)
        {
            node = Step(node, value);
        }

        var lists = entry.AtEnd ? _ends : _outputs;
        if (!lists.TryGetValue(node, out var list))
        {
            lists.Add(node, list = []);
        }

        list.Add(entry.Pattern);
    }

    /// <summary>Patterns that end in this node, in ascending order.</summary>
    public List<int> OutputsOf(int node) => _outputs.GetValueOrDefault(node, None);

    /// <summary>Patterns that end in this node if the text ends too, in ascending order.</summary>
    public List<int> EndsOf(int node) => _ends.GetValueOrDefault(node, None);

    public IEnumerable<(byte Value, int Node)> ChildrenOf(int node)
    {
        for (var child = _nodes[node].First; child >= 0; child = _nodes[child].Sibling)
        {
            yield return (_nodes[child].Value, child);
        }
    }

    private int Step(int node, byte value)
    {
        var key = ((long)node << 8) | value;
        if (_children.TryGetValue(key, out var child))
        {
            return child;
        }

        child = _nodes.Count;
        _children.Add(key, child);
        _nodes.Add((-1, -1, -1, value));
        var parent = _nodes[node];
        if (parent.Last >= 0)
        {
            _nodes[parent.Last] = _nodes[parent.Last] with { Sibling = child };
        }

        _nodes[node] = parent with { First = parent.First < 0 ? child : parent.First, Last = child };
        return child;
    }
}
