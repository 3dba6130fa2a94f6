# shellcheck shell=bash
# guest:
# timeout: 300
# when: long 6.12
# Who may not write to a file may not get it another name by the rename of a directory above: refused before it happens,
# whatever the directory's own name is, through bind mounts as well, and for nobody whom the rule excludes.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

made() {
    rm -rf "$work/top" "$work/away" "$work/plain"
    mkdir -p "$work/top/app/in" "$work/top/beside" "$work/away" "$work/plain" "$work/mount"
    echo content > "$work/top/app/in/file"
}

# moves_expect ERRNO WHEN
moves_expect() {
    expect_errno "$1" "$2: the directory that the rule names" act rename "$work/top/app" "$work/away/app"
    expect_errno "$1" "$2: exchanged for another" act exchange "$work/plain" "$work/top/app"
    expect_errno "$1" "$2: the one above it" act rename "$work/top" "$work/away/top"
}

# Each is put back where it was.
moved_back() {
    expect_errno OK "$1: the directory" act rename "$work/top/app" "$work/away/app"
    expect_errno OK "$1: and back" act rename "$work/away/app" "$work/top/app"
    expect_errno OK "$1: the one above it" act rename "$work/top" "$work/away/top"
    expect_errno OK "$1: and back" act rename "$work/away/top" "$work/top"
    expect_errno OK "$1: exchanged" act exchange "$work/plain" "$work/top/app"
    expect_errno OK "$1: and back" act exchange "$work/plain" "$work/top/app"
}

made
moved_back "control, without a rule"
mount --bind "$work/top" "$work/mount"
on_exit "umount -l $work/mount 2> /dev/null"

push_rules "a rule on writes below a directory goes live" << RULES
title: Written
id: 23232323-2626-4232-8232-000000000001
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename|startswith: $work/top/app/, Access: write}
    filter: {Image|endswith: /mv}
    condition: selection and not filter
guard: {action: block}
RULES
denied=$(hook_count path_rename denied)
moves_expect EPERM "with it"
audit_has "the trail has the rename" file.denied 23232323-2626-4232-8232-000000000001 "\"path\":\"$work/top\"" '"access":["rename"]' EPERM
expect_errno EPERM "through a bind mount" act rename "$work/mount/app" "$work/mount/other"
audit_has "the name that was used, and the one that is meant" "$work/mount/app" "\"otherName\":\"$work/top/app\""
expect_errno OK "a directory beside it is renamed" act rename "$work/top/beside" "$work/top/beside2"
expect_errno OK "one below another is, too" act rename "$work/plain" "$work/plain2"
expect_errno OK "and back" act rename "$work/plain2" "$work/plain"
echo content > "$work/app"
expect_errno OK "so is a file of the directory's name elsewhere" act rename "$work/app" "$work/app2"
expect_errno OK "the directory is opened" act open "$work/top/app"
expect_errno OK "and a file in it" act open "$work/top/app/in/file"
expect_ok "who is excluded may rename it" mv "$work/top" "$work/away/top"
expect_ok "and back" mv "$work/away/top" "$work/top"
expect_equal 4 "$(($(hook_count path_rename denied) - denied))" "each denial was counted once"

push_rules "rules that do not forbid writes, and one on a name within, go live" << RULES
title: Read
id: 23232323-2626-4232-8232-000000000002
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename|startswith: $work/top/app/, Access: read}
    condition: selection
guard: {action: block}
---
title: Within
id: 23232323-2626-4232-8232-000000000003
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename: $work/*/in/file, Access: write}
    condition: selection
guard: {action: block}
RULES
expect_errno OK "who may write may rename" act rename "$work/top/app" "$work/top/app3"
expect_errno EPERM "a directory that is spelled behind a star" act rename "$work/top/app3/in" "$work/top/app3/out"
expect_errno EPERM "and the one before the star" act rename "$work" "$work.away"

expect_ok "the rules go" guardctl policy remove --all
expect_errno OK "after them" act rename "$work/top/app3" "$work/top/app"
moved_back "after them"
