using System.Text;
using Guard.Policies.Diagnostics;

namespace Guard.Policies.Yaml;

/// <summary>Bytes to text: bounds, UTF-8 and characters that have no business in a policy. Nothing is repaired.</summary>
internal static class YamlTextReader
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>The text, or null after a finding.</summary>
    public static SourceText? Read(PolicyFile file, CompilerOptions options, DiagnosticBag bag)
    {
        var most = options.MaxBytesOf(file.Name);
        if (file.Content.Length > most)
        {
            var message = $"the file has {file.Content.Length} bytes, allowed are {most}";
            bag.Report(DiagnosticCatalogue.FileTooLarge, new SourceSpan(file.Name, 0, 0), message);
            return null;
        }

        var bytes = file.Content.Span;
        bytes = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[3..] : bytes;
        var valid = LengthOfValidUtf8(bytes);
        var source = new SourceText(file.Name, Strict.GetString(bytes[..valid]));
        if (valid != bytes.Length)
        {
            var message = $"byte {bytes[valid]:X2} is not UTF-8";
            bag.Report(DiagnosticCatalogue.NotUtf8, source.SpanAt(source.Text.Length), message);
            return null;
        }

        return HasControlCharacter(source, bag) ? null : source;
    }

    private static int LengthOfValidUtf8(ReadOnlySpan<byte> bytes)
    {
        var length = 0;
        while (length < bytes.Length)
        {
            var ascii = bytes[length..].IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            if (ascii < 0)
            {
                return bytes.Length;
            }

            length += ascii;
            if (Rune.DecodeFromUtf8(bytes[length..], out _, out var consumed) != System.Buffers.OperationStatus.Done)
            {
                return length;
            }

            length += consumed;
        }

        return length;
    }

    private static bool HasControlCharacter(SourceText source, DiagnosticBag bag)
    {
        for (var i = 0; i < source.Text.Length; i++)
        {
            var c = source.Text[i];
            if (char.IsControl(c) && c is not ('\t' or '\n' or '\r'))
            {
                var message = $"the control character U+{(int)c:X4} is not allowed";
                bag.Report(DiagnosticCatalogue.ControlCharacter, source.SpanAt(i), message);
                return true;
            }
        }

        return false;
    }
}
