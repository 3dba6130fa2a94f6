using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Guard.Policies.Image;
using Guard.Policies.Normalising;

namespace Guard.Policies.Compiling;

/// <summary>
/// Gives every table an address and writes the bytes: header, atoms, patterns, rules, uids, operations, lists, class
/// tables, rows. The header lies at 0, so no list does, and offset 0 means none. Everything is a multiple of 4.
/// </summary>
internal sealed class ImageWriter
{
    private const int ClassTableBytes = 256 * sizeof(ushort);

    private readonly NormalisedPolicy _policy;
    private readonly ImageTables _tables;
    private readonly uint[] _listOffsets;
    private readonly GuardAutomaton[] _automata;
    private readonly GuardSet[] _sets;
    private byte[] _bytes = [];
    private GuardImageHeader _header;
    private uint _listsOff;

    private ImageWriter(NormalisedPolicy policy, ImageTables tables)
    {
        _policy = policy;
        _tables = tables;
        _listOffsets = new uint[tables.Lists.Count];
        _automata = new GuardAutomaton[tables.Automata.Length];
        _sets = new GuardSet[tables.Sets.Sets.Length];
    }

    public static PolicyImage? Write(NormalisedPolicy policy, ImageTables tables, BudgetFindings findings)
    {
        CheckLists(tables, findings);
        var writer = new ImageWriter(policy, tables);
        var total = writer.LayOut();
        findings.CheckSize(total);
        return findings.Any ? null : writer.WriteAll((int)total);
    }

    private static void CheckLists(ImageTables tables, BudgetFindings findings)
        => findings.Check(
            BudgetFindings.List,
            BudgetFindings.Bundle,
            tables.Lists.Longest,
            KernelLimits.ListMax,
            "GUARD_LIST_MAX",
            "entries of one list: patterns that end at the same place of a path",
            "drop values that others already cover: a text that ends in another value is found with it");

    private long LayOut()
    {
        long at = Unsafe.SizeOf<GuardImageHeader>();
        uint Take(long bytes)
        {
            var start = at;
            at += bytes;
            return (uint)Math.Min(start, uint.MaxValue);
        }

        var ops = _tables.Programs.Sum(p => (long)(p?.Ops.Length ?? 0));
        _header.AtomsOff = Take((long)_policy.Atoms.Length * Unsafe.SizeOf<GuardAtom>());
        _header.PatternsOff = Take((long)_tables.Patterns.Count * Unsafe.SizeOf<GuardPattern>());
        _header.RulesOff = Take((long)_policy.Rules.Length * Unsafe.SizeOf<GuardRule>());
        _header.AutomataOff = Take((long)_automata.Length * Unsafe.SizeOf<GuardAutomaton>());
        _header.SetsOff = Take((long)_sets.Length * Unsafe.SizeOf<GuardSet>());
        for (var number = 0; number < KernelAbi.Numbers; number++)
        {
            var ranges = _tables.Numbers.Ranges[number].Length;
            _header.RangeCount[number] = (uint)ranges;
            _header.RangesOff[number] = ranges == 0 ? 0 : Take((long)ranges * Unsafe.SizeOf<GuardRange>());
        }

        for (var address = 0; address < KernelAbi.Addresses; address++)
        {
            var ranges = _tables.Addresses.Ranges[address].Length;
            _header.AddressCount[address] = (uint)ranges;
            _header.AddressesOff[address] = ranges == 0 ? 0 : Take((long)ranges * Unsafe.SizeOf<GuardAddressRange>());
        }

        _header.IdentityBuckets = (uint)FileIdentities.BucketsFor(_tables.Lowered.Named.Count);
        _header.IdentitiesOff = _header.IdentityBuckets == 0
            ? 0 : Take((long)_header.IdentityBuckets * Unsafe.SizeOf<GuardIdentity>());
        _header.OpsOff = Take(ops * sizeof(uint));
        _header.OpCount = (uint)ops;
        _listsOff = Take(_tables.Lists.Bytes);
        for (var a = 0; a < _automata.Length; a++)
        {
            if (_tables.Automata[a] is { } table)
            {
                _automata[a].ClassesOff = Take(ClassTableBytes);
                _automata[a].RowsBytes = (uint)((long)table.States * table.RowBytes);
                _automata[a].RowsOff = Take(_automata[a].RowsBytes);
            }
        }

        for (var text = 0; text < _sets.Length; text++)
        {
            if (_tables.Sets.Sets[text] is { } set)
            {
                _sets[text].BucketsOff = Take((long)set.Buckets.Length * Unsafe.SizeOf<GuardSetEntry>());
                _sets[text].BucketCount = (uint)set.Buckets.Length;
                _sets[text].EntryCount = (uint)set.Entries;
            }
        }

        return at;
    }

    private PolicyImage WriteAll(int total)
    {
        _bytes = new byte[total];
        WriteLists();
        WriteAtoms();
        WriteRecords(_header.PatternsOff, _tables.Patterns);
        WriteNumbers();
        WriteAddresses();
        WriteSets();
        WriteRules();
        for (var a = 0; a < _automata.Length; a++)
        {
            if (_tables.Automata[a] is { } table)
            {
                WriteAutomaton(ref _automata[a], table);
            }
        }

        WriteRecords(_header.AutomataOff, _automata);
        WriteHeader();
        var rules = _policy.Rules.Select(
            r => new CompiledRule(r.Identity, r.Category, r.Action, r.OnUnknown) { Source = r.Source });
        return new PolicyImage(_bytes, [.. rules])
        {
            EventFields = [.. _tables.Lowered.Names],
            EventTests = [.. EventTests()],
            NamedFiles = [.. _tables.NamedFiles.Select(f => new NamedFile(f.Path, _listOffsets[f.List]))],
        };
    }

    private IEnumerable<EventTest> EventTests()
        => _policy.Atoms.Index()
            .Where(a => a.Item is EventAtom and not (EventTextAtom or EventKeywordAtom))
            .Select(a => new EventTest(a.Index, (EventAtom)a.Item));

    private void WriteNumbers()
    {
        for (var number = 0; number < KernelAbi.Numbers; number++)
        {
            WriteRecords(_header.RangesOff[number], _tables.Numbers.Ranges[number].Select(
                r => new GuardRange { From = r.From, List = _listOffsets[r.List] }));
        }
    }

    private void WriteAddresses()
    {
        for (var address = 0; address < KernelAbi.Addresses; address++)
        {
            WriteRecords(_header.AddressesOff[address], _tables.Addresses.Ranges[address].Select(Record));
        }

        GuardAddressRange Record((UInt128 From, int List) range)
        {
            var record = new GuardAddressRange { List = _listOffsets[range.List] };
            (record.From[0], record.From[1]) = ((ulong)(range.From >> 64), (ulong)range.From);
            return record;
        }
    }

    private void WriteSets()
    {
        WriteRecords(_header.SetsOff, _sets);
        for (var text = 0; text < _sets.Length; text++)
        {
            WriteRecords(
                _sets[text].BucketsOff,
                (_tables.Sets.Sets[text]?.Buckets ?? []).Select(e => e with { List = _listOffsets[e.List] }));
        }
    }

    private void WriteLists()
    {
        var words = MemoryMarshal.Cast<byte, uint>(_bytes.AsSpan());
        var at = _listsOff;
        for (var list = 1; list < _tables.Lists.Count; list++)
        {
            var entries = _tables.Lists[list];
            _listOffsets[list] = at;
            words[(int)(at / 4)] = (uint)entries.Length;
            MemoryMarshal.Cast<int, uint>(entries).CopyTo(words[((int)(at / 4) + 1)..]);
            at += 4 + (4 * (uint)entries.Length);
        }
    }

    private void WriteAtoms()
        => WriteRecords(_header.AtomsOff, _policy.Atoms.Select((atom, number) =>
        {
            var record = new GuardAtom
            {
                Field = (ushort)atom.Field,
                Roles = atom is TextAtom text ? (ushort)text.Roles : (ushort)0,
            };
            for (var category = 0; category < KernelAbi.Categories; category++)
            {
                record.Triggers[category] = _listOffsets[_tables.Categories[category].Triggers[number]];
            }

            return record;
        }));

    private void WriteRules()
    {
        var at = _header.OpsOff;
        var records = new List<GuardRule>(_policy.Rules.Length);
        foreach (var (rule, program) in _policy.Rules.Zip(_tables.Programs))
        {
            var ops = program!.Ops;
            ops.AsSpan().CopyTo(MemoryMarshal.Cast<byte, uint>(_bytes.AsSpan((int)at)));
            records.Add(new GuardRule
            {
                OpsOff = at,
                OpCount = (ushort)ops.Length,
                Action = (byte)rule.Action,
                OnUnknown = (byte)rule.OnUnknown,
                Category = (byte)rule.Category,
                Level = (byte)rule.Identity.Level,
                Fields = program.Fields,
            });
            at += (uint)ops.Length * sizeof(uint);
        }

        WriteRecords(_header.RulesOff, records);
    }

    private void WriteAutomaton(ref GuardAutomaton record, AutomatonTable table)
    {
        var width = table.Classes.Count;
        record.ClassCount = (uint)width;
        record.StateCount = (uint)table.States;
        record.AnchoredRow = record.RowsOff + (uint)(table.Anchored * table.RowBytes);
        record.FloatingRow = record.RowsOff + (uint)(table.Floating * table.RowBytes);
        record.StartList = _listOffsets[table.Start];
        var classes = MemoryMarshal.Cast<byte, ushort>(_bytes.AsSpan((int)record.ClassesOff, ClassTableBytes));
        for (var value = 0; value < 256; value++)
        {
            classes[value] = (ushort)(table.Classes[(byte)value] * 4);
        }

        var rows = MemoryMarshal.Cast<byte, uint>(_bytes.AsSpan((int)record.RowsOff, (int)record.RowsBytes));
        for (var state = 0; state < table.States; state++)
        {
            WriteRow(rows.Slice(state * (width + 2), width + 2), record.RowsOff, table, state);
        }
    }

    private void WriteRow(Span<uint> row, uint rowsOff, AutomatonTable table, int state)
    {
        var width = table.Classes.Count;
        for (var c = 0; c < width; c++)
        {
            var target = table.Next[(state * width) + c];
            var flags = (table.Outputs[target] != 0 ? KernelAbi.TransitionOutput : 0)
                | (table.Ends[target] != 0 ? KernelAbi.TransitionEnd : 0);
            row[c] = (rowsOff + (uint)(target * table.RowBytes)) | (c == 0 ? flags & KernelAbi.TransitionEnd : flags);
        }

        row[width] = _listOffsets[table.Outputs[state]];
        row[width + 1] = _listOffsets[table.Ends[state]];
    }

    private void WriteHeader()
    {
        _header.Magic = KernelAbi.ImageMagic;
        _header.AbiVersion = KernelAbi.AbiVersion;
        _header.Flags = (uint)_policy.Failure;
        _header.TotalBytes = (uint)_bytes.Length;
        _header.AtomCount = (uint)_policy.Atoms.Length;
        _header.PatternCount = (uint)_tables.Patterns.Count;
        _header.RuleCount = (uint)_policy.Rules.Length;
        _header.TextCount = (uint)_sets.Length;
        _header.AutomataCount = (uint)_automata.Length;
        (_header.SetKey[0], _header.SetKey[1]) = (_tables.Sets.Key.First, _tables.Sets.Key.Second);
        for (var kind = 0; kind < KernelAbi.Accesses; kind++)
        {
            _header.AccessList[kind] = _listOffsets[_tables.Accesses[kind]];
        }

        for (var property = 0; property < KernelAbi.Properties; property++)
        {
            _header.PropertyList[property] = _listOffsets[_tables.Properties[property]];
        }

        for (var category = 0; category < KernelAbi.Categories; category++)
        {
            var tables = _tables.Categories[category];
            _header.Categories[category].RuleCount = (uint)tables.RuleCount;
            _header.Categories[category].BlockCount = (uint)tables.BlockCount;
            _header.Categories[category].AlwaysList = _listOffsets[tables.Always];
            _header.Categories[category].UnknownList = _listOffsets[tables.Unknown];
            _header.Categories[category].SubjectTriggers = tables.SubjectTriggers ? 1u : 0u;
            _header.Categories[category].UserRules = (uint)tables.UserRules;
            _header.Categories[category].TargetDecides = tables.TargetDecides;
            _header.Categories[category].Fields = tables.Fields;
        }

        foreach (var rule in _policy.Rules.Where(r => r.Category == RuleCategory.Operation))
        {
            _header.Operations |= rule.Operations;
            _header.OperationsRefused |= rule.Action == RuleAction.Block ? rule.Operations : 0;
        }

        _header.NetworkOperations = AskedOperations.OnSockets(_policy);
        var capabilities = AskedOperations.Capabilities(_policy);
        _header.Capabilities[0] = (uint)capabilities;
        _header.Capabilities[1] = (uint)(capabilities >> 32);
        MemoryMarshal.Write(_bytes, in _header);
        SHA256.HashData(_bytes, _header.Sha256);
        MemoryMarshal.Write(_bytes, in _header);
    }

    private void WriteRecords<T>(uint offset, IEnumerable<T> records)
        where T : unmanaged
    {
        var at = (int)offset;
        foreach (var record in records)
        {
            MemoryMarshal.Write(_bytes.AsSpan(at), in record);
            at += Unsafe.SizeOf<T>();
        }
    }
}
