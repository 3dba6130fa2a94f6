# shellcheck shell=bash
# guest:
# timeout: 300
# when: long
# What a mode gives: set-ID bits and execution, by chmod, by an ACL, through an overlay, and for what is made with it.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

on_exit "umount -l '$work/merged'"
modes_made() {
    umount -l "$work/merged" 2> /dev/null
    rm -rf "$work/kept" "$work/upper" "$work/scratch" "$work/lower" "$work/from"
    mkdir -p "$work/kept/dir" "$work/acl" "$work/upper" "$work/scratch" "$work/lower" "$work/merged" "$work/from"
    local file
    for file in kept/file kept/other acl/set acl/removed upper/setid upper/plain; do
        rm -f "$work/$file"
        echo content > "$work/$file"
    done
    act set-acl "$work/acl/removed" > /dev/null
    install -m 755 /dev/null "$work/from/program"
    install -m 644 /dev/null "$work/from/text"
    mount -t overlay overlay -o "lowerdir=$work/lower,upperdir=$work/upper,workdir=$work/scratch" "$work/merged"
}

modes_expect() { # ERRNO EXIT WHEN
    expect_errno "$1" "$3: set-user-ID" act chmod "$work/kept/file" 04644
    expect_errno "$1" "$3: set-group-ID" act chmod "$work/kept/file" 02644
    expect_errno "$1" "$3: execution for others alone" act chmod "$work/kept/file" 0601
    expect_errno "$1" "$3: an ACL, which may allow it" act set-acl "$work/kept/other"
    expect_errno "$1" "$3: an ACL where modes stay" act set-acl "$work/acl/set"
    expect_errno "$1" "$3: the end of an ACL" act remove-acl "$work/acl/removed"
    expect_errno "$1" "$3: set-user-ID through an overlay" act chmod "$work/merged/setid" 04644
    expect_exit "$2" "$3: a file that is made so" cp "$work/from/program" "$work/kept/program"
}

modes_made
modes_expect OK 0 "control, without a rule"
modes_made
push_rules "rules about modes go live" << RULES
title: Nothing to run
id: 21212121-2121-4212-8212-000000000001
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename|startswith: $work/kept/, Access: [setid, executable]}
    condition: selection
guard: {action: block}
---
title: Modes stay
id: 21212121-2121-4212-8212-000000000002
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename|startswith: $work/acl/, Access: chmod}
    condition: selection
guard: {action: block}
---
title: Layer
id: 21212121-2121-4212-8212-000000000003
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename: [$work/upper/setid, $work/upper/plain], Access: setid}
    condition: selection
guard: {action: block}
---
title: Made to run
id: 21212121-2121-4212-8212-000000000004
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename|startswith: $work/from/, Access: executable}
    condition: selection
RULES
modes_expect EPERM 1 "with them"
expect_exit 1 "the file was not made" test -e "$work/kept/program"
expect_errno OK "another mode is given" act chmod "$work/kept/file" 0640
expect_exit 0 "another file is made" cp "$work/from/text" "$work/kept/text"
expect_errno OK "a directory may be searched" act chmod "$work/kept/dir" 0755
expect_errno OK "and give its group to what is in it" act chmod "$work/kept/dir" 02755
expect_errno OK "a FIFO is none" act mkfifo "$work/kept/fifo"
expect_errno OK "an extended attribute is no mode" act setxattr "$work/acl/set" user.x x
expect_errno OK "execution through the overlay" act chmod "$work/merged/plain" 0755
expect_exit 0 "what is only audited is made" cp -p "$work/from/program" "$work/from/second"
audit_has "the trail has the set-user-ID bit" file.denied "$work/kept/file" '"access":["chmod","setid"]' EPERM
audit_has "execution" file.denied "$work/kept/file" '"access":["chmod","executable"]'
audit_has "the ACL" file.denied "$work/kept/other" '"access":["chmod","xattr","executable"]'
audit_has "its end" file.denied "$work/acl/removed" '"access":["chmod","xattr"]'
audit_has "the new file" file.denied "$work/kept/program" '"access":["create","executable"]'
audit_has "the change of the layer" file.denied 21212121-2121-4212-8212-000000000003 '"setid"'
audit_has "and what was made to run" file.audited "$work/from/second" '"access":["write","create","executable"]'

expect_ok "the rules are removed" guardctl policy remove --all
modes_made
modes_expect OK 0 "after removal"
