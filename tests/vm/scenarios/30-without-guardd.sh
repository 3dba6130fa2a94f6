# shellcheck shell=bash
# guest:
# timeout: 300
# when: long 6.1
# Enforcement does not depend on user space, and what was in force stays over a crash; the trail is whole.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

echo content > "$work/secret"
echo content > "$work/meanwhile"
echo content > "$work/noise"
push_rules "rules go live" <<EOF
title: The secret
id: 33333333-3333-4333-8333-333333333331
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename: [$work/secret, $work/meanwhile]}
    condition: selection
guard: {action: block}
---
title: Noise
id: 33333333-3333-4333-8333-333333333332
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename: $work/noise}
    condition: selection
EOF
expect_errno EPERM "the open is refused" act open "$work/secret"
audit_has "and recorded" file.denied "$work/secret"
hash=$(guardctl status -o json | grep -o '"policyHash":"[0-9a-f]*"')

guardd_stop KILL
# Another file, so that its record is not taken for the one from before.
expect_errno EPERM "guardd was killed: still refused" act open "$work/meanwhile"
expect_errno OK "and what is allowed still works" act open "$work/noise"
# shellcheck disable=SC2119 # no arguments here
guardd_start > /dev/null 2>&1
wait_for 60 "guardd is back and enforcing" bash -c 'guardctl status -o json | grep -q "\"state\":\"enforcing\""'
expect_equal "$hash" "$(guardctl status -o json | grep -o '"policyHash":"[0-9a-f]*"')" "the same policy is in force"
audit_has "the record from before the kill is there" file.denied "$work/secret"
audit_has "and so is one from when there was no guardd" file.denied "$work/meanwhile"
audit_has "guardd says that it went on with what the kernel enforces" engine.started "goes on with"

kill -STOP "$(guardd_pid)"
act repeat open 30000 "$work/noise" 1 > /dev/null
expect_errno EPERM "guardd hangs and the ring fills: still refused" act open "$work/secret"
kill -CONT "$(guardd_pid)"
wait_for 90 "the loss is counted" bash -c 'guardctl status -o json | grep -q "decisions.ring_full"'
# By kind: thousands of records come after it.
wait_for 60 "and is a record itself" bash -c 'guardctl audit list --kind events.lost -o json | grep -q ring_full'

for bad in "title: [" "title: x
logsource: {product: linux, category: process_creation}
detection: {selection: {Imgae: /x}, condition: selection}" "title: x
logsource: {product: linux, category: process_creation}
detection: {selection: {CommandLine: x}, condition: selection}
guard: {action: blok}"; do
    printf '%s\n' "$bad" > "$work/bad.yml"
    expect_exit 1 "a broken bundle is refused: ${bad:0:12}" guardctl policy push "$work/bad.yml"
    expect_match '*bad.yml([0-9]*,[0-9]*): error GP[0-9][0-9][0-9][0-9]*' "$output" "with file, line, column and id"
done
mkdir "$work/empty"
expect_exit 1 "a directory without rules is refused" guardctl policy push "$work/empty"
truncate -s 100M "$work/huge.yml"
expect_exit 1 "a file of 100 MB is refused" guardctl policy push "$work/huge.yml"
expect_exit 4 "a user who is not in the group is refused" setpriv --reuid "$(id -u alice)" --regid "$(id -g alice)" --clear-groups guardctl status
expect_errno EPERM "and the policy in force stays in force" act open "$work/secret"
expect_equal "$hash" "$(guardctl status -o json | grep -o '"policyHash":"[0-9a-f]*"')" "the very same"
