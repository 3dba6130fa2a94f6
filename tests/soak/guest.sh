# shellcheck shell=bash
# The guest's half of make soak.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

seconds=${SOAK_SECONDS:-1800}
for file in denied allowed; do
    echo content > "$work/$file"
    cp /usr/lib/guard-tests/noop "$work/$file-tool"
done
for n in 1 2; do
    cat > "$work/$n.yml" << EOF
title: Denied $n
id: 77777777-7777-4777-8777-77777777777$n
logsource: {product: linux, category: file_access}
detection: {selection: {TargetFilename: $work/denied}, condition: selection}
guard: {action: block}
---
title: Denied tool $n
id: 77777777-7777-4777-8777-77777777778$n
logsource: {product: linux, category: process_creation}
detection: {selection: {Image: $work/denied-tool}, condition: selection}
guard: {action: block}
EOF
done
push_policy "rules go live" "$work/1.yml"

nice -n 19 act race open 4 "$seconds" "$work/denied" "$work/allowed" > "$work/opens" &
opens=$!
nice -n 19 act race exec 2 "$seconds" "$work/denied-tool" "$work/allowed-tool" > "$work/execs" &
execs=$!
rounds=0
while kill -0 "$opens" 2> /dev/null; do
    guardctl policy push "$work/$((rounds % 2 + 1)).yml" > /dev/null 2>&1
    if ((rounds % 3 == 2)); then
        guardd_stop KILL
        # shellcheck disable=SC2119 # no arguments here
        guardd_start > /dev/null 2>&1
    fi
    rounds=$((rounds + 1))
    echo "soak: round $rounds, $SECONDS of $seconds s"
done
wait "$opens" "$execs"
for kind in opens execs; do
    expect_match '*"denied":{"ok":0,*' "$(cat "$work/$kind")" "$kind: nothing denied got through"
    expect_match '*"allowed":{"ok":*,"eperm":0,"other":0}*' "$(cat "$work/$kind")" "$kind: nothing allowed was refused"
    cat "$work/$kind"
done
wait_for 120 "Guard is enforcing" bash -c 'guardctl status -o json | grep -q "\"state\":\"enforcing\""'
expect_output '"failures":\{\}' "the engine never failed to decide" guardctl status -o json
((failures == 0))
