# shellcheck shell=bash
# guest:
# timeout: 600
# when: long 6.1
# Capabilities that a process has and uses: refused, recorded, left alone without a rule; the hook is attached only while
# a policy asks for it, and comes back with guardd.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

alice=$(id -u alice)
cp "$(command -v act)" "$work/user"
cp "$(command -v perl)" "$work/perl"
# Nobody's but bob's: root has no right to it but by a capability.
echo secret > "$work/secret"
chmod 600 "$work/secret"
chown bob "$work/secret"
echo own > "$work/own"
hook_pins() { compgen -G '/sys/fs/bpf/guard/*/link_capable'; }
hook_is_attached() { hook_pins > /dev/null; }
hook_is_not_attached() { ! hook_is_attached; }
as_alice() { setpriv --reuid alice --regid alice --clear-groups "$@"; }
in_own_namespace() { as_alice unshare --user --map-root-user --mount "$@"; }

# expect WHEN RAW CHOWN NAMESPACE - what each gets; whoever may not use CAP_SYS_ADMIN gets no mount namespace either.
expect() {
    local when=$1
    expect_errno "$2" "$when: a raw socket" "$work/user" socket-raw 1
    expect_errno "$3" "$when: a file given away" "$work/user" chown "$work/own" "$alice"
    chown root "$work/own"
    if [[ $4 == OK ]]; then
        expect_errno OK "$when: a mount in a user namespace of alice's" in_own_namespace act mount tmpfs /mnt
    else
        expect_exit 1 "$when: no mount namespace in a user namespace of alice's" in_own_namespace true
    fi
}

expect "control, without a rule" OK OK OK
expect_errno OK "control: a mount of root's" act mount tmpfs /mnt
umount /mnt
expect_errno EACCES "control: alice has no capability that opens the secret" act as "$alice" open "$work/secret"
expect_errno OK "control: lent credentials open it" act uring-open-lent "$alice" "$work/secret"
expect_ok "no rule, no program at the hook" hook_is_not_attached

push_rules "rules on capabilities go live" << RULES
title: Raw sockets
id: 29c29c29-0000-4000-8000-000000000001
logsource: {product: linux, category: capability_use}
detection: {selection: {Capability: CAP_NET_RAW, Image: $work/user}, condition: selection}
guard: {action: block}
---
title: Files given away
id: 29c29c29-0000-4000-8000-000000000002
logsource: {product: linux, category: capability_use}
detection: {selection: {Capability: [chown, fowner], Image: $work/user}, condition: selection}
guard: {action: block}
---
title: Capabilities of ordinary users
id: 29c29c29-0000-4000-8000-000000000003
logsource: {product: linux, category: capability_use}
detection:
    selection: {Capability: [SYS_ADMIN, DAC_OVERRIDE, DAC_READ_SEARCH, CHOWN, FOWNER, SYS_RESOURCE], User: alice}
    condition: selection
guard: {action: block}
RULES
expect_ok "the hook has its program" hook_is_attached
expect "with them" EPERM EPERM EPERM
expect_errno OK "root's mounts are left alone" act mount tmpfs /mnt
umount /mnt
expect_errno OK "other programs make raw sockets" act socket-raw 1
expect_errno OK "what needs no capability is left alone" "$work/user" open "$work/own"
expect_errno EACCES "what a process has not is the kernel's answer" act as "$alice" open "$work/secret"
expect_errno EACCES "credentials that io_uring lends are the process's own" act uring-open-lent "$alice" "$work/secret"
audit_has "the trail has the capability" operation.denied '"operation":"capability_use"' '"Capability":"CAP_NET_RAW"' "$work/user" 000000000001 EPERM
audit_has "and that of the namespace" operation.denied '"Capability":"CAP_SYS_ADMIN"' 000000000003
audit_has "and the lent ones" operation.denied '"operation":"capability_use"' 000000000003 '/act"'
expect_output '"hook":"capable"' "status counts the hook" guardctl status -o json

# The kernel copies a file up with the capabilities of who mounted the overlay.
mkdir "$work/lower" "$work/upper" "$work/scratch" "$work/merged"
echo below > "$work/lower/file"
chown alice "$work/lower/file" "$work/upper" "$work/lower"
mount -t overlay none -o "lowerdir=$work/lower,upperdir=$work/upper,workdir=$work/scratch" "$work/merged"
on_exit "umount $work/merged"
expect_errno OK "a file of alice's is copied up" act as "$alice" open "$work/merged/file" append
expect_ok "into the upper directory" test -e "$work/upper/file"
# A process that has used io_uring, but lends itself nothing.
echo again > "$work/lower/other"
chown alice "$work/lower/other"
# shellcheck disable=SC2016 # Perl's
expect_ok "also when io_uring is in use" as_alice perl -e '
    my $set = "\0" x 120;
    syscall(425, 1, $set) >= 0 or die "io_uring_setup: $!";
    open(my $file, ">>", $ARGV[0]) or die "$ARGV[0]: $!"' "$work/merged/other"

guardd_stop KILL
expect "without guardd" EPERM EPERM EPERM
# shellcheck disable=SC2119
guardd_start
expect_ok "a guardd that is started again leaves the program where it is" hook_is_attached
expect "with guardd again" EPERM EPERM EPERM

guardd_stop KILL
pins=$(hook_pins)
pins=${pins%/*}
expect_ok "somebody removes the pin of the hook's link" rm "$pins/link_capable"
expect_ok "and puts that of another in its place" mv "$pins/link_uring_override_creds" "$pins/link_capable"
# shellcheck disable=SC2119
guardd_start
expect_ok "a guardd that is started then has the hook's own" hook_is_attached
expect "with both hooks attached anew" EPERM EPERM EPERM
expect_errno EACCES "and what is lent is known again" act uring-open-lent "$alice" "$work/secret"

push_rules "rules that only record go live" << RULES
title: What the kernel asks to choose its way
id: 29c29c29-0000-4000-8000-000000000004
logsource: {product: linux, category: capability_use}
detection: {selection: {Capability: [SYS_ADMIN, NET_RAW], Image: [$work/user, $work/perl]}, condition: selection}
RULES
expect "with a rule that records" OK OK OK
audit_has "a use is recorded" operation.audited '"Capability":"CAP_NET_RAW"' 000000000004
# Without no_new_privs the kernel asks for the capability, and asks quietly. A filter of one instruction: all is allowed.
# shellcheck disable=SC2016 # Perl's
expect_ok "a filter of system calls is set" "$work/perl" -e '
    my $filter = pack("SCCL", 6, 0, 0, 0x7fff0000);
    my $program = pack("Sx6P", 1, $filter);
    syscall(157, 22, 2, $program) == 0 or die "prctl: $!"'
expect_exit 1 "what the kernel asks in passing is not" \
    _audit_lines_with operation.audited '"Capability":"CAP_SYS_ADMIN"' 000000000004

# A tool that looks at links holds one by its descriptor (BPF_OBJ_GET), so that its program stays attached.
# shellcheck disable=SC2016 # Perl's
"$work/perl" -e '
    my $pin = "$ARGV[0]\0";
    syscall(321, 7, pack("PLL", $pin, 0, 0), 16) > 2 or die "bpf: $!";
    open(my $file, ">", "$ARGV[1]");
    sleep 600' "$(hook_pins)" "$work/holds" &
holder=$!
wait_for 20 "somebody holds the hook's link" test -e "$work/holds"
push_rules "rules on other operations go live" << RULES
title: Mounts
id: 29c29c29-0000-4000-8000-000000000005
logsource: {product: linux, category: mount}
detection: {selection: {FilesystemType: ramfs}, condition: selection}
RULES
expect_ok "and the program goes" hook_is_not_attached
expect "no rule on capabilities" OK OK OK
push_rules "rules on capabilities come back while it is held" << RULES
title: Raw sockets
id: 29c29c29-0000-4000-8000-000000000006
logsource: {product: linux, category: capability_use}
detection: {selection: {Capability: CAP_NET_RAW, Image: $work/user}, condition: selection}
guard: {action: block}
RULES
expect_ok "the hook has its program again" hook_is_attached
kill "$holder"
wait "$holder" 2> /dev/null || true
expect "after the holder has gone" EPERM OK OK
expect_ok "rules can be taken out" guardctl policy remove --all
expect "after removal" OK OK OK
