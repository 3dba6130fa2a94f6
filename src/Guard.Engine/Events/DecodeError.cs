namespace Guard.Engine.Events;

/// <summary>Why a ring record was not understood.</summary>
internal enum DecodeError
{
    /// <summary>It was.</summary>
    None = 0,

    /// <summary>Shorter than the fixed part, or than it says itself.</summary>
    TooShort,

    /// <summary>Written by programs of another ABI version.</summary>
    WrongAbi,

    /// <summary>A kind that this guardd does not know.</summary>
    UnknownKind,

    /// <summary>The strings do not add up to what the record says it holds.</summary>
    BadLengths,

    /// <summary>A NUL inside a path.</summary>
    BadText,

    /// <summary>A number outside its range: ring, verdict, category, hook, reason, errno, rule or process.</summary>
    OutOfRange,
}
