using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Guard.Cli.Output;
using Guard.Policies.Image;
using Guard.Policies.Simulation.Events;

namespace Guard.Cli.Policies;

/// <summary>Evaluates lines of events and prints one line of JSON for each.</summary>
internal sealed class EventEvaluation
{
    private const int FlushAt = 64 << 10;

    private readonly CommandRun _run;
    private readonly string _shown;
    private readonly EventSimulator _simulator;
    private readonly SourceNotes _notes;

    /// <summary>By rule number: its place in the bundle, and its name as JSON.</summary>
    private readonly (int Rank, byte[] Name)[] _rules;

    private readonly ArrayBufferWriter<byte> _output = new();

    /// <summary>For one file of events.</summary>
    /// <param name="run">Where output and errors go.</param>
    /// <param name="shown">The file as the user knows it.</param>
    /// <param name="image">The rules.</param>
    /// <param name="ranks">By rule number: its place in the bundle.</param>
    public EventEvaluation(CommandRun run, string shown, PolicyImage image, IReadOnlyList<int> ranks)
    {
        _run = run;
        _shown = shown;
        _simulator = new EventSimulator(image);
        _notes = new SourceNotes(run, image);
        _rules = [.. image.Rules.Select((rule, i) => (ranks[i], NameOf(rule)))];
    }

    /// <summary>Lines that are no event, or could not be decided.</summary>
    public long Bad { get; private set; }

    /// <summary>Evaluates all lines. What is known is printed before more is waited for.</summary>
    public async Task RunAsync(Stream events, CancellationToken cancellationToken)
    {
        var lines = new EventLines(events);
        do
        {
            TakeAll(lines);
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        while (await ReadAsync(lines, cancellationToken).ConfigureAwait(false));
    }

    private async ValueTask<bool> ReadAsync(EventLines lines, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Findings, $"{_shown} cannot be read beyond line {lines.Number}: {e.Message}");
        }
    }

    private void TakeAll(EventLines lines)
    {
        while (lines.TryTake(out var line, out var tooLong))
        {
            if (lines.Number == 1 && line.StartsWith(Encoding.UTF8.Preamble))
            {
                line = line[Encoding.UTF8.Preamble.Length..];
            }

            if (tooLong)
            {
                Report(lines.Number, $"the line is longer than {SigmaEvent.MaxBytes >> 20} MiB");
            }
            else if (line.ContainsAnyExcept(" \t\r"u8))
            {
                Evaluate(line, lines.Number);
            }
        }
    }

    private void Evaluate(ReadOnlySpan<byte> line, long number)
    {
        if (!SigmaEvent.TryParse(line, out var @event, out var error))
        {
            Report(number, error);
            return;
        }

        _notes.Look(@event, number);
        try
        {
            Write(@event.IdJson ?? number.ToString(CultureInfo.InvariantCulture), _simulator.Match(@event).AsSpan());
        }
        catch (EventTooCostlyException e)
        {
            Report(number, e.Message);
        }
    }

    private void Report(long number, string error)
    {
        Bad++;
        _run.Environment.Error.WriteLine($"{SafeText.Line(_shown)}({number}): error: {SafeText.Line(error)}");
    }

    private void Write(string id, ReadOnlySpan<int> rules)
    {
        _output.Write("{\"event\":"u8);
        Encoding.UTF8.GetBytes(id, _output);
        _output.Write(",\"matched\":["u8);
        Span<int> ordered = rules.Length <= 256 ? stackalloc int[rules.Length] : new int[rules.Length];
        rules.CopyTo(ordered);
        ordered.Sort((a, b) => _rules[a].Rank.CompareTo(_rules[b].Rank));
        for (var i = 0; i < ordered.Length; i++)
        {
            if (i > 0)
            {
                _output.Write(","u8);
            }

            _output.Write(_rules[ordered[i]].Name);
        }

        _output.Write("]}\n"u8);
        if (_output.WrittenCount >= FlushAt)
        {
            Pass();
        }
    }

    private void Pass()
    {
        _run.Out.Write(Encoding.UTF8.GetString(_output.WrittenSpan));
        _output.ResetWrittenCount();
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_output.WrittenCount > 0)
        {
            Pass();
            await _run.Out.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sigma's id or, without one, the title.</summary>
    private static byte[] NameOf(CompiledRule rule)
        => Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(RuleNames.IdOf(rule.Identity) ?? rule.Identity.Title)}\"");
}
