namespace Guard.Engine.Control;

/// <summary>One turn at a time for each uid, in the order of coming; a uid is forgotten with its last place. Safe from any thread.</summary>
internal sealed class TurnsByUser
{
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, Line> _lines = [];

    /// <summary>A place in the line of a uid. Nothing is waited for yet.</summary>
    public Place Enter(uint uid)
    {
        lock (_gate)
        {
            if (!_lines.TryGetValue(uid, out var line))
            {
                _lines[uid] = line = new Line();
            }
            line.Places++;
            return new Place(this, uid, line);
        }
    }

    private void Leave(uint uid, Line line)
    {
        lock (_gate)
        {
            if (--line.Places == 0)
            {
                _lines.Remove(uid);
                line.Turn.Dispose();
            }
        }
    }

    /// <summary>A place in a line; disposing it ends the turn, or the wait for one, and is done once.</summary>
    internal sealed class Place : IDisposable
    {
        private readonly TurnsByUser _turns;
        private readonly uint _uid;
        private readonly Line _line;
        private bool _taken;

        /// <summary>Made by <see cref="Enter"/>.</summary>
        internal Place(TurnsByUser turns, uint uid, Line line)
        {
            _turns = turns;
            _uid = uid;
            _line = line;
        }

        /// <summary>Waits until it is this place's turn.</summary>
        /// <exception cref="OperationCanceledException">It was given up before.</exception>
        public async Task WaitAsync(CancellationToken cancellationToken)
        {
            await _line.Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            _taken = true;
        }

        /// <inheritdoc />
        public void Dispose()
        {
            if (_taken)
            {
                _line.Turn.Release();
            }
            _turns.Leave(_uid, _line);
        }
    }

    /// <summary>The line of one uid.</summary>
    internal sealed class Line
    {
        /// <summary>One at a time.</summary>
        public SemaphoreSlim Turn { get; } = new(1, 1);

        /// <summary>Who has the turn or waits for it.</summary>
        public int Places { get; set; }
    }
}
