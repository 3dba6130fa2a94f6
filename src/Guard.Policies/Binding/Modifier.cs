namespace Guard.Policies.Binding;

/// <summary>Sigma's modifiers.</summary>
internal enum Modifier
{
    Contains,
    StartsWith,
    EndsWith,
    All,
    Cased,
    Neq,
    Re,
    RegexIgnoreCase,
    RegexMultiline,
    RegexSingleline,
    Cidr,
    Exists,
    FieldRef,
    Gt,
    Gte,
    Lt,
    Lte,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Year,
    Base64,
    Base64Offset,
    Wide,
    Utf16Le,
    Utf16Be,
    Utf16,
    Windash,
    Expand,
}

/// <summary>Where the text of a value stands in the field.</summary>
internal enum Placement
{
    Whole,
    Contains,
    StartsWith,
    EndsWith,
}

/// <summary>What an item compares.</summary>
internal enum ItemKind
{
    /// <summary>Texts with wildcards.</summary>
    Text,

    /// <summary><c>re</c></summary>
    Expression,

    /// <summary><c>cidr</c></summary>
    Network,

    /// <summary><c>exists</c></summary>
    Presence,

    /// <summary><c>fieldref</c></summary>
    Reference,

    /// <summary><c>gt gte lt lte</c></summary>
    Comparison,

    /// <summary><c>minute hour day week month year</c></summary>
    Time,
}
