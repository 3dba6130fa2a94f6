# shellcheck shell=bash
# guest: --systemd
# timeout: 400
# when: long 6.1
# What is mounted over a file gives its name to another one, and what is moved takes it away: for rules about files that is
# a write, by every call that mounts. Elsewhere, in a namespace of one's own, for what init was told to mount and for whom the
# rule excludes, it stays what it was.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

# A mount that others share can't be moved.
mount --bind "$work" "$work"
mount --make-private "$work"
cd "$work" || exit 1
mkdir -p "$work/top/app/in" "$work/top/beside" "$work/from" "$work/moving"
echo content > "$work/top/app/in/file"
echo other > "$work/from/file"
cp /usr/lib/guard-tests/act "$work/from/excluded"
mount -t tmpfs none "$work/moving"
on_exit "umount -l $work/moving $work/top/beside $work/top/app/in $work/top/app $work/top $work $work.shared/app $work.shared/free $work.shared 2> /dev/null"

# over_expect ERRNO WHEN - every way to mount something there; what was mounted goes again.
over_expect() {
    local place
    for place in "$work/top" "$work/top/app" "$work/top/app/in"; do
        over_one "$1" "$2: a file system over $place" "$place" act mount tmpfs "$place"
        over_one "$1" "$2: a bind mount over it" "$place" act bind-mount "$work/from" "$place"
    done
    place=$work/top/app
    over_one "$1" "$2: by the new calls, a file system" "$place" act attach-new tmpfs "$place"
    over_one "$1" "$2: a tree" "$place" act attach-tree "$work/from" "$place"
    over_one "$1" "$2: over one file" "$place/in/file" act bind-mount "$work/from/file" "$place/in/file"
    expect_errno "$1" "$2: a mount is moved there" act move-old "$work/moving" "$place"
    [[ $1 != OK ]] || expect_errno OK "$2: and back" act move-old "$place" "$work/moving"
    expect_errno "$1" "$2: by the new call" act move-new "$work/moving" "$place"
    [[ $1 != OK ]] || expect_errno OK "$2: and back" act move-new "$place" "$work/moving"
}

# over_one ERRNO WHAT PLACE COMMAND...
over_one() {
    expect_errno "$1" "$2" "${@:4}"
    [[ $1 != OK ]] || umount "$3"
}

# orphaned COMMAND... - as a child of init that init has not forked.
orphaned() {
    bash -c "( sleep 1; sed -n 's/^PPid:\t//p' /proc/\$BASHPID/status > $work/parent; exec $* > $work/answer 2>&1 ) &"
    for _ in {1..100}; do
        [[ ! -s $work/answer ]] || break
        sleep 0.2
    done
    cat "$work/answer"
}

# by_init - a mount unit for the directory, of a name of its own; prints how that ended.
by_init() {
    local unit
    unit=$(systemd-escape --path --suffix=mount "$work/top/app")
    printf '[Mount]\nWhat=tmpfs\nWhere=%s\nType=tmpfs\n' "$work/top/app" > "/run/systemd/system/$unit"
    systemctl daemon-reload
    systemctl start "$unit" && systemctl is-active "$unit" && systemctl stop "$unit"
}

# unit_runs - what a unit's main process mounts, which is not mount(8).
unit_runs() { systemd-run --quiet --wait --pipe /usr/lib/guard-tests/act mount tmpfs "$work/top/app"; }

# helper_by_init - mount(8) in a unit starts a program for the type, which mounts.
helper_by_init() {
    # shellcheck disable=SC2016
    printf '#!/bin/sh\nexec /usr/lib/guard-tests/act mount tmpfs "$2"\n' > /sbin/mount.guardtest
    chmod 755 /sbin/mount.guardtest
    systemd-run --quiet --wait --pipe /usr/bin/mount -t guardtest none "$work/top/app" | grep '"errno":"OK"' || return
    umount "$work/top/app"
    rm /sbin/mount.guardtest
}

over_expect OK "control, without a rule"
expect_exit 0 "control: a helper of mount(8) for a unit" helper_by_init
expect_errno OK "control: what else a unit runs" unit_runs
umount "$work/top/app"
expect_output '^active$' "control: a mount unit" by_init

push_rules "a rule on writes below a directory goes live" << RULES
title: Written
id: 23232323-2727-4232-8232-000000000001
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename|startswith: ["$work/top/app/", "$work.shared/app/"], Access: write}
    filter: {Image: $work/from/excluded}
    condition: selection and not filter
guard: {action: block}
RULES
mounted=$(hook_count mounted_over denied) moved=$(hook_count moved_over denied)
over_expect EPERM "with it"
audit_has "the trail has the place" file.denied 23232323-2727-4232-8232-000000000001 "\"path\":\"$work/top/app\"" '"access":["write","rename"]' EPERM
expect_equal "8 3" "$(($(hook_count mounted_over denied) - mounted)) $(($(hook_count moved_over denied) - moved))" "each denial was counted once"
expect_output '^content$' "what is there is what was there" cat "$work/top/app/in/file"
expect_errno OK "beside it is mounted" act mount tmpfs "$work/top/beside"
expect_ok "and unmounted" umount "$work/top/beside"
expect_output '^other$' "in a namespace of one's own, too" unshare -m bash -c "mount --bind $work/from $work/top/app && cat $work/top/app/file"
mkdir -p "$work.shared/app" "$work.shared/free"
mount --bind "$work.shared" "$work.shared"
mount --make-shared "$work.shared"
expect_errno EPERM "not in one that shares its mounts with the host's" \
    unshare -m --propagation unchanged act mount tmpfs "$work.shared/app"
expect_errno OK "where the rule says nothing it is shared" unshare -m --propagation unchanged act mount tmpfs "$work.shared/free"
umount "$work.shared/free" "$work.shared"
expect_errno OK "and by whom the rule excludes" "$work/from/excluded" mount tmpfs "$work/top/app"
expect_ok "and unmounted" umount "$work/top/app"
expect_output '^active$' "and what init was told to mount" by_init
expect_exit 0 "a helper of mount(8) for a unit" helper_by_init
expect_errno EPERM "not what else a unit runs" unit_runs
expect_errno EPERM "an orphan is not init's for that" orphaned act mount tmpfs "$work/top/app"
expect_equal 1 "$(cat "$work/parent")" "though its parent is init"

push_rules "a rule that does not forbid writes goes live" << RULES
title: Read
id: 23232323-2727-4232-8232-000000000002
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename|startswith: $work/top/app/, Access: read}
    condition: selection
guard: {action: block}
RULES
over_expect OK "who may write may mount"

push_rules "a rule that records writes goes live" << RULES
title: Recorded
id: 23232323-2727-4232-8232-000000000003
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename: $work/top/beside, Access: write}
    condition: selection
guard: {action: audit}
RULES
expect_errno OK "it goes ahead" act mount tmpfs "$work/top/beside"
audit_has "and is recorded" file.audited 23232323-2727-4232-8232-000000000003 "\"path\":\"$work/top/beside\""
expect_errno OK "moved away" act move-new "$work/top/beside" "$work/moving"
expect_equal 1 "$(hook_count moved_over audited)" "which is recorded as well"
umount "$work/moving"

expect_ok "the rules go" guardctl policy remove --all
over_expect OK "after them"
