# shellcheck shell=bash
# guest:
# timeout: 120
# when: long
# A file of a layer is mapped under the path by which it was opened in the overlay: what was said of it there is not
# remembered for its other paths.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

mkdir "$work"/{upper,scratch,first,second}
# A layer whose files have not changed for a while: others are not remembered.
mount -t overlay overlay -o "lowerdir=/usr/bin,upperdir=$work/upper,workdir=$work/scratch" "$work/first"
mount --bind "$work/first" "$work/second"
on_exit "umount -l '$work/second' '$work/first'"

push_rules "a rule on one of two paths goes live" << RULES
title: Nothing from there
id: 28282828-1111-4282-8282-000000000001
logsource: {product: linux, category: image_load}
detection: {selection: {ImageLoaded|startswith: $work/second/}, condition: selection}
guard: {action: block}
RULES
for turn in first second third; do
    expect_errno OK "it is made executable by the other path, the $turn time" act mprotect-exec "$work/first/true"
done
expect_errno EPERM "and not by that one" act mprotect-exec "$work/second/true"
expect_errno EPERM "nor mapped so at once" act mmap-exec "$work/second/true"
audit_has "with a record" file.denied 28282828-1111-4282-8282-000000000001 "$work/second/true"

expect_ok "the rules are removed" guardctl policy remove --all
expect_errno OK "then it is by either" act mprotect-exec "$work/second/true"
