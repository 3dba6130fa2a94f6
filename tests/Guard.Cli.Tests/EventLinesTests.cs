using System.Globalization;
using System.Text;
using Guard.Cli.Policies;
using Guard.Policies.Simulation.Events;
using Xunit;

namespace Guard.Cli.Tests;

public sealed class EventLinesTests
{
    [Theory]
    [InlineData("")]
    [InlineData("a", "1:a")]
    [InlineData("a\n", "1:a")]
    [InlineData("\n", "1:")]
    [InlineData("\n\nb", "1:", "2:", "3:b")]
    [InlineData("a\r\nb\r\n", "1:a\r", "2:b\r")]
    public async Task Lines_are_numbered_from_1_blank_ones_included(string text, params string[] expected)
        => Assert.Equal(expected, await ReadAsync(new Pieces(Encoding.UTF8.GetBytes(text), 1)));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(65536)]
    [InlineData(1 << 20)]
    public async Task Lines_are_the_same_however_they_arrive(int piece)
    {
        var lines = Enumerable.Range(0, 30).Select(i => new string('x', i * i * i)).ToList();
        var text = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        Assert.Equal(
            lines.Select((line, i) => string.Create(CultureInfo.InvariantCulture, $"{i + 1}:{line}")),
            await ReadAsync(new Pieces(text, piece)));
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_passed_over_in_bounded_memory()
    {
        using var stream = new Endless(200L << 20, "\nshort");
        var before = GC.GetTotalAllocatedBytes();
        Assert.Equal(["1:too long", "2:short"], await ReadAsync(stream));
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 200 << 20);
    }

    [Theory]
    [InlineData(SigmaEvent.MaxBytes, false)]
    [InlineData(SigmaEvent.MaxBytes + 1, true)]
    public async Task The_longest_line_is_as_long_as_an_event_may_be(int length, bool tooLong)
    {
        using var stream = new Endless(length, "");
        var lines = await ReadAsync(stream);
        Assert.Equal(tooLong, Assert.Single(lines) == "1:too long");
    }

    private static async Task<List<string>> ReadAsync(Stream stream)
    {
        var lines = new EventLines(stream);
        var read = new List<string>();
        do
        {
            Take(lines, read);
        }
        while (await lines.ReadAsync(CancellationToken.None));
        return read;
    }

    private static void Take(EventLines lines, List<string> read)
    {
        while (lines.TryTake(out var line, out var tooLong))
        {
            read.Add(string.Create(CultureInfo.InvariantCulture, $"{lines.Number}:{(tooLong ? "too long" : Encoding.UTF8.GetString(line))}"));
        }
    }

    /// <summary>Gives a few bytes at a time.</summary>
    private sealed class Pieces(byte[] text, int piece) : MemoryStream(text)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            => base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }

    /// <summary>Many bytes that no memory holds, then an end.</summary>
    private sealed class Endless(long length, string end) : MemoryStream(Encoding.UTF8.GetBytes(end))
    {
        private long _left = length;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_left == 0)
            {
                return base.ReadAsync(buffer, cancellationToken);
            }

            var read = (int)Math.Min(buffer.Length, _left);
            buffer.Span[..read].Fill((byte)'x');
            _left -= read;
            return ValueTask.FromResult(read);
        }
    }
}
