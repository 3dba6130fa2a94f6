using Guard.Policies.Diagnostics;
using Xunit;
using static Guard.Policies.Tests.PolicyText;

namespace Guard.Policies.Tests.Checking;

/// <summary>What root needs is found under every name that it has, in every place where root does it.</summary>
public sealed class LockOutTests
{
    [Theory]
    [InlineData("process_creation", "Image: /bin/dash")]
    [InlineData("process_creation", "Image: /sbin/sshd")]
    [InlineData("process_creation", "Image: /lib/systemd/systemd")]
    [InlineData("process_creation", "Image: /bin/guardctl")]
    [InlineData("process_creation", "ParentImage: /sbin/sshd")]
    [InlineData("file_access", "TargetFilename: /bin/bash")]
    [InlineData("file_access", "TargetFilename: /bin/dash")]
    [InlineData("file_access", "TargetFilename: /bin/su")]
    [InlineData("file_access", "TargetFilename: /sbin/agetty")]
    [InlineData("file_access", "TargetFilename: /lib/x86_64-linux-gnu/libc.so.6")]
    [InlineData("file_access", "TargetFilename: /var/run/guard/guardd.sock")]
    [InlineData("image_load", "ImageLoaded: /lib/x86_64-linux-gnu/libc.so.6")]
    [InlineData("process_signal", "TargetImage: /lib/guard/guardd")]
    public void The_name_that_a_file_has_without_usr_is_the_same_file(string category, string item)
        => AssertRefused(category, item, refused: true);

    [Fact]
    public void An_exception_for_the_name_without_usr_is_none()
    {
        // Below not only the resolved path counts, which is that below /usr.
        const string searches = "a:\n    Image|endswith: /dash\nf:\n    Image: /bin/dash\ncondition: a and not f";
        Assert.NotEmpty(Where(Compile(Exec(searches, "guard: {action: block}")), DiagnosticCatalogue.LockOut));
    }

    [Theory]
    [InlineData("/bin/rescue", "/usr/bin/rescue")]
    [InlineData("/usr/bin/rescue", "/bin/rescue")]
    [InlineData("/sbin/rescue", "/usr/sbin/rescue")]
    [InlineData("/usr/lib64/rescue", "/lib64/rescue")]
    public void What_the_administrator_added_has_both_names(string added, string named)
    {
        var options = new CompilerOptions { Survival = new SurvivalEntries([added], [added]) };
        foreach (var text in (string[])[Rule("process_creation", $"a: {{Image: {named}}}\ncondition: a", "guard: {action: block}"),
            Rule("file_access", $"a: {{TargetFilename: {named}, Access: read}}\ncondition: a", "guard: {action: block}")])
        {
            Assert.False(Compile(text).HasErrors);
            Assert.NotEmpty(Where(Compile(text, options), DiagnosticCatalogue.LockOut));
        }
    }

    [Theory]
    [InlineData("CurrentDirectory|startswith: /", true)]
    [InlineData("CurrentDirectory: /root", true)]
    [InlineData("CommandLine|re: '.'", true)]
    [InlineData("CommandLine|contains: a", true)]
    [InlineData("CommandLine|startswith: -bash", true)]
    [InlineData("CommandLine|contains: '/sbin/init'", true)]
    [InlineData("CommandLine|contains: 'sshd -D'", true)]
    [InlineData("ParentCommandLine|contains: sshd", true)]
    [InlineData("AncestorCommandLine|contains: init", true)]
    [InlineData("LogonId: 4294967295", true)]
    [InlineData("LogonId|lt: 4294967295", true)]
    [InlineData("LogonId: 0", true)]
    [InlineData("LogonId|gte: 1000", true)]
    [InlineData("SystemdUnit: '*.service'", true)]
    [InlineData("SystemdUnit: guardd.service", true)]
    [InlineData("SystemdUnit: getty@tty1.service", true)]
    [InlineData("Image: /usr/bin/bash, CommandLine|startswith: '-'", true)]
    [InlineData("CurrentDirectory|startswith: /var/www/", false)]
    [InlineData("CommandLine|contains: /dev/tcp/", false)]
    [InlineData("Image|endswith: /bash, CommandLine|contains: ' -i '", false)]
    [InlineData("ParentCommandLine|contains: nginx", false)]
    [InlineData("LogonId: 1234", false)]
    [InlineData("SystemdUnit: nginx.service", false)]
    [InlineData("SystemdUnit: 'php*.service'", false)]
    public void An_exec_of_root_has_plausible_arguments_and_places(string items, bool refused)
        => AssertRefused("process_creation", items, refused);

    [Theory]
    [InlineData("not: {user: ci}", true)]
    [InlineData("unit: ssh.service", true)]
    [InlineData("login_user: root", true)]
    [InlineData("login_user: unset", true)]
    [InlineData("cgroup: /user.slice", true)]
    [InlineData("unit: nginx.service", false)]
    [InlineData("container: any", false)]
    [InlineData("mount_namespace: other", false)]
    public void Shells_are_needed_where_root_logs_in(string scope, bool refused)
    {
        var text = Exec("a:\n    Image|endswith: [/sh, /bash, /dash]\ncondition: a", $"guard: {{action: block, scope: {{{scope}}}}}");
        Assert.Equal(refused, Where(Compile(text), DiagnosticCatalogue.LockOut).Any());
    }

    [Theory]
    [InlineData("ImageProperties: memfd", false)]
    [InlineData("ImageProperties: [memfd, unlinked]", true)]
    [InlineData("Image|startswith: /usr/bin/, ImageProperties: setuid", true)]
    [InlineData("Image|endswith: /su, ImageProperties|neq: setuid", true)]
    [InlineData("ImageProperties: setgid", true)]
    [InlineData("ImageProperties: interpreter", true)]
    [InlineData("Image|endswith: /dpkg, ImageProperties: interpreter", false)]
    [InlineData("ImageProperties: script", true)]
    [InlineData("Image|startswith: /home/, ImageProperties: script", false)]
    [InlineData("Image|endswith: /sshd, ImageProperties: setuid", false)]
    public void What_kinds_of_files_are_needed_is_known(string items, bool refused) => AssertRefused("process_creation", items, refused);

    [Theory]
    [InlineData("script", true)]
    [InlineData("setuid", true)]
    [InlineData("memfd", false)]
    public void What_was_added_to_the_survival_set_may_be_any_file_with_a_name(string property, bool refused)
    {
        var options = new CompilerOptions { Survival = new SurvivalEntries(["/opt/rescue"], []) };
        var text = Exec($"a: {{Image: /opt/rescue, ImageProperties: {property}}}\ncondition: a", "guard: {action: block}");
        Assert.Equal(refused, Where(Compile(text, options), DiagnosticCatalogue.LockOut).Any());
    }

    [Fact]
    public void An_exception_for_some_arguments_leaves_the_others_refused()
    {
        const string searches = "a:\n    Image|endswith: /bash\nf:\n    CommandLine|contains: backup\ncondition: a and not f";
        Assert.NotEmpty(Where(Compile(Exec(searches, "guard: {action: block}")), DiagnosticCatalogue.LockOut));
    }

    [Theory]
    [InlineData("deny", true)]
    [InlineData("allow", false)]
    public void A_mapping_has_no_arguments_and_what_is_unknown_can_decide(string onUnknown, bool refused)
    {
        var text = Exec(
            "a: {Image|startswith: /usr/lib/x86_64-linux-gnu/, CommandLine|contains: zzz}\ncondition: a", $"guard: {{action: block, on_unknown: {onUnknown}}}");
        Assert.Equal(refused, Where(Compile(text), DiagnosticCatalogue.LockOut).Any());
    }

    [Theory]
    [InlineData("file_access", "TargetFilename: /etc/passwd, Image|startswith: /tmp/", "deny", true)]
    [InlineData("file_access", "TargetFilename: /etc/passwd, Image|startswith: /tmp/", "allow", false)]
    [InlineData("file_access", "TargetFilename: /etc/shadow-, Image|startswith: /tmp/", "deny", false)]
    [InlineData("file_access", "TargetFilename: /etc/passwd, CommandLine|contains: zzz", "deny", true)]
    [InlineData("file_access", "TargetFilename: /etc/passwd, CurrentDirectory: /zzz", "deny", false)]
    [InlineData("image_load", "ImageLoaded|endswith: /libc.so.6, Image|startswith: /tmp/", "deny", true)]
    [InlineData("image_load", "Hashes|contains: SHA256=0000000000000000000000000000000000000000000000000000000000000000, Image|startswith: /tmp/", "deny", true)]
    [InlineData("mount", "TargetFilename: /, MountAction: remount, Image|startswith: /tmp/", "allow", false)]
    [InlineData("process_creation", "Image|startswith: /tmp/", "deny", false)]
    public void Who_ran_before_Guard_has_no_known_name_nor_arguments(string category, string items, string onUnknown, bool refused)
    {
        var guard = $"guard: {{action: block, on_unknown: {onUnknown}}}";
        Assert.Equal(refused, Where(Compile(Rule(category, $"a: {{{items}}}\ncondition: a", guard)), DiagnosticCatalogue.LockOut).Any());
        // An exclusion reads the path, which is known.
        const string excluded = "f: {Image: [/usr/lib/systemd/systemd, /usr/lib/guard/guardd, /usr/sbin/sshd, /usr/bin/bash]}\ncondition: a and not f";
        Assert.Empty(Where(Compile(Rule(category, $"a: {{{items}}}\n{excluded}", guard)), DiagnosticCatalogue.LockOut));
    }

    [Theory]
    [InlineData("TargetFilename: /root/.ssh/authorized_keys, Access: read", true)]
    [InlineData("TargetFilename|endswith: /authorized_keys", true)]
    [InlineData("TargetFilename|startswith: /root/", true)]
    [InlineData("TargetFilename|startswith: /usr/, Access: write", true)]
    [InlineData("TargetFilename|startswith: /usr/bin/, Access: [create, write, rename]", true)]
    [InlineData("TargetFilename|startswith: /usr/bin/, Access: rename", true)]
    [InlineData("TargetFilename|startswith: /etc/, Access: write", true)]
    [InlineData("TargetFilename|startswith: /var/lib/dpkg/, Access: rename", true)]
    [InlineData("TargetFilename|startswith: /run/guard/", true)]
    [InlineData("TargetFilename|startswith: /run/", true)]
    [InlineData("TargetFilename|startswith: /proc/", true)]
    [InlineData("TargetFilename|startswith: /sys/", true)]
    [InlineData("Access: chown", true)]
    [InlineData("Access: chmod", true)]
    [InlineData("Access: times", true)]
    [InlineData("Access: executable", true)]
    [InlineData("Access: setid", false)]
    [InlineData("TargetFilename|startswith: /tmp/, Access: executable", false)]
    [InlineData("TargetFilename: /root/.ssh/authorized_keys, Access: write", false)]
    [InlineData("TargetFilename|startswith: /etc/cron.d/, Access: [write, create]", false)]
    [InlineData("TargetFilename|startswith: /etc/nginx/, Access: [write, create, rename]", false)]
    [InlineData("TargetFilename: /etc/ssh/sshd_config, Access: write", false)]
    [InlineData("TargetFilename: /usr/bin/sudo, Access: [write, create]", false)]
    [InlineData("TargetFilename|startswith: /opt/", false)]
    [InlineData("TargetFilename|startswith: /home/", false)]
    [InlineData("TargetFilename|startswith: /srv/", false)]
    public void Files_of_logins_packages_and_guardd_are_needed(string items, bool refused)
        => AssertRefused("file_access", items, refused);

    [Theory]
    [InlineData("/usr/lib/app/")]
    [InlineData("/usr/")]
    [InlineData("/etc/")]
    public void Directories_can_be_kept_for_the_package_manager(string directory)
    {
        var searches = $"a: {{TargetFilename|startswith: {directory}, Access: [write, create]}}\nf: {{Image: /usr/bin/dpkg}}\ncondition: a and not f";
        Assert.False(Compile(FileAccess(searches, "guard: {action: block}")).HasErrors);
    }

    [Theory]
    [InlineData("Image|startswith: '/memfd:'", "deny", "")]
    [InlineData("Image|startswith: '/memfd:'", "allow", "")]
    [InlineData("Image|startswith: /opt/, sha256: {0}", "deny", null)]
    [InlineData("sha256: {0}", "deny", " and has no digest")]
    public void A_rule_about_what_is_mapped_is_told_what_lifts_it(string items, string onUnknown, string? ending)
    {
        var searches = $"a: {{{items.Replace("{0}", new string('a', 64), StringComparison.Ordinal)}}}\ncondition: a";
        var text = Exec(searches, $"guard: {{action: block, on_unknown: {onUnknown}}}");
        var findings = Compile(text).Diagnostics;
        if (ending is null)
        {
            Assert.Empty(findings);
            return;
        }

        var finding = Assert.Single(findings);
        Assert.Equal(DiagnosticCatalogue.LockOut.Id, finding.Id);
        var running = $"running, whose code is made in memory{ending}";
        Assert.EndsWith($"refuses /usr/lib/guard/guardctl {running}, /usr/lib/guard/guardd {running}", finding.Message, StringComparison.Ordinal);
        Assert.Contains("mapped: allow", finding.Hint, StringComparison.Ordinal);
        Assert.Empty(Compile(text.Replace("block,", "block, mapped: allow,", StringComparison.Ordinal)).Diagnostics);
    }

    [Fact]
    public void What_else_a_rule_refuses_needs_an_exclusion()
    {
        var finding = Assert.Single(Compile(Exec("a:\n    Image|endswith: /bash\ncondition: a", "guard: {action: block}")).Diagnostics);
        Assert.Equal(DiagnosticCatalogue.LockOut.Hint, finding.Hint);
    }

    [Fact]
    public void A_lock_out_that_is_only_looked_at_is_a_warning_under_its_own_id()
    {
        var result = Compile(Exec("a:\n    Image: /usr/sbin/sshd\ncondition: a", "guard: {action: block}"), new CompilerOptions { OnlyWarnOfLockOut = true });
        var finding = Assert.Single(result.Diagnostics);
        Assert.Equal((DiagnosticCatalogue.LockOut.Id, DiagnosticSeverity.Warning), (finding.Id, finding.Severity));
        Assert.NotNull(result.Image);
    }

    private static void AssertRefused(string category, string items, bool refused)
    {
        var text = Rule(category, $"a: {{{items}}}\ncondition: a", "guard: {action: block}");
        Assert.Equal(refused, Where(Compile(text), DiagnosticCatalogue.LockOut).Any());
    }
}
