# shellcheck shell=bash
# guest: --append preempt=full
# timeout: 300
# Many processes decide at once on few CPUs, preempted anywhere, while policies change: nothing denied gets through,
# nothing allowed is refused.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

expect_output '\(full\)' "the kernel preempts everywhere" cat /sys/kernel/debug/sched/preempt
for file in denied allowed; do
    echo content > "$work/$file"
    cp /usr/lib/guard-tests/noop "$work/$file-tool"
done
rules() { # extra title
    cat <<EOF
title: Denied $1
id: 44444444-4444-4444-8444-44444444444$1
logsource: {product: linux, category: file_access}
detection: {selection: {TargetFilename: $work/denied}, condition: selection}
guard: {action: block}
---
title: Denied tool $1
id: 44444444-4444-4444-8444-44444444445$1
logsource: {product: linux, category: process_creation}
detection: {selection: {Image: $work/denied-tool}, condition: selection}
guard: {action: block}
EOF
}
rules 2 > "$work/two.yml"
rules 1 > "$work/one.yml"
push_policy "rules go live" "$work/one.yml"

clean() { # KIND TEXT JSON
    expect_match '*"denied":{"ok":0,*' "$3" "$2: nothing denied got through"
    expect_match '*"allowed":{"ok":*,"eperm":0,"other":0}*' "$3" "$2: nothing allowed was refused"
    echo "$3"
}
clean open "8 processes open" "$(act race open 8 10 "$work/denied" "$work/allowed")"
clean open "200 processes open" "$(act race open 200 10 "$work/denied" "$work/allowed")"
clean exec "6 processes exec" "$(act race exec 6 12 "$work/denied-tool" "$work/allowed-tool")"

(while :; do guardctl policy push "$work/two.yml"; guardctl policy push "$work/one.yml"; done > "$work/pushes" 2>&1) &
swapper=$!
clean open "policies change meanwhile" "$(nice -n 19 act race open 8 60 "$work/denied" "$work/allowed")"
kill "$swapper" 2> /dev/null
wait "$swapper" 2> /dev/null
pushes=$(grep -c 'in force' "$work/pushes")
expect_match '[1-9]*' "$pushes" "policies changed while they ran"
expect_output '"failures":\{\}' "the engine never failed to decide" guardctl status -o json
