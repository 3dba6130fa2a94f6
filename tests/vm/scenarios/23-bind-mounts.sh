# shellcheck shell=bash
# guest:
# timeout: 300
# when: long 6.1
# What a pattern means is meant below the mount of its whole file system, too: a bind mount, a mount of the same file
# system in another place, one that is attached nowhere, or a namespace of one's own buys nothing. Exclusions read the name
# that was used.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

alice=$(id -u alice)
mkdir -p "$work/in/deep" "$work/in/free" "$work/in/bin" "$work/before" "$work/after" "$work/seen" "$work/root" "$work/far"
for file in in/secret in/deep/key in/free/open far/plain; do
    echo "content of $file" > "$work/$file"
done
cp /usr/lib/guard-tests/noop "$work/in/bin/tool"
chmod -R a+rX "$work"
chmod 1777 "$work/in/deep"
touch -d '1 hour ago' "$work/far/plain"

mount --bind "$work/in" "$work/before"
on_exit "umount -l $work/before $work/after $work/seen $work/root/mnt $work/root 2> /dev/null"
expect_errno OK "control: the file opens through a bind mount" act open "$work/before/secret"
expect_errno OK "control: the program runs through it" act exec "$work/before/bin/tool"
expect_errno OK "control: a file is made through it" act open "$work/before/deep/new" create

push_rules "rules that mean directories go live" << RULES
title: Directory
id: 25252525-2323-4232-8232-000000000001
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename|startswith: $work/in/, Access: [read, write, create, chmod]}
    filter: {TargetFilename|startswith: $work/in/free/}
    filter_bin: {TargetFilename|startswith: [$work/in/bin/, $work/before/bin/, $work/after/bin/]}
    condition: selection and not 1 of filter*
guard: {action: block}
---
title: Programs
id: 25252525-2323-4232-8232-000000000002
logsource: {product: linux, category: process_creation}
detection:
    selection: {Image|startswith: $work/in/bin/}
    condition: selection
guard: {action: block}
---
title: The other name alone
id: 25252525-2323-4232-8232-000000000003
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename: $work/seen/plain, Access: read}
    condition: selection
guard: {action: block}
RULES
expect_errno EPERM "by its name" act open "$work/in/secret"
expect_errno EPERM "through the bind mount from before" act open "$work/before/secret"
audit_has "the trail has the path that was used" file.denied 25252525-2323-4232-8232-000000000001 "$work/before/secret" EPERM
audit_has "and the other name" "$work/before/secret" "\"otherName\":\"$work/in/secret\""
expect_errno EPERM "written through it" act open "$work/before/secret" write
expect_errno EPERM "a file is made through it" act open "$work/before/deep/newer" create
expect_errno EPERM "one is removed through it" act unlink "$work/before/deep/key"
expect_errno EPERM "renamed" act rename "$work/before/deep/key" "$work/before/deep/other"
expect_errno EPERM "its mode changed" act chmod "$work/before/deep/key" 600
expect_errno EPERM "a program runs through it" act exec "$work/before/bin/tool"
audit_has "which the trail has" exec.denied 25252525-2323-4232-8232-000000000002 "$work/before/bin/tool" EPERM
expect_errno EPERM "or is mapped for execution" act run-code map "$work/before/bin/tool"

mount --bind "$work/in" "$work/after"
expect_errno EPERM "through a bind mount from after the push" act open "$work/after/secret"
expect_errno EPERM "deeper" act open "$work/after/deep/key"
expect_errno EPERM "the program as well" act exec "$work/after/bin/tool"
mount --bind / "$work/root"
expect_errno EPERM "through one of the whole file system" act open "$work/root$work/in/secret"
expect_errno EPERM "and one of it upon that" bash -c \
    "mount --bind $work/in $work/root/mnt && exec /usr/lib/guard-tests/act open $work/root/mnt/secret"
touch "$work/file"
mount --bind "$work/in/deep/key" "$work/file"
on_exit "umount $work/file"
expect_errno EPERM "through one of the file" act open "$work/file"
expect_errno EPERM "in a mount namespace of one's own" \
    unshare -m sh -c "mount --bind $work/in /mnt && exec /usr/lib/guard-tests/act open /mnt/secret"
expect_errno EPERM "in a tree that is attached nowhere any more" \
    unshare -m sh -c "mount --bind $work/in /mnt && cd /mnt && umount -l /mnt && exec /usr/lib/guard-tests/act exec bin/tool"
expect_errno EPERM "in a namespace of a user's own" setpriv --reuid "$alice" --regid "$alice" --clear-groups \
    unshare -Urm sh -c "mount --bind $work/in /mnt && exec /usr/lib/guard-tests/act open /mnt/secret"

expect_errno OK "what is excluded opens by the name that excludes it" act open "$work/in/free/open"
expect_errno EPERM "and not by another name" act open "$work/before/free/open"
expect_errno OK "an exclusion may name the bind mount" act open "$work/after/bin/tool"

# What is remembered of a file or a directory is forgotten when something is mounted there.
for _ in 1 2 3; do act open "$work/far/plain" > /dev/null; done
expect_errno OK "a file that no rule speaks of" act open "$work/far/plain"
mount --bind "$work/far" "$work/seen"
expect_errno EPERM "has a name in a bind mount that a rule speaks of" act open "$work/seen/plain"
expect_errno OK "and is free by its own" act open "$work/far/plain"
umount "$work/seen"
mount --bind "$work/in" "$work/far"
expect_errno EPERM "what is mounted over a directory that was seen is not taken for it" act open "$work/far/secret"
umount "$work/far"

expect_ok "rules can be taken out" guardctl policy remove --all
expect_errno OK "then the file opens through a bind mount" act open "$work/before/secret"
expect_errno OK "and the program runs" act exec "$work/before/bin/tool"
