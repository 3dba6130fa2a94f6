# shellcheck shell=bash
# guest:
# timeout: 400
# when: long
# What the kernel asks about without a path: times, extended attributes and ACLs, by the path that the file has in the
# process's namespace; and what an overlay does to the files of its upper layer when its user deletes, renames or changes.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

inodes_made() {
    rm -rf "$work/kept" "$work/free"
    mkdir -p "$work/kept" "$work/free" "$work/mounted"
    local file
    for file in kept/file kept/other free/file free/named; do
        echo content > "$work/$file"
    done
    act setxattr "$work/kept/file" user.old x > /dev/null
    act set-acl "$work/kept/other" > /dev/null
}

# inodes_expect ERRNO WHEN
inodes_expect() {
    expect_errno "$1" "$2: setxattr" act setxattr "$work/kept/file" user.new x
    expect_errno "$1" "$2: removexattr" act removexattr "$work/kept/file" user.old
    expect_errno "$1" "$2: times" act set-times "$work/kept/file"
    expect_errno "$1" "$2: an ACL" act set-acl "$work/kept/file"
    expect_errno "$1" "$2: the end of an ACL" act remove-acl "$work/kept/other"
}

# Everything of an overlay's upper layer is named by a rule; its user knows the names above only.
layers_made() {
    umount -l "$work/merged" 2> /dev/null
    rm -rf "$work/lower" "$work/upper" "$work/scratch" "$work/merged"
    mkdir -p "$work/lower" "$work/upper" "$work/scratch" "$work/merged"
    local file
    for file in unlinked renamed changed owned cut linked stamped other; do
        echo content > "$work/upper/$file"
    done
    mount -t overlay overlay -o "lowerdir=$work/lower,upperdir=$work/upper,workdir=$work/scratch" "$work/merged"
}
on_exit "umount -l '$work/merged'; umount -l '$work/mounted'"

layers_expect() {
    expect_errno "$1" "$2: chmod through an overlay" act chmod "$work/merged/changed" 0777
    expect_errno "$1" "$2: chown through an overlay" act chown "$work/merged/owned" "$(id -u alice)"
    expect_errno "$1" "$2: truncate through an overlay" act truncate "$work/merged/cut" 1
    expect_errno "$1" "$2: times through an overlay" act set-times "$work/merged/stamped"
    expect_errno "$1" "$2: a hard link through an overlay" act link "$work/merged/linked" "$work/merged/more"
    expect_errno "$1" "$2: rename through an overlay" act rename "$work/merged/renamed" "$work/merged/moved"
    expect_errno "$1" "$2: unlink through an overlay" act unlink "$work/merged/unlinked"
}

inodes_made
inodes_expect OK control
inodes_made
layers_made
layers_expect OK control
layers_made

push_rules "rules about attributes and named files go live" << RULES
title: Kept as it is
id: 24242424-2424-4242-8242-000000000001
logsource: {product: linux, category: file_change}
detection:
    selection: {TargetFilename|startswith: $work/kept/}
    condition: selection
guard: {action: block, on_unknown: deny}
---
title: Layer
id: 24242424-2424-4242-8242-000000000002
logsource: {product: linux, category: file_access}
detection:
    selection:
        TargetFilename: [$work/upper/unlinked, $work/upper/renamed, $work/upper/changed, $work/upper/owned,
            $work/upper/cut, $work/upper/linked, $work/upper/stamped]
        Access: [write, chmod, chown, times, truncate]
    condition: selection
guard: {action: block}
---
title: Named
id: 24242424-2424-4242-8242-000000000003
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename: $work/free/named, Access: xattr}
    condition: selection
RULES

inodes_expect EPERM denied
audit_has "the attribute has a record" '"access":["xattr"]' "$work/kept/file" "Kept as it is"
audit_has "so have the times" '"access":["times"]' "$work/kept/file" "Kept as it is"
expect_errno OK "elsewhere attributes are set" act setxattr "$work/free/file" user.new x
expect_errno OK "elsewhere times are set" act set-times "$work/free/file"
expect_errno OK "elsewhere ACLs are set" act set-acl "$work/free/file"
expect_errno OK "what is audited only is done" act setxattr "$work/free/named" user.new x
audit_has "and recorded" '"kind":"file.audited"' '"access":["xattr"]' "$work/free/named" Named
mount --bind "$work/kept" "$work/mounted"
expect_errno EPERM "a bind mount is no other file" act setxattr "$work/mounted/file" user.more x
layers_expect EPERM denied
audit_has "what is done through an overlay has a record" '"access":["delete"]' Layer
expect_errno OK "what no rule names is unlinked through the overlay" act unlink "$work/merged/other"
expect_errno OK "a directory is made through the overlay" act mkdir "$work/merged/dir"
# Written through an overlay, a file of the upper layer is not changed by anybody else.
expect_errno OK "and a file written" act open "$work/merged/new" create

expect_ok "the rules are removed" guardctl policy remove --all
umount -l "$work/mounted"
inodes_made
inodes_expect OK "after removal"
layers_expect OK "after removal"
