namespace Guard.Cli.Output;

/// <summary>Colours of the output. The meaning is always in the text as well.</summary>
internal enum Tone
{
    /// <summary>As it is.</summary>
    Plain,

    /// <summary>Well.</summary>
    Good,

    /// <summary>Worth a look.</summary>
    Warn,

    /// <summary>Refused or broken.</summary>
    Bad,

    /// <summary>Headings.</summary>
    Bold,

    /// <summary>Less important.</summary>
    Dim,
}

/// <summary>Writes text for people: colour and width where a terminal is, neither where none is.</summary>
internal sealed class Terminal
{
    private readonly CliEnvironment _environment;

    /// <summary>For an environment and <c>--color</c>.</summary>
    public Terminal(CliEnvironment environment, string color)
    {
        _environment = environment;
        Colored = color == "always" || (color == "auto" && environment.IsTerminal && !environment.NoColor);
    }

    /// <summary>Whether colours are written.</summary>
    public bool Colored { get; }

    /// <summary>Whether a person looks.</summary>
    public bool IsTerminal => _environment.IsTerminal;

    /// <summary>Columns; without limit where no terminal is.</summary>
    public int Width => _environment.IsTerminal ? _environment.Width : int.MaxValue;

    /// <summary>stdout.</summary>
    public TextWriter Out => _environment.Out;

    /// <summary>Text in a colour. The text must be safe already.</summary>
    public string Paint(string text, Tone tone)
    {
        if (!Colored || tone == Tone.Plain || text.Length == 0)
        {
            return text;
        }
        var code = tone switch
        {
            Tone.Good => "32",
            Tone.Warn => "33",
            Tone.Bad => "31;1",
            Tone.Bold => "1",
            _ => "2",
        };
        return $"\u001b[{code}m{text}\u001b[0m";
    }
}
