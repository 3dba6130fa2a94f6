# shellcheck shell=bash
# guest:
# timeout: 400
# when: long 6.1
# Modules, kexec, mounts by the old and the new system calls, bpf(2), user namespaces, other processes, credentials:
# refused before they happen, recorded, left alone without a rule and elsewhere.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

# At least as long as the header that the kernel looks for before it asks.
printf 'no module%.0s' {1..20} > "$work/module.ko"
cp "$work/module.ko" "$work/other.ko"
cp "$(command -v sleep)" "$work/victim"
mkdir "$work/place" "$work/other" "$work/tree" "$work/root" "$work/root/old"
# What a detached tree is taken from must not be shared, or nothing can be moved out of it.
mount --make-rprivate /
mount -t tmpfs none "$work/tree"
mount -t tmpfs none "$work/root"
mkdir -p "$work/root/old"
"$work/victim" 600 &
victim=$!
sleep 600 &
bystander=$!
# The victim has to be what it is called.
wait_for 20 "the victim runs" bash -c "[[ \$(readlink /proc/$victim/exe) == $work/victim ]]"
_umount_all() {
    local place
    for place in place other tree root; do
        while umount "$work/$place" 2> /dev/null; do :; done
    done
}
on_exit _umount_all
on_exit "kill -9 $victim $bystander"

refused=0
# _want ERRNO [ERRNO-OF-REFUSED]
_want() {
    if [[ $refused == 1 ]]; then
        echo "${2:-EPERM}"
    else
        echo "$1"
    fi
}
# expect WHEN REFUSED - what is refused with the rules (1), and gets its own errno without (0).
expect() {
    local when=$1
    refused=$2
    expect_errno "$(_want ENOEXEC)" "$when: a module from its file" act module-file "$work/module.ko"
    expect_errno "$(_want ENOEXEC)" "$when: a module from memory" act module-memory "$work/module.ko"
    expect_errno "$(_want OK)" "$when: kexec from memory" act kexec-memory
    expect_errno "$(_want ENOEXEC)" "$when: kexec from a file" act kexec-file "$work/module.ko"
    expect_errno "$(_want OK)" "$when: a file system by mount(2)" act mount tmpfs "$work/place"
    [[ $refused == 1 ]] || umount "$work/place"
    expect_errno "$(_want OK)" "$when: a file system by fsmount(2)" act attach-new tmpfs "$work/place"
    [[ $refused == 1 ]] || umount "$work/place"
    expect_errno "$(_want OK)" "$when: a bind mount by mount(2)" act bind-mount "$work/other" "$work/place"
    [[ $refused == 1 ]] || umount "$work/place"
    expect_errno "$(_want OK)" "$when: a bind mount by open_tree(2)" act attach-tree "$work/other" "$work/place"
    [[ $refused == 1 ]] || umount "$work/place"
    expect_errno "$(_want OK)" "$when: a mount moved there by mount(2)" act move-old "$work/tree" "$work/place"
    [[ $refused == 1 ]] || act move-old "$work/place" "$work/tree" > /dev/null
    expect_errno "$(_want OK)" "$when: a mount moved there by move_mount(2)" act move-new "$work/tree" "$work/place"
    [[ $refused == 1 ]] || act move-new "$work/place" "$work/tree" > /dev/null
    expect_errno "$(_want OK)" "$when: a mount moved away by move_mount(2)" act move-new "$work/tree" "$work/other"
    [[ $refused == 1 ]] || act move-new "$work/other" "$work/tree" > /dev/null
    expect_errno "$(_want OK)" "$when: a mount moved away by mount(2)" act move-old "$work/tree" "$work/other"
    [[ $refused == 1 ]] || act move-old "$work/other" "$work/tree" > /dev/null
    expect_errno "$(_want OK)" "$when: other options" act remount "$work/tree"
    expect_errno "$(_want OK)" "$when: propagation" act propagate "$work/tree"
    expect_errno "$(_want OK)" "$when: another root" act pivot "$work/root" "$work/root/old"
    expect_errno "$(_want OK)" "$when: an unmount" act umount "$work/tree"
    [[ $refused == 1 ]] || mount -t tmpfs none "$work/tree"
    expect_errno "$(_want OK)" "$when: a map is created" act bpf
    expect_errno "$(_want EBADF)" "$when: a link is detached" act bpf-command 34
    expect_errno "$(_want OK)" "$when: a user namespace" act unshare-user
    expect_errno "$(_want OK)" "$when: ptrace" act ptrace "$victim"
    expect_errno "$(_want EFAULT)" "$when: process_vm_readv" act read-memory "$victim"
    expect_errno "$(_want OK EACCES)" "$when: /proc/PID/mem" act write-memory "$victim"
    expect_errno "$(_want OK)" "$when: a signal" act kill "$victim" 18
    expect_errno "$(_want OK)" "$when: a signal by pidfd" act pidfd-kill "$victim" 18
    expect_errno "$(_want OK)" "$when: setuid to an account" act setuid "$(id -u alice)"
    expect_errno "$(_want OK)" "$when: setgid to a group" act setgid 4242
    expect_errno "$(_want OK)" "$when: other supplementary groups" act setgroups 4242
}

expect "control, without a rule" 0
push_rules "rules on all of it go live" << RULES
title: Module file
id: 29292929-0000-4000-8000-000000000001
logsource: {product: linux, category: driver_load}
detection: {selection: {ImageLoaded: $work/module.ko}, condition: selection}
guard: {action: block}
---
title: Module from memory
id: 29292929-0000-4000-8000-000000000002
logsource: {product: linux, category: driver_load}
detection: {selection: {LoadedFrom: memory}, condition: selection}
guard: {action: block}
---
title: Kexec
id: 29292929-0000-4000-8000-000000000003
logsource: {product: linux, category: kexec_load}
detection: {selection: {User: root}, condition: selection}
guard: {action: block}
---
title: Places
id: 29292929-0000-4000-8000-000000000004
logsource: {product: linux, category: mount}
detection:
    selection: {TargetFilename: [$work/place, $work/tree, $work/root]}
    condition: selection
guard: {action: block}
---
title: What is moved by its name
id: 29292929-0000-4000-8000-000000000005
logsource: {product: linux, category: mount}
detection:
    selection: {MountAction: move, TargetFilename: /nowhere}
    condition: selection
guard: {action: block, on_unknown: deny}
---
title: Programs of the kernel
id: 29292929-0000-4000-8000-000000000006
logsource: {product: linux, category: bpf}
detection:
    selection: {BpfCommand: [BPF_MAP_CREATE, LINK_DETACH]}
    filter_guard: {Image: /usr/lib/guard/guardd}
    condition: selection and not filter_guard
guard: {action: block}
---
title: User namespaces
id: 29292929-0000-4000-8000-000000000007
logsource: {product: linux, category: namespace}
detection: {selection: {Image|endswith: /act}, condition: selection}
guard: {action: block}
---
title: The victim's memory
id: 29292929-0000-4000-8000-000000000008
logsource: {product: linux, category: process_access}
detection: {selection: {TargetImage|endswith: /victim, GrantedAccess: [read, attach]}, condition: selection}
guard: {action: block}
---
title: Signals to the victim
id: 29292929-0000-4000-8000-000000000009
logsource: {product: linux, category: process_signal}
detection: {selection: {TargetImage: $work/victim, Signal: [SIGCONT, 9]}, condition: selection}
guard: {action: block}
---
title: Who becomes alice
id: 29292929-0000-4000-8000-00000000000a
logsource: {product: linux, category: process_credentials}
detection: {selection: {NewUid: $(id -u alice)}, condition: selection}
guard: {action: block}
---
title: A group that nobody takes
id: 29292929-0000-4000-8000-00000000000b
logsource: {product: linux, category: process_credentials}
detection: {selection: {NewGid: 4242}, condition: selection}
guard: {action: block}
---
title: Supplementary groups
id: 29292929-0000-4000-8000-00000000000c
logsource: {product: linux, category: process_credentials}
detection: {selection: {CredentialType: groups, Image|endswith: /act}, condition: selection}
guard: {action: block}
RULES
expect "with them" 1
expect_errno ENOEXEC "another module is read" act module-file "$work/other.ko"
expect_errno OK "elsewhere something is mounted" act mount tmpfs "$work/other"
expect_errno OK "and unmounted" act umount "$work/other"
expect_errno EBADFD "other commands of bpf(2) are left alone" act bpf-command 15
expect_errno OK "others are traced" act ptrace "$bystander"
expect_errno OK "and read" act read-environment "$bystander"
expect_errno EACCES "the victim's environment is not read" act read-environment "$victim"
expect_errno OK "others get the signal" act kill "$bystander" 18
expect_errno OK "the victim gets others" act kill "$victim" 28
expect_errno OK "other accounts are free" act setuid 12345
expect_errno OK "other groups are free, the number of the account too" act setgid "$(id -u alice)"
audit_has "the trail has the module with its file" operation.denied '"operation":"driver_load"' "$work/module.ko" '"LoadedFrom":"file"' EPERM
audit_has "the module from memory" operation.denied '"operation":"driver_load"' '"LoadedFrom":"memory"'
audit_has "kexec" operation.denied '"operation":"kexec_load"' '"LoadedFrom":"file"'
audit_has "the mount with its file system" operation.denied '"operation":"mount"' '"MountAction":"new"' '"FilesystemType":"tmpfs"' "$work/place"
audit_has "the bind mount" operation.denied '"MountAction":"bind"' "$work/place"
audit_has "the move" operation.denied '"MountAction":"move"' "$work/tree"
audit_has "the one whose source is not known" operation.denied 29292929-0000-4000-8000-000000000005 '"path_unresolved"' '"unknown"'
audit_has "the unmount" operation.denied '"MountAction":"umount"' "$work/tree"
audit_has "the other root" operation.denied '"MountAction":"pivot"' "$work/root"
audit_has "bpf" operation.denied '"operation":"bpf"' '"BpfCommand":"LINK_DETACH"'
audit_has "the namespace" operation.denied '"operation":"namespace"'
audit_has "ptrace with its target" operation.denied '"operation":"process_access"' '"GrantedAccess":"attach"' "\"TargetPid\":\"$victim\"" "$work/victim"
audit_has "the signal with its target" operation.denied '"operation":"process_signal"' '"Signal":"SIGCONT"' "\"TargetPid\":\"$victim\""
audit_has "and setgid" operation.denied '"operation":"process_credentials"' '"NewGid":"4242"'
audit_has "and setgroups" operation.denied '"operation":"process_credentials"' '"CredentialType":"groups"'
audit_has "and setuid" operation.denied '"operation":"process_credentials"' "\"NewUid\":\"$(id -u alice)\""
expect_output '"hook":"sb_umount","decisions":[0-9]+,"denied":1,' "a denial is counted once" guardctl status -o json

push_rules "a rule that only records goes live" << RULES
title: Mounts
id: 29292929-0000-4000-8000-00000000000b
logsource: {product: linux, category: mount}
detection: {selection: {FilesystemType: tmpfs, MountAction: new}, condition: selection}
RULES
expect_errno OK "it lets a mount through" act attach-new tmpfs "$work/place"
umount "$work/place"
audit_has "and records it" operation.audited 29292929-0000-4000-8000-00000000000b "$work/place"

expect_ok "rules can be taken out" guardctl policy remove --all
expect "after removal" 0
