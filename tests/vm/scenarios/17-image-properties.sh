# shellcheck shell=bash
# guest:
# timeout: 300
# when: long 6.1
# What kind of file a program is: in memory, without a name, set-ID, a script, the interpreter of one. Refused before it
# runs, recorded, and left alone where the property is not there.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

tool=/usr/lib/guard-tests/noop
mkdir -p "$work/plain" "$work/nosuid" "$work/suid" "$work/inter" "$work/scripts"
mount -t tmpfs -o nosuid none "$work/nosuid"
mount -t tmpfs none "$work/suid"
on_exit "umount -l '$work/nosuid' '$work/suid'"
for copy in plain/tool plain/setuid plain/setgid plain/locked inter/tool nosuid/setuid suid/setuid; do
    cp "$tool" "$work/$copy"
    chmod 755 "$work/$copy"
done
chmod 4755 "$work/plain/setuid" "$work/nosuid/setuid" "$work/suid/setuid"
chmod 2755 "$work/plain/setgid"
# Without execution for the group the bit means something else.
chmod 2705 "$work/plain/locked"
printf '#!%s\n' "$work/inter/tool" > "$work/scripts/script"
cp "$work/scripts/script" "$work/plain/script"
chmod 755 "$work/scripts/script" "$work/plain/script"

# removed_exec - a file by its descriptor, after its name was taken away.
removed_exec() {
    cp "$tool" "$work/plain/removed"
    exec 9< "$work/plain/removed"
    rm "$work/plain/removed"
    act exec /proc/self/fd/9
    local code=$?
    exec 9<&-
    return "$code"
}

properties_expect() { # ERRNO WHEN
    expect_errno "$1" "$2: a memfd" act memfd-exec "$tool"
    expect_errno "$1" "$2: what had a name" removed_exec
    expect_errno "$1" "$2: what never had one" act nameless-exec "$work/plain" "$tool"
    expect_errno "$1" "$2: set-user-ID" act exec "$work/plain/setuid"
    expect_errno "$1" "$2: set-user-ID by a descriptor" act execveat "$work/plain/setuid"
    expect_errno "$1" "$2: set-user-ID on a mount of its own" act exec "$work/suid/setuid"
    expect_errno "$1" "$2: set-group-ID" act exec "$work/plain/setgid"
    expect_errno "$1" "$2: a script" act exec "$work/scripts/script"
    expect_errno "$1" "$2: an interpreter" act exec "$work/plain/script"
}

properties_expect OK "control, without a rule"
push_rules "rules about kinds of programs go live" << RULES
title: Never a file
id: 17171717-1717-4171-8171-000000000001
logsource: {product: linux, category: process_creation}
detection:
    selection: {ImageProperties: memfd}
    condition: selection
guard: {action: block}
---
title: Without a name
id: 17171717-1717-4171-8171-000000000002
logsource: {product: linux, category: process_creation}
detection:
    selection: {Image|startswith: $work/plain/, ImageProperties: unlinked}
    condition: selection
guard: {action: block}
---
title: Set-ID
id: 17171717-1717-4171-8171-000000000003
logsource: {product: linux, category: process_creation}
detection:
    selection: {Image|startswith: $work/, ImageProperties: [setuid, setgid]}
    condition: selection
guard: {action: block}
---
title: Script
id: 17171717-1717-4171-8171-000000000004
logsource: {product: linux, category: process_creation}
detection:
    selection: {Image|startswith: $work/scripts/, ImageProperties: script}
    condition: selection
guard: {action: block}
---
title: Interpreter
id: 17171717-1717-4171-8171-000000000005
logsource: {product: linux, category: process_creation}
detection:
    selection: {Image|startswith: $work/inter/, ImageProperties: interpreter}
    condition: selection
guard: {action: block}
---
title: Seen
id: 17171717-1717-4171-8171-000000000006
logsource: {product: linux, category: process_creation}
detection:
    selection: {Image|startswith: $work/}
    filter_script: {ImageProperties: script}
    condition: selection and not 1 of filter_*
RULES
properties_expect EPERM "with them"
expect_errno OK "set-user-ID on a nosuid mount is none" act exec "$work/nosuid/setuid"
expect_errno OK "nor is set-group-ID without execution for the group" act exec "$work/plain/locked"
expect_errno OK "a file with a name runs" act exec "$work/plain/tool"
expect_errno OK "by its descriptor as well" act execveat "$work/plain/tool"
expect_errno OK "an interpreter runs by itself" act exec "$work/inter/tool"

audit_has "the memfd has a record" exec.denied 17171717-1717-4171-8171-000000000001 '"imageProperties":["memfd","unlinked"]' EPERM
audit_has "and its sentence says so" exec.denied '(memfd, unlinked) by '
audit_has "the removed file" exec.denied "$work/plain/removed" '"imageProperties":["unlinked"]'
audit_has "set-user-ID" exec.denied "$work/suid/setuid" '"imageProperties":["setuid"]'
audit_has "set-group-ID" exec.denied "$work/plain/setgid" '"imageProperties":["setgid"]'
audit_has "the script" exec.denied "$work/scripts/script" '"imageProperties":["script"]'
audit_has "the interpreter" exec.denied 17171717-1717-4171-8171-000000000005 "$work/inter/tool" '"imageProperties":["interpreter"]'
audit_has "what is only audited" exec.audited 17171717-1717-4171-8171-000000000006 "$work/plain/locked"
expect_equal 0 "$(guardctl audit list -o json --kind exec.audited | grep -c "$work/nosuid/setuid.*imageProperties")" "what a mount ignores is not named"
expect_output ': block' "the same is explained" guardctl policy explain exec "$work/plain/tool" --properties setuid,unlinked
expect_output ': audit' "and what else runs" guardctl policy explain exec "$work/plain/tool"

expect_ok "the rules are removed" guardctl policy remove --all
properties_expect OK "after removal"
