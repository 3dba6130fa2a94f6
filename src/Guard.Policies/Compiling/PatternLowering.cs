using System.Collections.Immutable;
using System.Text;
using Guard.Policies.Compiling.General;
using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling;

/// <summary>
/// Text patterns to what executes them. Literal segments between <c>*</c>: one segment is a simple pattern with
/// anchors, several are a sequence whose order is checked when a segment is seen; that keeps the automaton linear in
/// the text, where a determinised union of globs explodes. Long lists of whole values: a set. Everything else: an
/// automaton of its own.
/// </summary>
internal sealed class PatternLowering
{
    /// <summary>Whole values of one atom from which on they go into a set.</summary>
    public const int SetFrom = 64;

    /// <summary>Roles of positions that are no exclusion.</summary>
    private const TextRoles Meant =
        TextRoles.Named | TextRoles.Invoked | TextRoles.ParentInvoked | TextRoles.AncestorInvoked;

    /// <summary>Roles of resolved paths.</summary>
    private const TextRoles Paths =
        TextRoles.Target | TextRoles.Image | TextRoles.Parent | TextRoles.Ancestor | TextRoles.Loaded | TextRoles.TargetImage;

    private const int MaxPatternBytes = 64 << 10;
    private readonly LoweredPatterns _result;
    private readonly HashSet<(int Atom, int Text, string Key)> _seen = [];
    private readonly BudgetFindings _findings;

    private PatternLowering(IReadOnlyList<string?> names, BudgetFindings findings)
    {
        _result = new LoweredPatterns(names);
        _findings = findings;
    }

    public static LoweredPatterns Run(NormalisedPolicy policy, BudgetFindings findings)
    {
        var names = EventNames(policy);
        var numbers = names.Index().Where(n => n.Item is not null).ToDictionary(n => n.Item!, n => KernelAbi.Texts + n.Index);
        var pass = new PatternLowering(names, findings);
        // What only a rename asks for comes last: it takes no place that what every open asks for could have.
        foreach (var atom in Enumerable.Range(0, policy.Atoms.Length).OrderBy(a => policy.Atoms[a] is TextAtom { IsOfRenamed: true }))
        {
            switch (policy.Atoms[atom])
            {
                case TextAtom text:
                    pass.Lower(new Target(atom, text, TextOf(text.Field), (ushort)text.Roles), text.Patterns, text.Expressions);
                    break;
                case EventTextAtom text:
                    foreach (var name in text.Names)
                    {
                        pass.Lower(new Target(atom, text, numbers[name], 1), text.Patterns, text.Expressions);
                    }

                    break;
                case EventKeywordAtom text:
                    var keywords = KernelAbi.Texts + names.Count - 1;
                    pass.Lower(new Target(atom, text, keywords, 1), text.Patterns, text.Expressions);
                    break;
            }
        }

        pass.CheckCount();
        pass.CheckNamed();
        return pass._result;
    }

    /// <summary>The number of the text that a field of the kernel reads.</summary>
    public static int TextOf(PolicyField field) => field switch
    {
        PolicyField.TargetFilename => KernelAbi.TextTarget,
        PolicyField.CommandLine or PolicyField.ParentCommandLine or PolicyField.AncestorCommandLine => KernelAbi.TextCommand,
        PolicyField.CurrentDirectory => KernelAbi.TextDirectory,
        PolicyField.CgroupPath => KernelAbi.TextCgroup,
        PolicyField.FilesystemType => KernelAbi.TextObject,
        PolicyField.Digest => KernelAbi.TextDigest,
        _ => KernelAbi.TextImage,
    };

    /// <summary>The fields of events in ordinal order, then the keywords.</summary>
    private static List<string?> EventNames(NormalisedPolicy policy)
    {
        var names = policy.Atoms.OfType<EventTextAtom>().SelectMany(a => a.Names).Distinct(StringComparer.Ordinal);
        var all = names.Order(StringComparer.Ordinal).Cast<string?>().ToList();
        if (policy.Atoms.Any(a => a is EventKeywordAtom))
        {
            all.Add(null);
        }

        return all;
    }

    private void CheckCount()
        => _findings.Check(
            BudgetFindings.Patterns,
            BudgetFindings.Bundle,
            _result.Table.Count,
            KernelLimits.PatternsMax,
            "GUARD_PATTERNS_MAX",
            "patterns in the policy",
            "move long lists of values into fewer, more general patterns");

    private void CheckNamed()
        => _findings.Check(
            BudgetFindings.Identities,
            BudgetFindings.Bundle,
            _result.Named.Count,
            KernelLimits.IdentitiesMax,
            "GUARD_IDENTITIES_MAX",
            "different files that items name",
            $"put them into lists of more than {SetFrom}, whose files are known by their names only");

    private void Lower(Target target, ImmutableArray<TextPattern> patterns, ImmutableArray<RegexPattern> expressions)
    {
        var set = target.Text == KernelAbi.TextCommand || patterns.Count(IsWholeValue) <= SetFrom ? -1 : AddSimple(target, 0);
        foreach (var pattern in patterns)
        {
            if (set >= 0 && IsWholeValue(pattern))
            {
                AddToSet(target, pattern, set);
            }
            else
            {
                LowerOne(target, pattern);
            }
        }

        foreach (var expression in expressions)
        {
            LowerExpression(target, expression);
        }

        if (set < 0 && target.Atom is TextAtom atom)
        {
            NameFiles(target, atom.Roles, patterns);
        }
    }

    /// <summary>
    /// An exclusion names a path and no file: what is excluded under one name is not under another. Long lists are known
    /// by their names only; guardd would have to look for every file of them.
    /// </summary>
    private void NameFiles(Target target, TextRoles roles, ImmutableArray<TextPattern> patterns)
    {
        if ((roles & Meant) == 0 || (roles & Paths) == 0)
        {
            return;
        }

        int? number = null;
        foreach (var pattern in patterns)
        {
            if (pattern.Elements is [LiteralElement { Bytes: [(byte)'/', ..] bytes }] && !bytes.Contains((byte)0))
            {
                number ??= Add(Entry(target with { Roles = (ushort)(roles & Paths) }, 0));
                var path = Encoding.Latin1.GetString(bytes.AsSpan());
                if (!_result.Named.TryGetValue(path, out var list))
                {
                    _result.Named.Add(path, list = []);
                }

                if (list.Count == 0 || list[^1] != number)
                {
                    list.Add(number.Value);
                }
            }
        }
    }

    /// <summary>One literal and nothing else, which the hash's folding of A-Z compares completely.</summary>
    private static bool IsWholeValue(TextPattern pattern)
        => pattern.Elements is [LiteralElement] && !GeneralPattern.Needs(pattern);

    private void AddToSet(Target target, TextPattern pattern, int number)
    {
        var bytes = ((LiteralElement)pattern.Elements[0]).Bytes;
        if (!CheckLength(target, bytes.Length))
        {
            return;
        }

        var key = Encoding.Latin1.GetString(ByteClasses.Fold(bytes));
        var set = _result.Texts[target.Text].Set;
        if (!set.TryGetValue(key, out var list))
        {
            set.Add(key, list = []);
        }

        if (list.Count == 0 || list[^1] != number)
        {
            list.Add(number);
        }
    }

    private void LowerOne(Target target, TextPattern pattern)
    {
        var key = PatternKey.Of(pattern);
        if (CheckLength(target, key.Length - 1) && _seen.Add((target.Number, target.Text, key)))
        {
            LowerPattern(target, pattern);
        }
    }

    private bool CheckLength(Target target, int bytes)
    {
        var longest = target.Text is KernelAbi.TextCommand or >= KernelAbi.Texts ? MaxPatternBytes : KernelLimits.PathMax;
        return _findings.Check(
            BudgetFindings.PatternLength,
            target.Atom.Span,
            bytes,
            longest,
            "GUARD_PATH_MAX",
            "bytes of one pattern",
            "no path is that long, so the pattern could never match");
    }

    private void LowerPattern(Target target, TextPattern pattern)
    {
        if (pattern.Elements is [AnyRunElement])
        {
            _result.Texts[target.Text].Always.Add(AddSimple(target, 0));
        }
        else if (GeneralPattern.Needs(pattern))
        {
            AddGeneral(target, GeneralPattern.Of(pattern));
        }
        else
        {
            LowerLiterals(target, pattern);
        }
    }

    private void LowerExpression(Target target, RegexPattern expression)
    {
        try
        {
            AddGeneral(target, GeneralPattern.Of(expression, nul: target.Text >= KernelAbi.Texts));
        }
        catch (RegexSyntaxException e)
        {
            _findings.Add(
                BudgetFindings.Expression,
                target.Atom.Span,
                $"the expression cannot be made into an automaton: {e.Message}",
                "write it without that, or split it into several items");
        }
    }

    private void AddGeneral(Target target, GeneralPattern pattern)
    {
        var generals = _result.Texts[target.Text].Generals;
        if (!generals.TryGetValue(pattern.Key, out var entry))
        {
            generals.Add(pattern.Key, entry = new GeneralEntry(pattern, target.Atom));
        }

        entry.Patterns.Add(AddSimple(target, 0));
        entry.Roles |= target.Roles;
    }

    private void LowerLiterals(Target target, TextPattern pattern)
    {
        var text = _result.Texts[target.Text];
        var segments = pattern.Elements.OfType<LiteralElement>().Select(l => ByteClasses.Fold(l.Bytes)).ToList();
        var atStart = pattern.Elements is not [AnyRunElement, ..];
        var atEnd = pattern.Elements is not [.., AnyRunElement];
        if (segments.Count <= 1)
        {
            var only = segments.Count == 0 ? [] : segments[0];
            text.Literals.Add(new LiteralEntry(AddSimple(target, only.Length), only, atStart, atEnd));
        }
        else if (segments.Count > KernelLimits.SegmentsMax || text.Sequences == KernelLimits.SequencesMax)
        {
            // No room to follow its order while reading: it gets an automaton of its own.
            AddGeneral(target, GeneralPattern.Of(pattern));
        }
        else
        {
            AddSequence(target, text, segments, atStart, atEnd);
        }
    }

    private void AddSequence(Target target, LoweredText text, List<byte[]> segments, bool atStart, bool atEnd)
    {
        var sequence = (ushort)text.Sequences++;
        for (var k = 0; k < segments.Count; k++)
        {
            var entry = Entry(target, segments[k].Length) with
            {
                Kind = KernelAbi.PatternSegment,
                Segment = (byte)k,
                LastSegment = (byte)(segments.Count - 1),
                Sequence = sequence,
            };
            var last = k == segments.Count - 1;
            text.Literals.Add(new LiteralEntry(Add(entry), segments[k], k == 0 && atStart, last && atEnd));
        }
    }

    private int AddSimple(Target target, int length) => Add(Entry(target, length));

    private static GuardPattern Entry(Target target, int length) => new()
    {
        Atom = (uint)target.Number,
        Roles = target.Roles,
        Kind = KernelAbi.PatternSimple,
        Length = (ushort)Math.Min(length, ushort.MaxValue),
    };

    private int Add(in GuardPattern entry)
    {
        _result.Table.Add(entry);
        return _result.Table.Count - 1;
    }

    /// <summary>Whose patterns are lowered, over which text, read in which roles.</summary>
    private readonly record struct Target(int Number, NormalisedAtom Atom, int Text, ushort Roles);
}
