using System.Diagnostics;
using Guard.Engine.Audit;
using Guard.Protocol;
using Microsoft.Data.Sqlite;
using Xunit;

namespace Guard.Engine.Tests.Audit;

public sealed class SqliteAuditStoreTests : AuditStoreConformance
{
    private readonly string _directory = Directory.CreateTempSubdirectory("guard-trail-").FullName;

    private string DatabasePath => Path.Combine(_directory, "state", "trail.db");

    private SqliteAuditStoreOptions Options => new() { Path = DatabasePath };

    protected override IAuditStore Create() => Open();

    protected override IAuditStore Reopen() => Open();

    public override void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
        base.Dispose();
    }

    private SqliteAuditStore Open(SqliteSchema? schema = null) => SqliteAuditStore.Open(Options, TimeProvider.System, schema);

    [Fact]
    public void Files_are_closed_to_others()
    {
        using var store = Open();
        store.Append(Samples(1));
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(DatabasePath));
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(DatabasePath + "-wal"));
        Assert.Equal((UnixFileMode)0b111_101_000, File.GetUnixFileMode(Path.GetDirectoryName(DatabasePath)!));
    }

    [Fact]
    public void A_trail_of_a_newer_guardd_is_refused_and_left_alone()
    {
        using (var newer = Open(SqliteSchema.Current.With("CREATE TABLE later(x)")))
        {
            newer.Append(Samples(2));
        }

        var error = Assert.Throws<AuditStoreException>(() => Open());
        Assert.Contains("schema version 2", error.Message, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(DatabasePath)!, "trail.db"));
        using var again = Open(SqliteSchema.Current.With("CREATE TABLE later(x)"));
        Assert.Equal(2, again.LastSeq);
    }

    [Fact]
    public void A_trail_of_an_older_guardd_is_migrated()
    {
        using (var store = Open())
        {
            store.Append(Samples(2));
        }

        using var newer = Open(SqliteSchema.Current.With("ALTER TABLE trail ADD COLUMN extra TEXT"));
        Assert.Equal(3, newer.Append(Samples(1)));
    }

    [Fact]
    public void A_migration_that_fails_changes_nothing()
    {
        using (var store = Open())
        {
            store.Append(Samples(2));
        }

        Assert.Throws<AuditStoreException>(() => Open(SqliteSchema.Current.With("CREATE TABLE ok(x); CREATE TABLE trail(x)")));
        using var again = Open();
        Assert.Equal(2, again.LastSeq);
    }

    [Fact]
    public void Another_programs_database_is_refused()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(DatabasePath)!);
        using (var connection = new SqliteConnection($"Data Source={DatabasePath};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE precious(x)";
            command.ExecuteNonQuery();
        }

        var error = Assert.Throws<AuditStoreException>(() => Open());
        Assert.Contains("no trail of Guard", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_garbage_is_set_aside_and_the_first_record_names_it()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(DatabasePath)!);
        File.WriteAllText(DatabasePath, new string('x', 10_000));
        using var store = Open();
        var record = Assert.Single(store.ReadAfter(0, 10));
        Assert.Equal(AuditKinds.TrailSetAside, record.Kind);
        Assert.Equal(new string('x', 10_000), File.ReadAllText(record.Detail!["file"]));
    }

    [Fact]
    public void Damaged_pages_are_found_at_start()
    {
        using (var store = Open())
        {
            store.Append(Samples(500));
        }

        using (var file = File.OpenWrite(DatabasePath))
        {
            file.Position = file.Length / 2;
            file.Write(Enumerable.Repeat((byte)0xa5, 8192).ToArray());
        }

        using var again = Open();
        var record = Assert.Single(again.ReadAfter(0, 10));
        Assert.Equal(AuditKinds.TrailSetAside, record.Kind);
        Assert.True(File.Exists(record.Detail!["file"]));
        Assert.Equal(record.Seq + 1, again.Append(Samples(1)));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"kind\":null}")]
    [InlineData("{\"kind\":\"exec.denied\",\"message\":\"\\ud800\"}")]
    public void A_record_that_cannot_be_read_is_a_record_that_says_so(string text)
    {
        using var store = Open();
        store.Append(Samples(5));
        AuditSamples.Damage(DatabasePath, 4, text);
        var page = store.ReadAfter(2, 10);
        Assert.Equal([(3, AuditKinds.FileAudited), (4, AuditKinds.TrailDamaged), (5, AuditKinds.FileAudited)], page.Select(r => (r.Seq, r.Kind)));
        Assert.Equal((Sample(4).Time, AuditKinds.ExecDenied), (page[1].Time, page[1].Detail!["kind"]));
        Assert.Contains("record 4", page[1].Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal([4, 5], store.Query(new AuditQuery { Newest = true, Limit = 2 }).Select(r => r.Seq));
    }

    [Fact]
    public void Damage_while_running_is_set_aside_and_numbers_go_on()
    {
        using var store = Open();
        store.Append(Samples(500));
        Checkpoint();
        using (var file = File.OpenWrite(DatabasePath))
        {
            file.Write(Enumerable.Repeat((byte)0xa5, (int)file.Length).ToArray());
        }

        var appended = false;
        for (var attempt = 0; attempt < 3 && !appended; attempt++)
        {
            try
            {
                store.Append(Samples(1));
                appended = true;
            }
            catch (AuditStoreException)
            {
                // Reported as not stored; the next attempt begins a new trail.
            }
        }

        var records = store.ReadAfter(0, 10);
        Assert.Equal([(501, AuditKinds.TrailSetAside), (502, AuditKinds.FileAudited)], records.Select(r => (r.Seq, r.Kind)));
    }

    [Fact]
    public void A_full_disk_fails_cleanly_and_works_again_with_space()
    {
        using var store = SqliteAuditStore.Open(Options with { MaxPages = 64 }, TimeProvider.System);
        var stored = FillUp(store);
        Assert.Equal(stored, store.LastSeq);
        Assert.Equal(stored, store.ReadAfter(0, 10_000).Count);
        Assert.Throws<AuditStoreException>(() => store.Append(Samples(200)));
        Assert.Equal(stored, store.Status.Last);

        Assert.True(store.Prune(stored - 5) > 0);
        Assert.Equal(stored + 20, store.Append(Samples(20)));
        Assert.Equal(25, store.ReadAfter(0, 10_000).Count);
    }

    [SkippableFact]
    public void A_full_file_system_fails_cleanly_and_works_again_with_space() => OnSmallFileSystem(filler =>
    {
        using var store = Open();
        store.Append(Samples(10));
        FillFileSystem(filler);
        var stored = FillUp(store);
        Assert.Equal(stored, store.LastSeq);
        Assert.Equal(stored, store.ReadAfter(0, 10_000).Count);

        File.Delete(filler);
        Assert.Equal(stored + 20, store.Append(Samples(20)));
        Assert.Equal(stored + 20, store.ReadAfter(0, 10_000).Count);
    });

    [SkippableFact]
    public void A_trail_on_a_full_file_system_is_opened_once_there_is_room() => OnSmallFileSystem(filler =>
    {
        using (var before = Open())
        {
            before.Append(Samples(10));
        }

        FillFileSystem(filler);
        using var store = Open();
        Assert.Throws<AuditStoreException>(() => store.Append(Samples(1)));

        File.Delete(filler);
        Assert.Equal(11, store.Append(Samples(1)));
        Assert.Equal(11, store.ReadAfter(0, 100).Count);
    });

    [Fact]
    public void A_trail_that_cannot_be_written_yet_is_opened_by_the_first_append_that_can()
    {
        using (var before = Open())
        {
            before.Append(Samples(10));
        }

        using var store = OpenWhileLocked();
        Assert.Equal(0, store.LastSeq);
        Assert.Equal(11, store.Append(Samples(1)));
        Assert.Equal((11, 11), (store.LastSeq, store.ReadAfter(0, 100).Count));
    }

    [Fact]
    public void What_was_appended_is_in_the_files_at_once()
    {
        // A copy of the files as a crash would leave them, without any closing.
        using var store = Open();
        for (var batch = 1; batch <= 20; batch++)
        {
            var last = store.Append(Samples(7));
            var copy = Path.Combine(_directory, "copy");
            Directory.CreateDirectory(copy);
            File.Copy(DatabasePath, Path.Combine(copy, "trail.db"), overwrite: true);
            File.Copy(DatabasePath + "-wal", Path.Combine(copy, "trail.db-wal"), overwrite: true);
            using var recovered = SqliteAuditStore.Open(
                new SqliteAuditStoreOptions { Path = Path.Combine(copy, "trail.db") }, TimeProvider.System);
            Assert.Equal(last, recovered.ReadAfter(0, 10_000).Count);
            recovered.Dispose();
            Directory.Delete(copy, recursive: true);
        }
    }

    [Fact]
    public void What_was_appended_survives_SIGKILL()
    {
        long acknowledged = 0;
        foreach (var appends in (int[])[3, 40, 111])
        {
            using var helper = CrashHelper.Start(DatabasePath);
            acknowledged = helper.KillAfter(appends);
            using var store = Open();
            Assert.InRange(store.LastSeq, acknowledged, acknowledged + CrashHelper.BatchSize);
            Assert.Equal(0, store.LastSeq % CrashHelper.BatchSize);
            Assert.Equal(Enumerable.Range(1, (int)store.LastSeq).Select(n => (long)n), store.ReadAfter(0, 10_000).Select(r => r.Seq));
        }

        Assert.True(acknowledged >= (3 + 40 + 111) * CrashHelper.BatchSize);
    }

    /// <summary>With the trail's directory on a file system of its own; the test is given the name of a file to fill it with.</summary>
    private void OnSmallFileSystem(Action<string> test)
    {
        var mount = Path.GetDirectoryName(DatabasePath)!;
        Directory.CreateDirectory(mount);
        Skip.If(Run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", mount) != 0, "mounting a tmpfs needs root");
        try
        {
            test(Path.Combine(mount, "filler"));
        }
        finally
        {
            Run("umount", mount);
        }
    }

    private SqliteAuditStore OpenWhileLocked()
    {
        using var other = new SqliteConnection($"Data Source={DatabasePath};Pooling=False");
        other.Open();
        using var command = other.CreateCommand();
        command.CommandText = "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE";
        command.ExecuteNonQuery();
        return SqliteAuditStore.Open(Options with { BusyTimeout = TimeSpan.FromMilliseconds(10) }, TimeProvider.System);
    }

    private long FillUp(SqliteAuditStore store)
    {
        for (var i = 0; i < 10_000; i++)
        {
            try
            {
                store.Append(Samples(5));
            }
            catch (AuditStoreException e)
            {
                Assert.Contains(DatabasePath, e.Message, StringComparison.Ordinal);
                return store.Status.Last;
            }
        }

        throw new InvalidOperationException("the disk was never full");
    }

    private static void FillFileSystem(string path)
    {
        using var file = File.Create(path);
        try
        {
            for (var i = 0; i < 4096; i++)
            {
                file.Write(new byte[4096]);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private void Checkpoint()
    {
        using var connection = new SqliteConnection($"Data Source={DatabasePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        command.ExecuteNonQuery();
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
