using System.Collections.Immutable;
using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Simulation.Events;

/// <summary>
/// Decides which rules of an image for events match an event: what <c>policy eval</c> runs. Nothing is unknown here,
/// so conditions are true or false.
/// </summary>
/// <remarks>
/// The order: every value of a field goes through the automata of the field's text, every value of any field through
/// those of the keywords, then the tests that no automaton decides; then the rules that what holds triggers, and the
/// rules without a trigger. For one thread at a time; several simulators may share an image.
/// </remarks>
public sealed class EventSimulator
{
    private readonly ImageView _image;
    private readonly EventTextWalk _walk;
    private readonly FieldValues _values;
    private readonly (int Text, int Field)[] _texts;
    private readonly int[] _keywords;
    private readonly (int Atom, EventTestRun Test)[] _tests;
    private readonly RuleLogSource[] _sources;
    private readonly Func<int, bool> _found;
    private readonly bool[] _held;
    private readonly List<int> _order = [];
    private readonly int[] _evaluated;
    private readonly List<int> _matching = [];
    private int _turn;

    /// <summary>Takes a compiled policy.</summary>
    /// <param name="image">Compiled with <see cref="PolicyDomain.Events"/>.</param>
    /// <exception cref="InvalidImageException">The bytes are no image.</exception>
    /// <exception cref="ArgumentException">The image is one for the kernel.</exception>
    public EventSimulator(PolicyImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Rules.Any(r => r.Category != RuleCategory.Event))
        {
            throw new ArgumentException("The image decides operations in the kernel, not events.", nameof(image));
        }

        _image = ImageReader.Read(image.Bytes);
        _walk = new EventTextWalk(_image);
        var names = new FieldNames(
            image.EventFields.OfType<string>().Concat(image.EventTests.SelectMany(t => EventTestRun.NamesOf(t.Test))));
        _values = new FieldValues(names);
        var texts = image.EventFields.Select((name, i) => (Name: name, Text: KernelAbi.Texts + i)).ToList();
        _texts = [.. texts.Where(t => t.Name is not null).Select(t => (t.Text, names.NumberOf(t.Name!)))];
        _keywords = [.. texts.Where(t => t.Name is null).Select(t => t.Text)];
        _tests = [.. image.EventTests.Select(t => (t.Atom, EventTestRun.Create(t.Test, names)))];
        _sources = [.. image.Rules.Select(r => r.Source)];
        _held = new bool[_image.Header.AtomCount];
        _evaluated = new int[_image.Header.RuleCount];
        _found = Hold;
    }

    /// <summary>The numbers of the rules that match, ascending.</summary>
    /// <param name="event">The event.</param>
    /// <exception cref="EventTooCostlyException">A rule cannot be decided in reasonable time.</exception>
    public ImmutableArray<int> Match(SigmaEvent @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        Forget();
        _values.Read(@event);
        WalkFields();
        WalkKeywords(@event);
        foreach (var (atom, test) in _tests)
        {
            if (test.Holds(_values))
            {
                Hold(atom);
            }
        }

        EvaluateRules(@event.Source);
        _matching.Sort();
        return [.. _matching];
    }

    private void Forget()
    {
        foreach (var atom in _order)
        {
            _held[atom] = false;
        }

        _order.Clear();
        _matching.Clear();
        if (++_turn == int.MaxValue)
        {
            Array.Clear(_evaluated);
            _turn = 1;
        }
    }

    private void WalkFields()
    {
        foreach (var (text, field) in _texts)
        {
            for (var value = _values.First(field); value >= 0; value = _values.Next(value))
            {
                _walk.Run(text, _values.Text(value), _found);
            }
        }
    }

    private void WalkKeywords(SigmaEvent @event)
    {
        if (_keywords.Length == 0)
        {
            return;
        }

        var nodes = @event.Nodes;
        for (var at = 1; at < nodes.Length; at++)
        {
            if (nodes[at].Kind == EventNodeKind.Text)
            {
                foreach (var text in _keywords)
                {
                    _walk.Run(text, @event.Text(nodes[at]), _found);
                }
            }
        }
    }

    private bool Hold(int atom)
    {
        if (!_held[atom])
        {
            _held[atom] = true;
            _order.Add(atom);
        }

        return true;
    }

    private void EvaluateRules(RuleLogSource source)
    {
        const int Category = (int)RuleCategory.Event;
        foreach (var atom in _order)
        {
            EvaluateAll(_image.Atoms[atom].Triggers[Category], source);
        }

        EvaluateAll(_image.Header.Categories[Category].AlwaysList, source);
    }

    private void EvaluateAll(uint list, RuleLogSource source)
    {
        foreach (var entry in _image.List(list))
        {
            var number = (int)entry;
            if (_evaluated[number] == _turn)
            {
                continue;
            }

            _evaluated[number] = _turn;
            if (Concerns(_sources[number], source)
                && Conditions.Evaluate(_image.Ops(_image.Rules[number]), _held, incomplete: 0) == Truth.True)
            {
                _matching.Add(number);
            }
        }
    }

    /// <summary>
    /// An event that says nothing concerns all rules. Otherwise category and service must be the rule's, where it has
    /// them; the product only if the event names one, since producers of one product leave it out.
    /// </summary>
    private static bool Concerns(RuleLogSource rule, RuleLogSource @event)
        => @event == RuleLogSource.Any
            || ((rule.Category is null || rule.Category == @event.Category)
                && (rule.Service is null || rule.Service == @event.Service)
                && (rule.Product is null || @event.Product is null || rule.Product == @event.Product));
}
