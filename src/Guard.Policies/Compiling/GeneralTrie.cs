using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling;

/// <summary>
/// The nondeterministic automaton of the patterns with <c>?</c> or <c>cased</c>, as a trie over pattern elements, so
/// that patterns with a common beginning share it. A node reached by <c>*</c> loops on every byte. Node 0 is the root.
/// </summary>
internal sealed class GeneralTrie
{
    public const int Root = 0;

    private const int AnyCharacterToken = 1 << 9;
    private const int AnyRunToken = 1 << 10;
    private const int CasedToken = 1 << 8;

    private readonly Dictionary<long, int> _children = [];
    private readonly SortedSet<int> _tokens = [];
    private readonly List<Node> _nodes = [new Node()];
    private int[] _subsumedBy = [];

    public int Count => _nodes.Count;

    public Node this[int node] => _nodes[node];

    /// <summary>Adds one pattern.</summary>
    public void Add(in GeneralEntry entry)
    {
        var elements = entry.Source.Elements;
        var open = elements is [.., AnyRunElement];
        var node = Root;
        for (var i = 0; i < elements.Length - (open ? 1 : 0); i++)
        {
            node = StepElement(node, elements[i], entry.Source.CaseSensitive);
        }

        (open ? _nodes[node].Outputs : _nodes[node].Ends).Add(entry.Pattern);
    }

    /// <summary>
    /// The looping node that makes this one superfluous once it is reached: whatever this node still leads to, it
    /// leads to through that one. -1 when there is none. Valid after <see cref="Close"/>.
    /// </summary>
    public int SubsumedBy(int node) => _subsumedBy[node];

    /// <summary>Computes what is subsumed; children have greater numbers than their parent.</summary>
    public void Close()
    {
        _subsumedBy = new int[_nodes.Count];
        for (var node = _nodes.Count - 1; node >= 0; node--)
        {
            var n = _nodes[node];
            var children = n.Steps.Count + (n.Run >= 0 ? 1 : 0);
            var single = children == 1 && n.Outputs.Count == 0 && n.Ends.Count == 0;
            _subsumedBy[node] = !single ? -1 : n.Run >= 0 ? n.Run : _subsumedBy[n.Steps[0].Node];
        }
    }

    /// <summary>Bytes in the same class are told apart by no element of any pattern.</summary>
    public ByteClasses Classes()
    {
        var sets = new List<bool[]>();
        foreach (var token in _tokens)
        {
            if (token == AnyCharacterToken)
            {
                sets.AddRange([
                    ByteClasses.Range(0x80, 0xbf), ByteClasses.Range(0xc2, 0xdf), ByteClasses.Range(0xe0, 0xef),
                    ByteClasses.Range(0xf0, 0xf4)]);
            }
            else
            {
                sets.Add(ByteClasses.SetOf((byte)token, (token & CasedToken) == 0));
            }
        }

        return ByteClasses.Of(sets);
    }

    private int StepElement(int node, PatternElement element, bool cased)
    {
        switch (element)
        {
            case AnyRunElement:
                return Step(node, AnyRunToken);
            case AnyCharacterElement:
                return Step(node, AnyCharacterToken);
            case LiteralElement literal:
                foreach (var value in literal.Bytes)
                {
                    var folded = ByteClasses.Fold(value);
                    node = Step(node, cased ? value | CasedToken : folded);
                }

                return node;
            default:
                throw new InvalidOperationException($"Unknown pattern element {element}.");
        }
    }

    private int Step(int node, int token)
    {
        var key = ((long)node << 16) | (uint)token;
        if (_children.TryGetValue(key, out var child))
        {
            return child;
        }

        child = _nodes.Count;
        _children.Add(key, child);
        _nodes.Add(new Node { Loops = token == AnyRunToken });
        if (token == AnyRunToken)
        {
            _nodes[node].Run = child;
        }
        else
        {
            _nodes[node].Steps.Add(new Edge(token, child));
            _tokens.Add(token);
        }

        return child;
    }

    /// <summary>One node.</summary>
    internal sealed class Node
    {
        /// <summary>Reached by <c>*</c>: stays on every byte.</summary>
        public bool Loops { get; init; }

        /// <summary>The node after a <c>*</c> that follows here, or -1; being here is being there.</summary>
        public int Run { get; set; } = -1;

        public List<Edge> Steps { get; } = [];

        /// <summary>Patterns that hold here whatever follows.</summary>
        public List<int> Outputs { get; } = [];

        /// <summary>Patterns that hold if the text ends here.</summary>
        public List<int> Ends { get; } = [];
    }

    /// <summary>One element of a pattern.</summary>
    /// <param name="Token">A byte, folded or marked as cased, or any character.</param>
    /// <param name="Node">Where it leads.</param>
    internal readonly record struct Edge(int Token, int Node)
    {
        /// <summary>
        /// How many continuation bytes are missing after this byte until the edge is taken; -1 when the byte does
        /// not take it. Characters are defined in <see cref="TextPattern"/>.
        /// </summary>
        public int Missing(byte value)
        {
            if (Token != AnyCharacterToken)
            {
                var compared = (Token & CasedToken) != 0 ? value : ByteClasses.Fold(value);
                return compared == (byte)Token ? 0 : -1;
            }

            return value switch
            {
                >= 0xc2 and <= 0xdf => 1,
                >= 0xe0 and <= 0xef => 2,
                >= 0xf0 and <= 0xf4 => 3,
                _ => 0,
            };
        }
    }
}
