using System.Globalization;
using System.Text;
using Guard.Policies.Binding;
using Guard.Policies.Normalising;
using Guard.Policies.Simulation;

namespace Guard.Cli.Explaining;

/// <summary>Keeps account of what is known and what is not while a request is put together.</summary>
/// <param name="unknown">What <c>--unknown</c> names.</param>
internal sealed class ToldValues(string[] unknown)
{
    /// <summary>Values that are known.</summary>
    public List<ExplainedValue> Known { get; } = [];

    /// <summary>Values that are not.</summary>
    public List<ExplainedValue> Unknown { get; } = [];

    /// <summary>A path or name.</summary>
    /// <param name="field">As rules name it.</param>
    /// <param name="word">What <c>--unknown</c> calls it; null for what is always known.</param>
    /// <param name="value">Null when it was not told.</param>
    public RequestText Text(PolicyField field, string? word, string? value)
        => IsTold(field, word, value) ? RequestText.Of(value!) : RequestText.Absent;

    /// <summary>Arguments, which may be longer than a path.</summary>
    /// <param name="field">As rules name it.</param>
    /// <param name="word">What <c>--unknown</c> calls it.</param>
    /// <param name="value">Null when it was not told.</param>
    public RequestText Arguments(PolicyField field, string word, string? value)
        => IsTold(field, word, value) ? RequestText.Whole(Encoding.UTF8.GetBytes(value!)) : RequestText.Absent;

    /// <summary>The second text of a field that one option tells.</summary>
    public RequestText Again(string word, string? value)
        => value is null || unknown.Contains(word) ? RequestText.Absent : RequestText.Of(value);

    /// <summary>A number, which is always known.</summary>
    /// <param name="field">As rules name it.</param>
    /// <param name="value">The number.</param>
    /// <param name="word">What rules write instead of the number; null when they write that.</param>
    public uint Number(string field, uint value, string? word = null)
    {
        Known.Add(new ExplainedValue(field, null, word ?? value.ToString(CultureInfo.InvariantCulture)));
        return value;
    }

    /// <summary>A number that is not known unless it is told.</summary>
    /// <param name="field">As rules name it.</param>
    /// <param name="option">That tells it.</param>
    /// <param name="value">The number, or null.</param>
    /// <param name="word">What rules write instead of the number; null when they write that.</param>
    public uint? NumberIfTold(string field, string option, uint? value, string? word)
    {
        (value is null ? Unknown : Known).Add(new ExplainedValue(field, option, word ?? value?.ToString(CultureInfo.InvariantCulture)));
        return value;
    }

    /// <summary>The ancestors above the parent: all of them, or none is known.</summary>
    public DecisionRequest Ancestors(DecisionRequest request, string[] images)
    {
        var told = IsTold(
            PolicyField.AncestorImage, "ancestor", images.Length == 0 ? null : string.Join(", ", images));
        Unknown.Add(new ExplainedValue(nameof(PolicyField.AncestorCommandLine), null, null));
        return request with
        {
            Ancestors = told ? [.. images.Select(Program)] : [],
            AncestorsKnown = told,
        };
    }

    /// <summary>Kinds of access; reading, when none is told.</summary>
    public AccessKinds Access(string[] words)
    {
        words = words.Length > 0 ? words : ["read"];
        Known.Add(new ExplainedValue(nameof(PolicyField.Access), "--access", string.Join(',', words)));
        var kinds = words.Aggregate(AccessKinds.None, (all, word) => all | Enum.Parse<AccessKinds>(word, ignoreCase: true));
        return kinds.HasFlag(AccessKinds.Append) ? kinds | AccessKinds.Write : kinds;
    }

    /// <summary>Properties of a program, which the kernel always knows; none, when none is told.</summary>
    public ImageProperties Properties(IReadOnlyList<string> words)
    {
        Known.Add(new ExplainedValue(nameof(PolicyField.ImageProperties), "--properties", words.Count > 0 ? string.Join(',', words) : "none"));
        return words.Aggregate(ImageProperties.None, (all, word) => all | Enum.Parse<ImageProperties>(word, ignoreCase: true));
    }

    /// <summary>The operation on a socket: always known, but for the source of what has a destination.</summary>
    public RequestSocket Socket(RequestSocket socket)
    {
        var (address, port) = socket.IsOutgoing
            ? (PolicyField.DestinationIp, PolicyField.DestinationPort)
            : (PolicyField.SourceIp, PolicyField.SourcePort);
        Known.Add(new ExplainedValue(nameof(PolicyField.Operation), "--operation", ExplainedSocket.WordOf(socket.Operation)));
        if (socket.Address is { } told)
        {
            Known.Add(new ExplainedValue(address.ToString(), null, told.ToString()));
            Known.Add(new ExplainedValue(port.ToString(), null, socket.Port.ToString(CultureInfo.InvariantCulture)));
        }
        else
        {
            Known.Add(new ExplainedValue(nameof(PolicyField.AddressFamily), null, NetworkNames.OfFamily(socket.Family)));
        }

        Known.Add(new ExplainedValue(nameof(PolicyField.Protocol), "--protocol", NetworkNames.OfProtocol(socket.Protocol)));
        if (socket.IsOutgoing)
        {
            Unknown.Add(new ExplainedValue(nameof(PolicyField.SourceIp), null, null));
            Unknown.Add(new ExplainedValue(nameof(PolicyField.SourcePort), null, null));
        }

        return socket;
    }

    private static RequestProgram Program(string image) => new(RequestText.Of(image), RequestText.Of(image), RequestText.Absent);

    private bool IsTold(PolicyField field, string? word, string? value)
    {
        var option = word is null ? null : word == "command-line" ? "--command" : "--" + word;
        var told = value is not null && (word is null || !unknown.Contains(word));
        (told ? Known : Unknown).Add(new ExplainedValue(ExplainQuestion.NameOf(field), option, told ? value : null));
        return told;
    }
}
