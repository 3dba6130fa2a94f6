# shellcheck shell=bash
# guest:
# timeout: 150
# when: long
# Users other than root can't fill the table of programs: what they start then is not known after a push, what root starts is.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

act=/usr/lib/guard-tests/act
alice=$(id -u alice)
echo content > "$work/file"
chmod 644 "$work/file"
start() { # NAME ACTION... - waits, then opens the file
    mkfifo "$work/$1"
    chmod 644 "$work/$1"
    "$act" "${@:2}" exec "$act" after "$work/$1" open "$work/file" > "$work/$1.out" &
    wait_for 20 "$1 waits" grep -q waiting "$work/$1.out"
}
start before as "$alice"
expect_errno OK "seven eighths of the table are taken" act crowd 57344
on_exit "act crowd -57344 > /dev/null"
start user as "$alice"
start root child
push_rules "a rule with an exclusion goes live" << RULES
title: Known programs alone
id: 14141414-2222-4111-8111-111111111121
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename: $work/file}
    filter_known: {Image: [$act, /usr/bin/cat]}
    condition: selection and not filter_known
guard: {action: block, on_unknown: deny}
RULES
for name in before user root; do
    let_go "$work/$name"
done
wait_for 20 "what alice runs since before is known" grep -q '"action":"open".*"OK"' "$work/before.out"
wait_for 20 "what she has started since is not" grep -q EPERM "$work/user.out"
wait_for 20 "what root has started is" grep -q '"action":"open".*"OK"' "$work/root.out"
expect_ok "the rules are taken out" guardctl policy remove --all
expect_errno OK "then alice may" act as "$alice" open "$work/file"
