using System.Text;

namespace Guard.Policies.Image;

/// <summary>
/// Reads the texts of simple and segment patterns back out of an automaton: the listing shows what the tables match,
/// not what somebody once wrote. A pattern of n bytes is in a list of the state that n steps from a root lead to.
/// </summary>
internal sealed class PatternTexts
{
    private readonly ImageView _image;
    private readonly Dictionary<uint, string> _texts = [];

    public PatternTexts(ImageView image)
    {
        _image = image;
        for (var number = 0; number < 2 * image.Header.TextCount; number += 2)
        {
            if (image.Automata[number] is { ClassesOff: not 0 } automaton)
            {
                foreach (var pattern in image.List(automaton.StartList))
                {
                    _texts.TryAdd(pattern, "any text");
                }

                Explore(automaton, automaton.AnchoredRow, "^");
                Explore(automaton, automaton.FloatingRow, string.Empty);
            }
        }
    }

    /// <summary>The text in quotes, with <c>^</c> and <c>$</c> for anchors; <c>general</c> where there is none.</summary>
    public string this[uint pattern] => _texts.GetValueOrDefault(pattern, "general");

    private void Explore(in GuardAutomaton automaton, uint root, string anchor)
    {
        var bytes = Representatives(automaton);
        var known = new Dictionary<uint, string> { [root] = string.Empty };
        var queue = new Queue<uint>([root]);
        while (queue.TryDequeue(out var row))
        {
            var text = known[row];
            var width = automaton.ClassCount * 4;
            Name(_image.List(_image.Word(row + width)), text, anchor, string.Empty);
            Name(_image.List(_image.Word(row + width + 4)), text, anchor, "$");
            for (var c = 1; c < bytes.Length; c++)
            {
                var next = _image.Word(row + ((uint)c * 4)) & KernelLimits.ImageMask;
                if (known.TryAdd(next, text + (char)bytes[c]))
                {
                    queue.Enqueue(next);
                }
            }
        }
    }

    /// <summary>A longer text with this one at its end lists the pattern too; only the length tells them apart.</summary>
    private void Name(ReadOnlySpan<uint> patterns, string text, string anchor, string end)
    {
        foreach (var pattern in patterns)
        {
            if (_image.Patterns[(int)pattern].Length == text.Length)
            {
                // Found from the floating root later, a text has no anchor at its start.
                _texts[pattern] = $"{anchor}'{Printable(text)}'{end}";
            }
        }
    }

    private static string Printable(string text)
    {
        var shown = new StringBuilder();
        foreach (var c in text)
        {
            shown.Append(c is >= ' ' and < '\x7f' and not '\'' and not '\\' ? $"{c}" : $"\\x{(int)c:x2}");
        }

        return shown.ToString();
    }

    private byte[] Representatives(in GuardAutomaton automaton)
    {
        var bytes = new byte[automaton.ClassCount];
        var classes = _image.Classes(automaton);
        for (var value = 0; value < classes.Length; value++)
        {
            bytes[classes[value] / 4] = (byte)value;
        }

        return bytes;
    }
}
