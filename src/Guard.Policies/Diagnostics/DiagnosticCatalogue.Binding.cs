namespace Guard.Policies.Diagnostics;

/// <content>GP2xxx: keys and values that do not mean anything, or nothing that the engine can enforce yet.</content>
public static partial class DiagnosticCatalogue
{
    /// <summary>GP2001: A document is not a map.</summary>
    public static readonly DiagnosticDescriptor NotAMap = Error(
        "GP2001",
        "A document is not a map",
        "a rule is a map with title, logsource and detection");

    /// <summary>GP2002: A required key is missing.</summary>
    public static readonly DiagnosticDescriptor MissingKey = Error(
        "GP2002",
        "A required key is missing",
        "a rule needs title, logsource, detection and detection.condition");

    /// <summary>GP2003: A value has the wrong type.</summary>
    public static readonly DiagnosticDescriptor WrongType = Error(
        "GP2003",
        "A value has the wrong type",
        "see the Sigma specification for the type of this key");

    /// <summary>GP2004: A rule id is not a UUID.</summary>
    public static readonly DiagnosticDescriptor BadRuleId = Error(
        "GP2004",
        "A rule id is not a UUID",
        "write a UUID such as 2f1ba2c4-6f86-4d2b-9b8f-6b9d6e5b4c3a (uuidgen), or remove the id");

    /// <summary>GP2005: A value is not one of those permitted.</summary>
    public static readonly DiagnosticDescriptor ValueNotPermitted = Error(
        "GP2005",
        "A value is not one of those permitted",
        "use one of the permitted values");

    /// <summary>GP2006: A key is almost a known one.</summary>
    public static readonly DiagnosticDescriptor MisspeltKey = Error(
        "GP2006",
        "A key is almost a known one",
        "correct the spelling; if a key of your own is meant, give it a name that cannot be mistaken");

    /// <summary>GP2007: A key is not known and means nothing here.</summary>
    public static readonly DiagnosticDescriptor CustomKey = Warning(
        "GP2007",
        "A key is not known and means nothing here",
        "custom keys are permitted by Sigma; check that it is one");

    /// <summary>GP2008: Correlations, filters and other meta documents are not supported yet.</summary>
    public static readonly DiagnosticDescriptor MetaDocument = Error(
        "GP2008",
        "Correlations, filters and other meta documents are not supported yet",
        "write the exception into the rule itself with not");

    /// <summary>GP2010: A key of guard is not known.</summary>
    public static readonly DiagnosticDescriptor GuardUnknownKey = Error(
        "GP2010",
        "A key of guard is not known",
        "guard has the keys action and on_unknown");

    /// <summary>GP2011: A value of guard is not known.</summary>
    public static readonly DiagnosticDescriptor GuardBadValue = Error(
        "GP2011",
        "A value of guard is not known",
        "action is audit or block; on_unknown is allow or deny");

    /// <summary>GP2012: The action kill is not supported yet.</summary>
    public static readonly DiagnosticDescriptor KillNotSupported = Error(
        "GP2012",
        "The action kill is not supported yet",
        "use block: it refuses the operation before it happens");

    /// <summary>GP2020: A rule is for another product.</summary>
    public static readonly DiagnosticDescriptor ProductNotLinux = Error(
        "GP2020",
        "A rule is for another product",
        "write product: linux, or remove the file");

    /// <summary>GP2021: A log source without category is not supported yet.</summary>
    public static readonly DiagnosticDescriptor NoCategory = Error(
        "GP2021",
        "A log source without category is not supported yet",
        "write category: process_creation or category: file_access; rules over log lines (service) cannot be enforced");

    /// <summary>GP2022: The category is not supported yet.</summary>
    public static readonly DiagnosticDescriptor CategoryNotSupported = Error(
        "GP2022",
        "The category is not supported yet",
        "supported are process_creation and file_access");

    /// <summary>GP2030: A detection has no search identifier.</summary>
    public static readonly DiagnosticDescriptor DetectionEmpty = Error(
        "GP2030",
        "A detection has no search identifier",
        "write a selection beside condition");

    /// <summary>GP2031: Keywords need log lines.</summary>
    public static readonly DiagnosticDescriptor KeywordRefused = Error(
        "GP2031",
        "Keywords need log lines",
        "name the field that the text is looked for in, for example Image|contains");

    /// <summary>GP2032: A map or list is empty.</summary>
    public static readonly DiagnosticDescriptor EmptyCollection = Error(
        "GP2032",
        "A map or list is empty",
        "write at least one item, or remove the key");

    /// <summary>GP2033: A value is neither text nor a number nor a list of those.</summary>
    public static readonly DiagnosticDescriptor NestedValue = Error(
        "GP2033",
        "A value is neither text nor a number nor a list of those",
        "write the value as text");

    /// <summary>GP2034: Tests for absence (null) are not supported yet.</summary>
    public static readonly DiagnosticDescriptor NullRefused = Error(
        "GP2034",
        "Tests for absence (null) are not supported yet",
        "every field that the engine decides is always present");

    /// <summary>GP2040: A field is not known.</summary>
    public static readonly DiagnosticDescriptor UnknownField = Error(
        "GP2040",
        "A field is not known",
        "see the list of fields of the category");

    /// <summary>GP2041: The engine cannot decide this field yet.</summary>
    public static readonly DiagnosticDescriptor FieldNotDecidable = Error(
        "GP2041",
        "The engine cannot decide this field yet",
        "use the fields that the engine decides; remove the rule if it needs this one");

    /// <summary>GP2042: A field does not belong to the category.</summary>
    public static readonly DiagnosticDescriptor FieldNotInCategory = Error(
        "GP2042",
        "A field does not belong to the category",
        "see the list of fields of the category");

    /// <summary>GP2050: A modifier is not known.</summary>
    public static readonly DiagnosticDescriptor UnknownModifier = Error(
        "GP2050",
        "A modifier is not known",
        "known are contains, startswith, endswith, all and cased");

    /// <summary>GP2051: A modifier is not supported yet.</summary>
    public static readonly DiagnosticDescriptor ModifierNotSupported = Error(
        "GP2051",
        "A modifier is not supported yet",
        "supported are contains, startswith, endswith, all and cased");

    /// <summary>GP2052: Modifiers cannot be combined.</summary>
    public static readonly DiagnosticDescriptor ModifierCombination = Error(
        "GP2052",
        "Modifiers cannot be combined",
        "use one of contains, startswith and endswith; write every modifier once");

    /// <summary>GP2053: A modifier cannot be used with this field.</summary>
    public static readonly DiagnosticDescriptor ModifierNotForField = Error(
        "GP2053",
        "A modifier cannot be used with this field",
        "Uid takes none, Access takes all");

    /// <summary>GP2054: all over a single value means nothing.</summary>
    public static readonly DiagnosticDescriptor AllOnSingleValue = Warning(
        "GP2054",
        "all over a single value means nothing",
        "remove all, or write the other values");

    /// <summary>GP2060: A value contains what no path or name can contain.</summary>
    public static readonly DiagnosticDescriptor ImpossibleText = Error(
        "GP2060",
        "A value contains what no path or name can contain",
        "remove NUL and unpaired surrogates");

    /// <summary>GP2061: Only ASCII letters are compared without regard to case.</summary>
    public static readonly DiagnosticDescriptor AsciiFoldingOnly = Warning(
        "GP2061",
        "Only ASCII letters are compared without regard to case",
        "write the other spellings as further values, or add cased");

    /// <summary>GP2062: A uid is not a whole number from 0 to 4294967295.</summary>
    public static readonly DiagnosticDescriptor BadUid = Error(
        "GP2062",
        "A uid is not a whole number from 0 to 4294967295",
        "write the number in digits; account names belong into User");

    /// <summary>GP2063: A kind of access is not known.</summary>
    public static readonly DiagnosticDescriptor BadAccess = Error(
        "GP2063",
        "A kind of access is not known",
        "read, write, append, create, truncate or exec");

    /// <summary>GP2064: No account of this machine has this name.</summary>
    public static readonly DiagnosticDescriptor NoSuchAccount = Warning(
        "GP2064",
        "No account of this machine has this name",
        "the item never holds; numbers belong into Uid; push again after the account was created");

    /// <summary>GP2065: YAML versions read this value differently.</summary>
    public static readonly DiagnosticDescriptor AmbiguousScalar = Error(
        "GP2065",
        "YAML versions read this value differently",
        "put the value into quotes");

    /// <summary>GP2070: A condition cannot be read.</summary>
    public static readonly DiagnosticDescriptor ConditionSyntax = Error(
        "GP2070",
        "A condition cannot be read",
        "names joined by and, or, not, parentheses, 1 of, all of");

    /// <summary>GP2071: A condition names what is not defined.</summary>
    public static readonly DiagnosticDescriptor UndefinedName = Error(
        "GP2071",
        "A condition names what is not defined",
        "define the search identifier or correct the name");

    /// <summary>GP2072: A pattern of a condition fits no search identifier.</summary>
    public static readonly DiagnosticDescriptor PatternWithoutName = Error(
        "GP2072",
        "A pattern of a condition fits no search identifier",
        "define a search identifier that fits; names that begin with _ need a pattern that begins with _");

    /// <summary>GP2073: Aggregations in a condition are not supported.</summary>
    public static readonly DiagnosticDescriptor AggregationRefused = Error(
        "GP2073",
        "Aggregations in a condition are not supported",
        "a verdict is made for one operation; counting belongs into the SIEM");

    /// <summary>GP2074: A condition is too long or too deeply nested.</summary>
    public static readonly DiagnosticDescriptor ConditionTooLarge = Error(
        "GP2074",
        "A condition is too long or too deeply nested",
        "split the rule");

    /// <summary>GP2075: A search identifier is not used.</summary>
    public static readonly DiagnosticDescriptor UnusedIdentifier = Warning(
        "GP2075",
        "A search identifier is not used",
        "use it in the condition or remove it");

    /// <summary>GP2076: A quantifier is not supported.</summary>
    public static readonly DiagnosticDescriptor BadQuantifier = Error(
        "GP2076",
        "A quantifier is not supported",
        "use 1 of, any of or all of");

    private static DiagnosticDescriptor[] BindingRows() =>
    [
        NotAMap,
        MissingKey,
        WrongType,
        BadRuleId,
        ValueNotPermitted,
        MisspeltKey,
        CustomKey,
        MetaDocument,
        GuardUnknownKey,
        GuardBadValue,
        KillNotSupported,
        ProductNotLinux,
        NoCategory,
        CategoryNotSupported,
        DetectionEmpty,
        KeywordRefused,
        EmptyCollection,
        NestedValue,
        NullRefused,
        UnknownField,
        FieldNotDecidable,
        FieldNotInCategory,
        UnknownModifier,
        ModifierNotSupported,
        ModifierCombination,
        ModifierNotForField,
        AllOnSingleValue,
        ImpossibleText,
        AsciiFoldingOnly,
        BadUid,
        BadAccess,
        NoSuchAccount,
        AmbiguousScalar,
        ConditionSyntax,
        UndefinedName,
        PatternWithoutName,
        AggregationRefused,
        ConditionTooLarge,
        UnusedIdentifier,
        BadQuantifier,
    ];
}
