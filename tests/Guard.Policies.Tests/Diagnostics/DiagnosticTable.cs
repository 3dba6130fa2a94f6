using System.Text;
using Guard.Policies.Diagnostics;
using static Guard.Policies.Tests.PolicyText;

namespace Guard.Policies.Tests.Diagnostics;

/// <summary>What a row of the table compiles, and where the finding must be.</summary>
public sealed record DiagnosticRow(string Id, string Where, IReadOnlyList<PolicyFile> Files, CompilerOptions Options);

/// <summary>At least one text for every id of the catalogue, with the position that it must be reported at.</summary>
public static class DiagnosticTable
{
    private const string Sel = "sel:\n    Image: /bin/x\ncondition: sel";

    private const string Good =
        "title: t\nlogsource:\n    product: linux\n    category: process_creation\n"
        + "detection:\n    sel:\n        Image: /bin/x\n    condition: sel\n";

    public static IEnumerable<DiagnosticRow> Rows() =>
    [
        .. Yaml(), .. Documents(), .. GuardBlock(), .. LogSource(), .. Detection(), .. Items(), .. Conditions(), .. Checks(),
        .. ScopeRows.All(),
    ];

    private static IEnumerable<DiagnosticRow> Yaml() =>
    [
        At(DiagnosticCatalogue.FileTooLarge, "p.yml", Good, new CompilerOptions { MaxFileBytes = Good.Length - 1 }),
        At(DiagnosticCatalogue.BundleTooLarge, "(bundle)", Good, new CompilerOptions { MaxBundleBytes = Good.Length - 1 }),
        Bytes(DiagnosticCatalogue.NotUtf8, "p.yml(2,3)", [.. "a: b\nü"u8, (byte)'x', 0xC3, (byte)'(']),
        Bytes(DiagnosticCatalogue.NotUtf8, "p.yml(1,1)", [0xED, 0xA0, 0x80]),
        At(DiagnosticCatalogue.ControlCharacter, "p.yml(1,4)", "a: \u001b[31m"),
        At(DiagnosticCatalogue.ControlCharacter, "p.yml(2,1)", "a: b\n\0"),
        At(DiagnosticCatalogue.ControlCharacter, "p.yml(1,5)", "a: b\u0085c: d"),
        At(DiagnosticCatalogue.BrokenYaml, "p.yml(2,6)", "title: x\n  bad: [\n"),
        At(DiagnosticCatalogue.UnknownAlias, "p.yml(1,4)", "a: *x"),
        At(DiagnosticCatalogue.UnknownAlias, "p.yml(1,8)", "a: &x [*x]"),
        At(DiagnosticCatalogue.TooManyNodes, "p.yml(17,18)", Bomb()),
        At(DiagnosticCatalogue.TagRefused, "p.yml(1,4)", "a: !!str b"),
        At(DiagnosticCatalogue.MergeKeyRefused, "p.yml(2,1)", "a: b\n<<: {c: d}"),
        At(DiagnosticCatalogue.DuplicateKey, "p.yml(8,9)", Exec("sel:\n    Image: a\n    Image: b\ncondition: sel")),
        At(DiagnosticCatalogue.KeyNotScalar, "p.yml(1,3)", "? [a]\n: b"),
        At(DiagnosticCatalogue.TooDeep, "p.yml(1,33)", new string('[', 33) + new string(']', 33)),
        At(DiagnosticCatalogue.TooManyNodes, "p.yml(1,1000000)", "[" + string.Concat(Enumerable.Repeat("a,", 500_000)) + "]"),
        At(DiagnosticCatalogue.NoRules, "(bundle)", "# nothing\n---\n...\n"),
        new(DiagnosticCatalogue.DuplicateFileName.Id, "p.yml", [File(Good), File(Good)], new CompilerOptions()),
        new(
            DiagnosticCatalogue.TooManyErrors.Id,
            "p.yml(2002,1)",
            [File(string.Concat(Enumerable.Repeat("---\nx\n", 1001)) + "--- x")],
            new CompilerOptions()),
        At(
            DiagnosticCatalogue.TooManyWarnings,
            "p.yml(1009,1)",
            Good + string.Concat(Enumerable.Range(0, 1002).Select(i => $"custom_key_{i}: x\n"))),
    ];

    private static IEnumerable<DiagnosticRow> Documents() =>
    [
        At(DiagnosticCatalogue.NotAMap, "p.yml(1,1)", "- a"),
        At(DiagnosticCatalogue.MissingKey, "p.yml(1,1)", Good.Replace("title: t\n", string.Empty, StringComparison.Ordinal)),
        At(DiagnosticCatalogue.MissingKey, "p.yml(6,5)", Exec("sel:\n    Image: a")),
        At(DiagnosticCatalogue.WrongType, "p.yml(9,9)", Good + "author: [a, b]"),
        At(DiagnosticCatalogue.WrongType, "p.yml(9,7)", Good + "tags: attack.t1059"),
        At(DiagnosticCatalogue.WrongType, "p.yml(9,8)", Good + "guard: block"),
        At(DiagnosticCatalogue.BadRuleId, "p.yml(9,5)", Good + "id: 1234"),
        At(DiagnosticCatalogue.ValueNotPermitted, "p.yml(9,8)", Good + "level: hihg"),
        At(DiagnosticCatalogue.ValueNotPermitted, "p.yml(9,11)", Good + "taxonomy: ecs"),
        At(DiagnosticCatalogue.MisspeltKey, "p.yml(9,1)", Good + "gaurd: {action: block}"),
        At(DiagnosticCatalogue.MisspeltKey, "p.yml(5,1)", Good.Replace("detection", "detecton", StringComparison.Ordinal)),
        At(DiagnosticCatalogue.CustomKey, "p.yml(9,1)", Good + "owner_team: blue"),
        At(DiagnosticCatalogue.MetaDocument, "p.yml(2,1)", "title: t\ncorrelation: {}"),
        At(DiagnosticCatalogue.MetaDocument, "p.yml(1,1)", "action: global\ntitle: t"),
        .. Filters(), .. Orders(), .. Lists(),
    ];

    private static IEnumerable<DiagnosticRow> GuardBlock() =>
    [
        At(DiagnosticCatalogue.GuardUnknownKey, "p.yml(10,3)", Good + "guard:\n  acton: block"),
        At(DiagnosticCatalogue.GuardUnknownKey, "p.yml(10,3)", Good + "guard:\n  enforce: yes"),
        At(DiagnosticCatalogue.GuardBadValue, "p.yml(10,11)", Good + "guard:\n  action: deny"),
        At(DiagnosticCatalogue.GuardBadValue, "p.yml(10,15)", Good + "guard:\n  on_unknown: [deny]"),
        At(DiagnosticCatalogue.GuardBadValue, "p.yml(10,11)", Good + "guard:\n  action: Block"),
        At(DiagnosticCatalogue.KillNotSupported, "p.yml(10,11)", Good + "guard:\n  action: kill"),
    ];

    private static IEnumerable<DiagnosticRow> LogSource() =>
    [
        At(DiagnosticCatalogue.ProductNotLinux, "p.yml(3,14)", Good.Replace("linux", "windows", StringComparison.Ordinal)),
        At(DiagnosticCatalogue.NoCategory, "p.yml(3,5)", Good.Replace("    category: process_creation\n", string.Empty, StringComparison.Ordinal)),
        At(DiagnosticCatalogue.NoCategory, "p.yml(4,14)", Good.Replace("category: process_creation", "service: auditd", StringComparison.Ordinal)),
        At(DiagnosticCatalogue.CategoryNotSupported, "p.yml(4,15)", Rule("dns_query", Sel)),
        At(DiagnosticCatalogue.MisspeltKey, "p.yml(4,5)", Good.Replace("category", "catgory", StringComparison.Ordinal)),
        At(DiagnosticCatalogue.CustomKey, "p.yml(3,5)", Good.Replace("product: linux", "collector: linux", StringComparison.Ordinal)),
    ];

    private static IEnumerable<DiagnosticRow> Detection() =>
    [
        At(DiagnosticCatalogue.DetectionEmpty, "p.yml(6,5)", Exec("condition: sel")),
        At(DiagnosticCatalogue.KeywordRefused, "p.yml(7,11)", Exec("sel:\n    - 'text'\ncondition: sel")),
        At(DiagnosticCatalogue.KeywordRefused, "p.yml(6,10)", Exec("sel: text\ncondition: sel")),
        At(DiagnosticCatalogue.KeywordRefused, "p.yml(7,9)", Exec("sel:\n    '|all': [a, b]\ncondition: sel")),
        Event(DiagnosticCatalogue.ModifierNotForField, 9, "'|endswith': a"),
        At(DiagnosticCatalogue.EmptyCollection, "p.yml(6,10)", Exec("sel: {}\ncondition: sel")),
        At(DiagnosticCatalogue.EmptyCollection, "p.yml(6,10)", Exec("sel: []\ncondition: sel")),
        At(DiagnosticCatalogue.EmptyCollection, "p.yml(7,16)", Exec("sel:\n    Image: []\ncondition: sel")),
        At(DiagnosticCatalogue.NestedValue, "p.yml(7,16)", Exec("sel:\n    Image: {a: b}\ncondition: sel")),
        At(DiagnosticCatalogue.NestedValue, "p.yml(6,12)", Exec("sel: [ [a] ]\ncondition: sel")),
        At(DiagnosticCatalogue.NullRefused, "p.yml(7,25)", Exec("sel:\n    Image|contains: null\ncondition: sel")),
        At(DiagnosticCatalogue.NullRefused, "p.yml(7,24)", Exec("sel:\n    ParentImage: [ ~ ]\ncondition: sel")),
    ];

    private static IEnumerable<DiagnosticRow> Items() =>
    [
        Item(DiagnosticCatalogue.UnknownField, 9, "Imgae: a"),
        Item(DiagnosticCatalogue.UnknownField, 9, "image: a"),
        Item(DiagnosticCatalogue.FieldNotDecidable, 9, "md5|contains: a"),
        Item(DiagnosticCatalogue.BadDigest, 17, "sha256: abc"),
        At(DiagnosticCatalogue.FieldNotInCategory, "p.yml(7,9)", FileAccess("sel:\n    CurrentDirectory: a\ncondition: sel")),
        Item(DiagnosticCatalogue.FieldNotInCategory, 9, "TargetFilename: a"),
        Item(DiagnosticCatalogue.UnknownModifier, 15, "Image|contain: a"),
        Item(DiagnosticCatalogue.UnknownModifier, 24, "Image|contains|Cased: a"),
        Item(DiagnosticCatalogue.UnknownModifier, 15, "Image|: a"),
        Item(DiagnosticCatalogue.ModifierNotSupported, 15, "Image|cidr: 10.0.0.0/8"),
        Item(DiagnosticCatalogue.ModifierNotSupported, 15, "Image|fieldref: ParentImage"),
        Item(DiagnosticCatalogue.ModifierNotSupported, 15, "Image|hour: 3"),
        Item(DiagnosticCatalogue.ModifierCombination, 15, "Image|contains|re: a"),
        Item(DiagnosticCatalogue.ModifierCombination, 15, "Image|i: a"),
        Item(DiagnosticCatalogue.ModifierCombination, 24, "Image|contains|base64: a"),
        Item(DiagnosticCatalogue.ModifierCombination, 22, "Image|exists|neq: true"),
        Item(DiagnosticCatalogue.ModifierNotForField, 9, "Image|gt: 1"),
        Item(DiagnosticCatalogue.ModifierNotForField, 9, "User|gt: 1"),
        Item(DiagnosticCatalogue.ModifierNotForField, 9, "LogonId|re: a"),
        Item(DiagnosticCatalogue.ModifierCombination, 24, "Image|contains|endswith: a"),
        Item(DiagnosticCatalogue.ModifierCombination, 21, "Image|cased|cased: a"),
        Item(DiagnosticCatalogue.ModifierNotForField, 9, "Uid|contains: 1"),
        Item(DiagnosticCatalogue.ConstantItem, 9, "ParentImage: null", "sel or x"),
        Item(DiagnosticCatalogue.ConstantItem, 9, "Uid|gte: 0", "x and sel"),
        Item(DiagnosticCatalogue.ConstantItem, 9, "CommandLine|exists: false", "sel or x"),
        Item(DiagnosticCatalogue.ConstantItem, 9, "Uid|all: [1, 2]", "sel or x"),
        Item(DiagnosticCatalogue.BadModifierValue, 23, "Image|exists: maybe"),
        Event(DiagnosticCatalogue.BadModifierValue, 15, "A|gt: abc"),
        Event(DiagnosticCatalogue.BadModifierValue, 21, "A|fieldref: 'b*'"),
        Event(DiagnosticCatalogue.BadModifierValue, 17, "A|hour: 24"),
        Event(DiagnosticCatalogue.BadNetwork, 17, "A|cidr: 10.0.0.0/33"),
        Event(DiagnosticCatalogue.BadNetwork, 17, "A|cidr: 10.0.0.1/8"),
        Event(DiagnosticCatalogue.BadNetwork, 17, "A|cidr: 010.0.0.0/8"),
        Network(DiagnosticCatalogue.BadNetwork, 24, "DestinationIp: 10.0.0.0/8"),
        Network(DiagnosticCatalogue.BadNetworkValue, 26, "DestinationPort: 65536"),
        Network(DiagnosticCatalogue.BadNetworkValue, 21, "SourcePort: 'ssh'"),
        Network(DiagnosticCatalogue.BadNetworkValue, 19, "Protocol: tpc"),
        Network(DiagnosticCatalogue.BadNetworkValue, 24, "AddressFamily: inet"),
        Network(DiagnosticCatalogue.BadNetworkValue, 20, "Operation: accept"),
        Network(DiagnosticCatalogue.BadNetworkValue, 20, "Initiated: 'yes'"),
        Item(DiagnosticCatalogue.NotEncodable, 29, "CommandLine|base64: 'a*b'"),
        Item(DiagnosticCatalogue.NotEncodable, 44, "CommandLine|base64offset|contains: a"),
        Item(DiagnosticCatalogue.BadExpression, 30, "CommandLine|re: '[z-a]'"),
        Item(DiagnosticCatalogue.ExpressionNotRegular, 25, "CommandLine|re: 'a(?=b)'"),
        Item(DiagnosticCatalogue.UnresolvedPlaceholder, 23, "Image|expand: '%no%'"),
        Item(DiagnosticCatalogue.UnresolvedPlaceholder, 9, "Image|expand: nothing"),
        Item(DiagnosticCatalogue.TooManyVariants, 30, "CommandLine|windash: '-a -b -c -d -e -f -g'"),
        Item(DiagnosticCatalogue.ImpossibleText, 36, "CommandLine|wide|contains: abc"),
        Event(DiagnosticCatalogue.ImpossibleText, 26, "A|wide|contains: é"),
        At(DiagnosticCatalogue.ModifierNotForField, "p.yml(7,9)", FileAccess("sel:\n    Access|contains: read\ncondition: sel")),
        Item(DiagnosticCatalogue.AllOnSingleValue, 9, "Image|contains|all: a"),
        Item(DiagnosticCatalogue.ImpossibleText, 16, "Image: \"a\\0b\""),
        Item(DiagnosticCatalogue.BadUid, 14, "Uid: root"),
        Item(DiagnosticCatalogue.BadUid, 14, "Uid: '4294967296'"),
        Item(DiagnosticCatalogue.BadUid, 14, "Uid: '00'"),
        Item(DiagnosticCatalogue.BadUid, 14, "Uid: -1"),
        Item(DiagnosticCatalogue.BadUid, 14, "Uid: '*'"),
        At(DiagnosticCatalogue.BadOperationValue, "p.yml(7,29)", Rule("mount", "sel:\n    MountAction: [bind, mvoe]\ncondition: sel")),
        At(DiagnosticCatalogue.BadAccess, "p.yml(7,24)", FileAccess("sel:\n    Access: [read, wrte]\ncondition: sel")),
        Item(DiagnosticCatalogue.BadProperty, 35, "ImageProperties: [setuid, setgidd]"),
        Item(DiagnosticCatalogue.ModifierNotForField, 9, "ImageProperties|contains: set"),
        At(DiagnosticCatalogue.FieldNotInCategory, "p.yml(7,9)", FileAccess("sel:\n    ImageProperties: setuid\ncondition: sel")),
        Item(DiagnosticCatalogue.NoSuchAccount, 15, "User: nobody_here"),
        At(DiagnosticCatalogue.NoSuchPath, "p.yml(7,25)", FileAccess("sel:\n    TargetFilename: etc/shadow\ncondition: sel")),
        At(DiagnosticCatalogue.OddValue, "p.yml(7,21)", Rule("process_signal", "sel:\n    Signal: [9, 65]\ncondition: sel")),
        Item(DiagnosticCatalogue.BareName, 16, "Image: nc"),
        Item(DiagnosticCatalogue.AmbiguousScalar, 16, "Image: 0x17"),
        Item(DiagnosticCatalogue.AmbiguousScalar, 16, "Image: no"),
    ];

    private static IEnumerable<DiagnosticRow> Conditions() =>
    [
        Condition(DiagnosticCatalogue.ConditionSyntax, 23, "sel and"),
        Condition(DiagnosticCatalogue.ConditionSyntax, 20, "sel sel"),
        Condition(DiagnosticCatalogue.ConditionSyntax, 20, "(sel"),
        Condition(DiagnosticCatalogue.ConditionSyntax, 19, "sel)"),
        Condition(DiagnosticCatalogue.ConditionSyntax, 17, "''"),
        Condition(DiagnosticCatalogue.ConditionSyntax, 21, "'sel $'"),
        Condition(DiagnosticCatalogue.ConditionSyntax, 16, "sel*"),
        Condition(DiagnosticCatalogue.ConditionSyntax, 20, "1 of"),
        Condition(DiagnosticCatalogue.UndefinedName, 24, "sel and selx"),
        Condition(DiagnosticCatalogue.UndefinedName, 25, "'sel and selx'"),
        Condition(DiagnosticCatalogue.PatternWithoutName, 24, "sel and 1 of filter_*"),
        Condition(DiagnosticCatalogue.AggregationRefused, 20, "sel | count() > 5"),
        Condition(DiagnosticCatalogue.ConditionTooLarge, 66, new string('(', 51) + "sel" + new string(')', 51)),
        Condition(DiagnosticCatalogue.ConditionTooLarge, 218, string.Concat(Enumerable.Repeat("not ", 51)) + "sel", -2),
        Condition(DiagnosticCatalogue.BadQuantifier, 16, "2 of sel*"),
        At(DiagnosticCatalogue.UnusedIdentifier, "p.yml(8,5)", Exec("sel:\n    Image: a\nother:\n    Image: b\ncondition: sel")),
    ];

    private static IEnumerable<DiagnosticRow> Checks() =>
    [
        At(
            DiagnosticCatalogue.DuplicateId,
            "p.yml(19,5)",
            Good + "id: 2f1ba2c4-6f86-4d2b-9b8f-6b9d6e5b4c3a\n---\n" + Good + "id: 2F1BA2C4-6F86-4D2B-9B8F-6B9D6E5B4C3A\n"),
        Condition(DiagnosticCatalogue.NeverMatches, 16, "sel and not sel"),
        At(DiagnosticCatalogue.MatchesNothing, "p.yml(9,16)", Exec("sel:\n    Uid|gt: 1000\n    Uid|lt: 5\ncondition: sel")),
        At(DiagnosticCatalogue.AlwaysMatches, "p.yml(8,16)", Exec("sel:\n    Image: a\ncondition: sel or not sel", "guard: {action: block}")),
        At(
            DiagnosticCatalogue.CommandLineExclusion,
            "p.yml(10,16)",
            Exec("sel:\n    Image: a\nf:\n    CommandLine: b\ncondition: sel and not f", "guard: {action: block}")),
        At(DiagnosticCatalogue.LockOut, "p.yml(8,16)", Exec("sel:\n    Image|endswith: /bash\ncondition: sel", "guard: {action: block}")),
        new(
            DiagnosticCatalogue.LockOutForced.Id,
            "p.yml(8,16)",
            [File(Exec("sel:\n    Image|endswith: /bash\ncondition: sel", "guard: {action: block}"))],
            new CompilerOptions { AllowLockOut = true }),
    ];

    private static IEnumerable<DiagnosticRow> Filters()
    {
        const string head = Good + "---\ntitle: f\nlogsource: {category: process_creation}\nfilter:\n";
        return
        [
            At(DiagnosticCatalogue.WrongType, "p.yml(9,1)", Good + "filter: {}"),
            At(DiagnosticCatalogue.MissingKey, "p.yml(13,5)", head + "    x:\n        Uid: 1\n    condition: not x\n"),
            At(DiagnosticCatalogue.WrongType, "p.yml(13,12)", head + "    rules: []\n    x:\n        Uid: 1\n    condition: not x\n"),
            At(DiagnosticCatalogue.FilterWithoutNot, "p.yml(16,16)", head + "    rules: any\n    x:\n        Uid: 1\n    condition: x\n"),
            At(DiagnosticCatalogue.IdleFilter, "p.yml(13,13)", head + "    rules: [other]\n    x:\n        Uid: 1\n    condition: not x\n"),
            At(
                DiagnosticCatalogue.IdleFilter,
                "p.yml(13,5)",
                head.Replace("{category: process_creation}", "{category: file_event}", StringComparison.Ordinal)
                    + "    rules: any\n    x:\n        Uid: 1\n    condition: not x\n"),
            At(DiagnosticCatalogue.NoRules, "(bundle)", head[(Good.Length + 4)..] + "    rules: any\n    x:\n        Uid: 1\n    condition: not x\n"),
        ];
    }

    private static IEnumerable<DiagnosticRow> Orders() =>
    [
        At(DiagnosticCatalogue.UnknownRule, "p.yml(13,11)", Good + "name: a\n---\ntitle: o\nguard:\n  rules: [b]\n  action: block\n"),
        At(
            DiagnosticCatalogue.ConflictingOrders,
            "p.yml(14,11)",
            Good + "name: a\nguard: {action: audit}\n---\ntitle: o\nguard:\n  rules: [a]\n  action: block\n"),
        At(DiagnosticCatalogue.GuardUnknownKey, "p.yml(10,3)", Good + "guard:\n  rules: [a]\n"),
        At(DiagnosticCatalogue.SecondFailure, "p.yml(16,3)", Good + Failure("closed") + Failure("closed")),
        At(DiagnosticCatalogue.GuardBadValue, "p.yml(12,12)", Good + Failure("shut")),
        At(DiagnosticCatalogue.GuardUnknownKey, "p.yml(13,3)", Good + Failure("open") + "  action: block\n"),
        At(DiagnosticCatalogue.GuardUnknownKey, "p.yml(10,3)", Good + "guard:\n  failure: open\n"),
        At(DiagnosticCatalogue.MissingKey, "p.yml(10,1)", Good + Failure("open").Replace("title: f\n", string.Empty, StringComparison.Ordinal)),
        At(DiagnosticCatalogue.NoRules, "(bundle)", Failure("closed")),
    ];

    private static string Failure(string mode) => $"---\ntitle: f\nguard:\n  failure: {mode}\n";

    private static IEnumerable<DiagnosticRow> Lists()
    {
        const string used = "title: t\nlogsource: {product: linux, category: process_creation}\n"
            + "detection:\n    sel:\n        Image|expand: '%l%'\n    condition: sel\n---\ntitle: l\n";
        return
        [
            At(DiagnosticCatalogue.BadListName, "p.yml(10,9)", used + "guard:\n  list: a b\n  values: [x]\n"),
            At(DiagnosticCatalogue.BadList, "p.yml(10,3)", used + "guard:\n  list: l\n"),
            At(DiagnosticCatalogue.BadList, "p.yml(11,11)", used + "guard:\n  list: l\n  values: []\n"),
            At(DiagnosticCatalogue.BadList, "p.yml(11,15)", used + "guard:\n  list: l\n  values: [x, '']\n"),
            At(DiagnosticCatalogue.DuplicateList, "p.yml(15,9)", used + "guard:\n  list: l\n  values: [x]\n---\ntitle: l\nguard:\n  list: l\n  values: [y]\n"),
            At(DiagnosticCatalogue.NoListFile, "p.yml(11,9)", used + "guard:\n  list: l\n  file: no.txt\n"),
            At(DiagnosticCatalogue.UnusedList, "p.yml(12,9)", Good + "---\ntitle: l\nguard:\n  list: l\n  values: [x]\n"),
            new(DiagnosticCatalogue.UnusedListFile.Id, "l.txt", [File(Good), File("a", "l.txt")], new CompilerOptions()),
            new(DiagnosticCatalogue.NotUtf8.Id, "l.list(1,1)", [File(Good), new PolicyFile("l.list", new byte[] { 0xFF })], new CompilerOptions()),
        ];
    }

    /// <summary>Each level doubles what the one before stands for.</summary>
    private static string Bomb()
    {
        var text = new StringBuilder("a0: &a0 [x, x]\n");
        for (var i = 1; i < 30; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n");
        }

        return text.ToString();
    }

    private static DiagnosticRow Event(DiagnosticDescriptor descriptor, int column, string item)
        => At(
            descriptor,
            $"p.yml(7,{column})",
            Exec($"sel:\n    {item}\ncondition: sel"),
            new CompilerOptions { Domain = PolicyDomain.Events });

    private static DiagnosticRow Item(DiagnosticDescriptor descriptor, int column, string item, string condition = "sel")
        => At(descriptor, $"p.yml(7,{column})", Exec($"sel:\n    {item}\nx:\n    Image: /bin/x\ncondition: {condition}"));

    private static DiagnosticRow Network(DiagnosticDescriptor descriptor, int column, string item)
        => At(descriptor, $"p.yml(7,{column})", Rule("network_connection", $"sel:\n    {item}\ncondition: sel"));

    private static DiagnosticRow Condition(DiagnosticDescriptor descriptor, int column, string text, int shift = 0)
        => At(descriptor, $"p.yml(8,{column + shift})", Exec($"sel:\n    Image: a\ncondition: {text}"));

    private static DiagnosticRow At(DiagnosticDescriptor descriptor, string where, string text, CompilerOptions? options = null)
        => Bytes(descriptor, where, Encoding.UTF8.GetBytes(text), options);

    private static DiagnosticRow Bytes(DiagnosticDescriptor descriptor, string where, byte[] text, CompilerOptions? options = null)
        => new(descriptor.Id, where, [new PolicyFile(FileName, text)], options ?? new CompilerOptions());
}
