# shellcheck shell=bash
# guest:
# timeout: 480
# when: long 6.1
# Descent: an ancestor counts at any depth, also when it has ended, also for what ran before the push.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

tool=$work/tool forebear=$work/forebear
cp /usr/lib/guard-tests/noop "$tool"
cp /usr/lib/guard-tests/act "$forebear"
mkfifo "$work/before" "$work/before-orphan"
chmod 755 "$tool" "$forebear"

"$forebear" descend 3 after "$work/before" exec "$tool" > "$work/before.out" &
"$forebear" orphan descend 1 after "$work/before-orphan" exec "$tool" > "$work/orphan.out" &
wait_for 20 "one waits below others" grep -q waiting "$work/before.out"
wait_for 20 "one waits whose parent has ended" grep -q waiting "$work/orphan.out"

expect_errno OK "control: allowed without the rules" "$forebear" descend 5 exec "$tool"
push_rules "rules on ancestors go live" <<EOF
title: Not from there
id: 12121212-1111-4111-8111-111111111121
logsource: {product: linux, category: process_creation}
detection: {selection: {Image: $tool, AncestorImage: $forebear}, condition: selection}
guard: {action: block, on_unknown: deny}
---
title: Not below those words
id: 12121212-1111-4111-8111-111111111122
logsource: {product: linux, category: process_creation}
detection: {selection: {Image: $tool, AncestorCommandLine|contains: tainted-words}, condition: selection}
guard: {action: block}
---
title: Not right below those words
id: 12121212-1111-4111-8111-111111111123
logsource: {product: linux, category: process_creation}
detection: {selection: {Image: $tool, ParentCommandLine|contains: parent-words}, condition: selection}
guard: {action: block}
---
title: Nor opened from there
id: 12121212-1111-4111-8111-111111111124
logsource: {product: linux, category: file_access}
detection: {selection: {TargetFilename: $work/file, AncestorImage: $forebear}, condition: selection}
guard: {action: block}
EOF
echo content > "$work/file"
expect_errno OK "others may" act exec "$tool"
expect_errno OK "at any depth" act descend 5 exec "$tool"
expect_errno EPERM "a child may not" "$forebear" exec "$tool"
for depth in 1 5 40; do
    expect_errno EPERM "nor what is $depth below" "$forebear" descend "$depth" exec "$tool"
done
expect_errno EPERM "nor without an exec between" "$forebear" child exec "$tool"
expect_errno EPERM "nor an orphan in a session of its own" "$forebear" orphan exec "$tool"
expect_errno EPERM "nor what that starts" "$forebear" orphan descend 2 exec "$tool"
expect_errno EPERM "nor opens it the file" "$forebear" descend 2 open "$work/file"
expect_errno OK "which others open" act descend 2 open "$work/file"
expect_errno OK "a program that became another is no ancestor" "$forebear" become /usr/lib/guard-tests/act exec "$tool"
let_go "$work/before"
let_go "$work/before-orphan"
wait_for 20 "what ran before the push may not" grep -q EPERM "$work/before.out"
wait_for 20 "nor may the orphan" grep -q EPERM "$work/orphan.out"

act=/usr/lib/guard-tests/act
expect_errno EPERM "words of an ancestor count" act exec "$act" descend 2 exec "$tool" tainted-words
expect_errno EPERM "words of the parent count" act exec "$act" exec "$tool" parent-words
audit_has "the trail has the denial" exec.denied 12121212-1111-4111-8111-111111111121 "$tool"
expect_output '"failures":\{\}' "the engine never failed to decide" guardctl status -o json

expect_ok "rules can be taken out" guardctl policy remove --all
expect_errno OK "then a child may" "$forebear" exec "$tool"
