# shellcheck shell=bash
# guest:
# timeout: 200
# when: long
# Other options for a file system by fspick(2) and fsconfig(2), as mount(8) of new util-linux asks for them.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

mkdir "$work/tree" "$work/place"
mount --make-rprivate /
mount -t tmpfs none "$work/tree"
mkdir "$work/tree/below"
_umount_all() {
    while umount "$work/tree" 2> /dev/null || umount "$work/place" 2> /dev/null; do :; done
}
on_exit _umount_all

expect_errno OK "control, without a rule" act remount-new "$work/tree"
act remount-write "$work/tree" > /dev/null
push_rules "a rule on a remount goes live" << RULES
title: Remounts
id: 29292929-2222-4000-8000-000000000001
logsource: {product: linux, category: mount}
detection: {selection: {TargetFilename: $work/tree, MountAction: remount}, condition: selection}
guard: {action: block}
RULES
expect_errno EPERM "by fsconfig(2)" act remount-new "$work/tree"
expect_ok "and it stays writable" touch "$work/tree/file"
audit_has "the trail has it" operation.denied 29292929-2222-4000-8000-000000000001 '"MountAction":"remount"' '"FilesystemType":"tmpfs"' "$work/tree"
expect_errno EPERM "by mount(2)" act remount "$work/tree"
expect_equal "1 1" "$(hook_count sb_mount denied) $(hook_count sb_remount denied)" "each is asked about once"

push_rules "a rule that only records goes live" << RULES
title: Remounts are recorded
id: 29292929-2222-4000-8000-000000000002
logsource: {product: linux, category: mount}
detection: {selection: {MountAction: remount}, condition: selection}
RULES
expect_errno OK "mount(2) is let through" act remount "$work/tree"
expect_errno OK "fsconfig(2) is let through" act remount-new "$work/tree"
expect_equal "1 1" "$(hook_count sb_mount audited) $(hook_count sb_remount audited)" "each is recorded once"
act remount-write "$work/tree" > /dev/null

mount --bind "$work/tree/below" "$work/place"
umount "$work/tree"
push_rules "a rule on another place goes live" << RULES
title: Remounts elsewhere
id: 29292929-2222-4000-8000-000000000003
logsource: {product: linux, category: mount}
detection: {selection: {TargetFilename: $work/elsewhere, MountAction: remount}, condition: selection}
guard: {action: block, on_unknown: deny}
RULES
expect_errno EPERM "a file system that is nowhere mounted whole has no known place" act remount-new "$work/place"
audit_has "the trail says so" operation.denied 29292929-2222-4000-8000-000000000003 '"unknown"' '"path_unresolved"'

expect_ok "rules can be taken out" guardctl policy remove --all
expect_errno OK "then it gets other options" act remount-new "$work/place"
