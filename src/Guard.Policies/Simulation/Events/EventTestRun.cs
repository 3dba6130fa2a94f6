using Guard.Policies.Normalising;

namespace Guard.Policies.Simulation.Events;

/// <summary>A test of fields that no automaton decides, made ready for many events.</summary>
internal abstract class EventTestRun
{
    /// <summary>Makes a test ready.</summary>
    /// <param name="test">Any event atom but those over texts.</param>
    /// <param name="names">Knows all fields of the test.</param>
    public static EventTestRun Create(EventAtom test, FieldNames names) => test switch
    {
        EventPresenceAtom presence => new Presence(names.NumberOf(presence.Name), presence.IsNull),
        EventNumberAtom number => new Number(names.NumberOf(number.Name), number),
        EventCidrAtom cidr => new Cidr(names.NumberOf(cidr.Name), new NetworkSet(cidr.Networks)),
        EventTimeAtom time => new Time(names.NumberOf(time.Name), time),
        EventReferenceAtom reference
            => new ReferenceTestRun(names.NumberOf(reference.Name), names.NumberOf(reference.Other), reference),
        _ => throw new ArgumentOutOfRangeException(nameof(test), test.GetType().Name, null),
    };

    /// <summary>The fields that a test speaks of.</summary>
    public static IEnumerable<string> NamesOf(EventAtom test) => test switch
    {
        EventPresenceAtom presence => [presence.Name],
        EventNumberAtom number => [number.Name],
        EventCidrAtom cidr => [cidr.Name],
        EventTimeAtom time => [time.Name],
        EventReferenceAtom reference => [reference.Name, reference.Other],
        _ => throw new ArgumentOutOfRangeException(nameof(test), test.GetType().Name, null),
    };

    /// <summary>Whether it holds.</summary>
    public abstract bool Holds(FieldValues values);

    private sealed class Presence(int field, bool isNull) : EventTestRun
    {
        public override bool Holds(FieldValues values) => isNull ? values.IsNull(field) : values.IsPresent(field);
    }

    /// <summary>A test that any value of one field can satisfy.</summary>
    private abstract class OfValue(int field) : EventTestRun
    {
        public sealed override bool Holds(FieldValues values)
        {
            for (var value = values.First(field); value >= 0; value = values.Next(value))
            {
                if (Holds(values.Text(value).Span))
                {
                    return true;
                }
            }

            return false;
        }

        protected abstract bool Holds(ReadOnlySpan<byte> text);
    }

    private sealed class Number(int field, EventNumberAtom test) : OfValue(field)
    {
        private readonly byte[] _limit = DecimalText.Of(test.Value);

        protected override bool Holds(ReadOnlySpan<byte> text) => DecimalText.Holds(text, test.Comparison, _limit);
    }

    private sealed class Cidr(int field, NetworkSet networks) : OfValue(field)
    {
        protected override bool Holds(ReadOnlySpan<byte> text) => networks.Contains(text);
    }

    private sealed class Time(int field, EventTimeAtom test) : OfValue(field)
    {
        protected override bool Holds(ReadOnlySpan<byte> text)
            => TimeText.Part(text, test.Part) is { } part && test.Values.Contains(part);
    }
}
