using Guard.Policies.Binding;

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

    /// <summary>GP2008: Correlations and global documents are not read.</summary>
    public static readonly DiagnosticDescriptor MetaDocument = Error(
        "GP2008",
        "Correlations and global documents are not read",
        "count in the SIEM; write what several rules share into each of them");

    /// <summary>GP2010: A key of guard is not known.</summary>
    public static readonly DiagnosticDescriptor GuardUnknownKey = Error(
        "GP2010",
        "A key of guard is not known",
        $"guard of a rule has {List(GuardBinder.Keys)}; of an order rules, and those; of a list {List(ListBinder.Keys)}; of a failure mode {List(FailureBinder.Keys)}");

    /// <summary>GP2011: A value of guard is not known.</summary>
    public static readonly DiagnosticDescriptor GuardBadValue = Error(
        "GP2011",
        "A value of guard is not known",
        $"action is {Choice(GuardBinder.Actions)}; on_unknown and mapped are {Choice(GuardBinder.Outcomes)}; failure is {Choice(FailureBinder.Modes)}");

    /// <summary>GP2012: The action kill is not supported yet.</summary>
    public static readonly DiagnosticDescriptor KillNotSupported = Error(
        "GP2012",
        "The action kill is not supported yet",
        "use block: it refuses the operation before it happens");

    /// <summary>GP2013: A document orders a rule that is not there.</summary>
    public static readonly DiagnosticDescriptor UnknownRule = Error(
        "GP2013",
        "A document orders a rule that is not there",
        "name the id or the name of a rule of the same bundle; where the rule has to go, its order goes with it: push the policies without both");

    /// <summary>GP2014: A rule has two different orders.</summary>
    public static readonly DiagnosticDescriptor ConflictingOrders = Error(
        "GP2014",
        "A rule has two different orders",
        "remove one of the guard blocks");

    /// <summary>GP2020: A rule is for another product.</summary>
    public static readonly DiagnosticDescriptor ProductNotLinux = Error(
        "GP2020",
        "A rule is for another product",
        "write product: linux, or remove the file");

    /// <summary>GP2021: A log source names no operation.</summary>
    public static readonly DiagnosticDescriptor NoCategory = Error(
        "GP2021",
        "A log source names no operation",
        $"write a category: {List(LogSourceBinder.Decided)}; rules over log lines (service) can be evaluated over events, not enforced");

    /// <summary>GP2022: The kernel does not decide this category.</summary>
    public static readonly DiagnosticDescriptor CategoryNotSupported = Error(
        "GP2022",
        "The kernel does not decide this category",
        $"decided are {List(LogSourceBinder.Decided)}; evaluate other rules over events");

    /// <summary>GP2030: A detection has no search identifier.</summary>
    public static readonly DiagnosticDescriptor DetectionEmpty = Error(
        "GP2030",
        "A detection has no search identifier",
        "write a selection beside condition");

    /// <summary>GP2031: Keywords need log lines.</summary>
    public static readonly DiagnosticDescriptor KeywordRefused = Error(
        "GP2031",
        "Keywords need log lines",
        "name the field that the text is looked for in, for example CommandLine|contains");

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

    /// <summary>GP2034: null cannot stand here.</summary>
    public static readonly DiagnosticDescriptor NullRefused = Error(
        "GP2034",
        "null cannot stand here",
        "write null (nothing) alone, without modifiers but neq, not in a list");

    /// <summary>GP2040: A field is not known.</summary>
    public static readonly DiagnosticDescriptor UnknownField = Error(
        "GP2040",
        "A field is not known",
        "see the list of fields of the category");

    /// <summary>GP2041: The kernel side does not know this field.</summary>
    public static readonly DiagnosticDescriptor FieldNotDecidable = Error(
        "GP2041",
        "The kernel side does not know this field",
        "use the fields that it knows; evaluate the rule over events if it needs this one");

    /// <summary>GP2042: A field does not belong to the category.</summary>
    public static readonly DiagnosticDescriptor FieldNotInCategory = Error(
        "GP2042",
        "A field does not belong to the category",
        "see the list of fields of the category");

    /// <summary>GP2050: A modifier is not known.</summary>
    public static readonly DiagnosticDescriptor UnknownModifier = Error(
        "GP2050",
        "A modifier is not known",
        "see the modifiers of the Sigma specification");

    /// <summary>GP2051: The kernel cannot decide this modifier.</summary>
    public static readonly DiagnosticDescriptor ModifierNotSupported = Error(
        "GP2051",
        "The kernel cannot decide this modifier",
        "write what is meant with texts, re or numbers; evaluate the rule over events if it needs this one");

    /// <summary>GP2052: Modifiers cannot be combined.</summary>
    public static readonly DiagnosticDescriptor ModifierCombination = Error(
        "GP2052",
        "Modifiers cannot be combined",
        "write every modifier once, one of contains, startswith and endswith, and encodings before those");

    /// <summary>GP2053: A field cannot be compared so.</summary>
    public static readonly DiagnosticDescriptor ModifierNotForField = Error(
        "GP2053",
        "A field cannot be compared so",
        "numbers take gt, gte, lt, lte and neq, texts the other modifiers");

    /// <summary>GP2054: all over a single value means nothing.</summary>
    public static readonly DiagnosticDescriptor AllOnSingleValue = Warning(
        "GP2054",
        "all over a single value means nothing",
        "remove all, or write the other values");

    /// <summary>GP2060: A value means bytes that never occur.</summary>
    public static readonly DiagnosticDescriptor ImpossibleText = Error(
        "GP2060",
        "A value means bytes that never occur",
        "remove NUL and unpaired surrogates; UTF-16 is meant to be followed by base64 or base64offset");

    /// <summary>GP2062: A number is not one that the field can have.</summary>
    public static readonly DiagnosticDescriptor BadUid = Error(
        "GP2062",
        "A number is not one that the field can have",
        "write a whole number from 0 to 4294967295 in digits (id -u, getent group); who acts may be named by User and Group");

    /// <summary>GP2063: A kind of access is not known.</summary>
    public static readonly DiagnosticDescriptor BadAccess = Error(
        "GP2063",
        "A kind of access is not known",
        $"kinds are {List(SigmaVocabulary.AccessNames)}");

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

    /// <summary>GP2066: An item always or never holds.</summary>
    public static readonly DiagnosticDescriptor ConstantItem = Warning(
        "GP2066",
        "An item always or never holds",
        "remove it, or correct it; the kernel knows every field of every operation");

    /// <summary>GP2067: A modifier does not take this value.</summary>
    public static readonly DiagnosticDescriptor BadModifierValue = Error(
        "GP2067",
        "A modifier does not take this value",
        "exists takes true or false, fieldref a field, comparisons and times a number");

    /// <summary>GP2068: A value is not a network.</summary>
    public static readonly DiagnosticDescriptor BadNetwork = Error(
        "GP2068",
        "A value is not a network",
        "write an address and a prefix length without host bits, for example 10.0.0.0/8 or fe80::/10");

    /// <summary>GP2069: A value cannot be encoded.</summary>
    public static readonly DiagnosticDescriptor NotEncodable = Error(
        "GP2069",
        "A value cannot be encoded",
        "base64 takes text without wildcards, base64offset at least two bytes");

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

    /// <summary>GP2073: Aggregations in a condition are not read.</summary>
    public static readonly DiagnosticDescriptor AggregationRefused = Error(
        "GP2073",
        "Aggregations in a condition are not read",
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

    /// <summary>GP2080: An expression cannot be read.</summary>
    public static readonly DiagnosticDescriptor BadExpression = Error(
        "GP2080",
        "An expression cannot be read",
        "correct the expression; it is read as .NET does");

    /// <summary>GP2081: An expression is not regular.</summary>
    public static readonly DiagnosticDescriptor ExpressionNotRegular = Error(
        "GP2081",
        "An expression is not regular",
        "write it without look-around, back-references and atomic groups");

    /// <summary>GP2082: A placeholder stands for nothing.</summary>
    public static readonly DiagnosticDescriptor UnresolvedPlaceholder = Error(
        "GP2082",
        "A placeholder stands for nothing",
        "define the list in a document with guard: list, or remove expand");

    /// <summary>GP2083: A value stands for too many others.</summary>
    public static readonly DiagnosticDescriptor TooManyVariants = Error(
        "GP2083",
        "A value stands for too many others",
        "write fewer dashes or placeholders into one value");

    /// <summary>GP2084: A list has no proper name.</summary>
    public static readonly DiagnosticDescriptor BadListName = Error(
        "GP2084",
        "A list has no proper name",
        "use letters, digits, _, . and -");

    /// <summary>GP2085: A list has no values.</summary>
    public static readonly DiagnosticDescriptor BadList = Error(
        "GP2085",
        "A list has no values",
        "write values: or file:, with at least one value and none empty");

    /// <summary>GP2086: Two lists have one name.</summary>
    public static readonly DiagnosticDescriptor DuplicateList = Error(
        "GP2086",
        "Two lists have one name",
        "give one of them another name");

    /// <summary>GP2087: A list file is missing.</summary>
    public static readonly DiagnosticDescriptor NoListFile = Error(
        "GP2087",
        "A list file is missing",
        "add the file (.txt or .list) to the bundle; it is named from the folder of the document or from the bundle");

    /// <summary>GP2088: A list is not used.</summary>
    public static readonly DiagnosticDescriptor UnusedList = Warning(
        "GP2088",
        "A list is not used",
        "remove it, or write a rule that expands it");

    /// <summary>GP2089: A list file is not used.</summary>
    public static readonly DiagnosticDescriptor UnusedListFile = Warning(
        "GP2089",
        "A list file is not used",
        "remove it, or write a document with guard: list that reads it");

    /// <summary>GP2090: A filter narrows its rules to what it describes.</summary>
    public static readonly DiagnosticDescriptor FilterWithoutNot = Warning(
        "GP2090",
        "A filter narrows its rules to what it describes",
        "an exception is written condition: not ...");

    /// <summary>GP2091: A filter concerns no rule.</summary>
    public static readonly DiagnosticDescriptor IdleFilter = Warning(
        "GP2091",
        "A filter concerns no rule",
        "correct the ids, names or log source, or remove the filter");

    /// <summary>GP2092: The bundle says twice what becomes of what can't be decided.</summary>
    public static readonly DiagnosticDescriptor SecondFailure = Error(
        "GP2092",
        "The bundle says twice what becomes of what can't be decided",
        "keep one document with guard: failure");

    /// <summary>GP2095: A value of a network field is not one that the field can have.</summary>
    public static readonly DiagnosticDescriptor BadNetworkValue = Error(
        "GP2095",
        "A port, protocol, family or operation is not known",
        "ports are 0 to 65535; the others are named in guard-policy(5)");

    /// <summary>GP2096: A property of a program is not known.</summary>
    public static readonly DiagnosticDescriptor BadProperty = Error(
        "GP2096",
        "A property of a program is not known",
        $"properties are {List(SigmaVocabulary.PropertyNames)}");

    /// <summary>GP2100: A way of an operation is not known.</summary>
    public static readonly DiagnosticDescriptor BadOperationValue = Error(
        "GP2100",
        "A way of an operation is not known",
        "guard-policy(5) lists the values of LoadedFrom, MountAction, BpfCommand, GrantedAccess, Signal, CredentialType and Capability");

    /// <summary>GP2101: A value is no digest that the kernel can compare.</summary>
    public static readonly DiagnosticDescriptor BadDigest = Error(
        "GP2101",
        "A value is no digest that the kernel can compare",
        "write SHA-256 digests, whole: the kernel makes no MD5, SHA-1 or import hash of a file");

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
        UnknownRule,
        ConflictingOrders,
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
        BadUid,
        BadAccess,
        NoSuchAccount,
        AmbiguousScalar,
        ConstantItem,
        BadModifierValue,
        BadNetwork,
        NotEncodable,
        ConditionSyntax,
        UndefinedName,
        PatternWithoutName,
        AggregationRefused,
        ConditionTooLarge,
        UnusedIdentifier,
        BadQuantifier,
        BadExpression,
        ExpressionNotRegular,
        UnresolvedPlaceholder,
        TooManyVariants,
        BadListName,
        BadList,
        DuplicateList,
        NoListFile,
        UnusedList,
        UnusedListFile,
        FilterWithoutNot,
        IdleFilter,
        SecondFailure,
        BadNetworkValue,
        BadProperty,
        BadOperationValue,
        BadDigest,
    ];
}
