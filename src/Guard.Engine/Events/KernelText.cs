using System.Text;

namespace Guard.Engine.Events;

/// <summary>
/// Bytes that the kernel calls a string: a path, a name, an argument. Any byte but NUL may stand in them, also newlines
/// and what is not UTF-8. Immutable.
/// </summary>
public readonly struct KernelText : IEquatable<KernelText>
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly byte[]? _bytes;

    /// <summary>Takes the bytes; the caller gives up the array.</summary>
    public KernelText(byte[] bytes) => _bytes = bytes;

    /// <summary>Text that is known to be proper, for tests and for what guardd itself says.</summary>
    public static KernelText FromString(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>The bytes as the kernel gave them.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>True when there is nothing.</summary>
    public bool IsEmpty => _bytes is null or { Length: 0 };

    /// <summary>True when the bytes are valid UTF-8, so that <see cref="ToString"/> loses nothing.</summary>
    public bool IsUtf8
    {
        get
        {
            try
            {
                Strict.GetCharCount(Bytes);
                return true;
            }
            catch (DecoderFallbackException)
            {
                return false;
            }
        }
    }

    /// <summary>The text; each byte that is not part of valid UTF-8 becomes <c>\xNN</c>.</summary>
    public override string ToString()
    {
        var rest = Bytes;
        var text = new StringBuilder(rest.Length);
        Span<char> pair = stackalloc char[2];
        while (!rest.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(rest, out var rune, out var used);
            if (status == System.Buffers.OperationStatus.Done)
            {
                text.Append(pair[..rune.EncodeToUtf16(pair)]);
            }
            else
            {
                foreach (var b in rest[..used])
                {
                    text.Append("\\x").Append(b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture));
                }
            }

            rest = rest[used..];
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public bool Equals(KernelText other) => Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is KernelText other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    /// <summary>Compares bytes.</summary>
    public static bool operator ==(KernelText left, KernelText right) => left.Equals(right);

    /// <summary>Compares bytes.</summary>
    public static bool operator !=(KernelText left, KernelText right) => !left.Equals(right);
}
