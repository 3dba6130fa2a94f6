using Guard.Cli.Output;
using Guard.Policies.Binding;
using Guard.Policies.Image;
using Guard.Policies.Simulation.Events;

namespace Guard.Cli.Policies;

/// <summary>
/// Says once what an event probably got wrong about where it comes from: a misspelt category would leave rules out in
/// silence. Nothing follows from it: any category may be meant.
/// </summary>
internal sealed class SourceNotes
{
    /// <summary>Events come from anywhere; stderr is for people.</summary>
    private const int Most = 20;

    private readonly CommandRun _run;
    private readonly HashSet<string> _known;
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private int _notes;

    /// <summary>For the rules of an image.</summary>
    public SourceNotes(CommandRun run, PolicyImage image)
    {
        _run = run;
        _known = [.. image.Rules.Select(rule => rule.Source.Category).OfType<string>().Concat(RuleWords.Categories)];
    }

    /// <summary>Looks at an event; <paramref name="number"/> is its line.</summary>
    public void Look(SigmaEvent @event, long number)
    {
        if (@event.Source.Category is { } category)
        {
            if (!_known.Contains(category) && IsNew("_category=" + category) && Nearest(category) is { } near)
            {
                Note(number, $"no rule has the category '{category}': did you mean '{near}'?");
            }
        }
        else if (@event.TextOf("category") is { } field && IsNew("category=" + field)
            && (_known.Contains(field) ? field : Nearest(field)) is { } meant)
        {
            Note(number, $"'category' is a field like any other: did you mean \"_category\": \"{meant}\"?");
        }
    }

    /// <summary>Once for each value, as long as there are few.</summary>
    private bool IsNew(string value) => _notes < Most && (_seen.Count < 10_000 || _seen.Contains(value)) && _seen.Add(value);

    private string? Nearest(string written) => RuleWords.NearestCategory(written, _known);

    private void Note(long number, string text)
    {
        _notes++;
        _run.Note($"line {number}: {SafeText.Line(text)}");
    }
}
