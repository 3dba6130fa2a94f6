# shellcheck shell=bash
# Many processes decide at once, preempted anywhere: nothing denied gets through, nothing allowed is refused, and every
# denial is in the trail or counted as lost. Sourced by the race scenarios and by the soak, after lib.sh, which has what
# is not set here.
# shellcheck disable=SC2154

race_files() {
    local file
    for file in denied allowed; do
        echo content > "$work/$file"
        cp /usr/lib/guard-tests/noop "$work/$file-tool"
    done
}

# race_rules 1|2 - the same verdicts; the numbers make two bundles of them.
race_rules() {
    cat << RULES
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
RULES
}

# race_mode none|voluntary|full - how the kernel preempts until the scenario ends.
race_mode() {
    if [[ -z ${race_mode_before:-} ]]; then
        race_mode_before=$(grep -o '(.*)' /sys/kernel/debug/sched/preempt | tr -d '()')
        on_exit "echo $race_mode_before > /sys/kernel/debug/sched/preempt"
    fi
    echo "$1" > /sys/kernel/debug/sched/preempt
    expect_output "\($1\)" "the kernel's preemption is $1" cat /sys/kernel/debug/sched/preempt
}

# Sums over what guardd says of itself, by the names of counters.
_status_sum() { grep -o "$1:[0-9]*" "$work/status" | awk -F: '{ sum += $NF } END { print sum + 0 }'; }

_trail_denials() {
    sqlite3 -readonly -cmd '.timeout 20000' /var/lib/guard/trail.db \
        "SELECT count(*) FROM trail WHERE kind LIKE '%.denied' AND rule_id >= '44444444-4444-4444-8444-' AND rule_id < '44444444-4444-4444-8445-'"
}

# race_count - sets $kernel_denied, $recorded and $lost, totals so far.
race_count() {
    guardctl status -o json > "$work/status"
    kernel_denied=$(_status_sum '"denied"')
    lost=$(_status_sum '"decisions\.[a-z_]*"')
    recorded=$(_trail_denials)
}

race_begin() {
    race_count
    base_denied=$kernel_denied base_lost=$lost base_recorded=$recorded worker_denied=0
}

# race_run TEXT open|exec PROCESSES SECONDS
race_run() {
    local text=$1 kind=$2 tool='' json
    [[ $kind == open ]] || tool=-tool
    json=$(act race "$kind" "$3" "$4" "$work/denied$tool" "$work/allowed$tool")
    race_verdicts "$text" "$json"
}

# race_verdicts TEXT JSON - what act race counted; the denials are added to the sum.
race_verdicts() {
    expect_match '*"denied":{"ok":0,"eperm":[1-9]*,"other":0}*' "$2" "$1: nothing denied got through"
    expect_match '*"allowed":{"ok":[1-9]*,"eperm":0,"other":0}*' "$2" "$1: nothing allowed was refused"
    echo "$2"
    worker_denied=$((worker_denied + $(sed -E 's/.*"denied":\{"ok":[0-9]*,"eperm":([0-9]+).*/\1/' <<< "$2")))
}

# race_exact TEXT - since race_begin, as soon as guardd has caught up or stands still: the workers' denials, the kernel's count, and
# records with counted losses are one number.
race_exact() {
    local still=0 accounted=-1
    while ((still < 15)); do
        race_count
        ((recorded - base_recorded + lost - base_lost < worker_denied)) || break
        if ((recorded + lost == accounted)); then
            still=$((still + 1))
        else
            accounted=$((recorded + lost)) still=0
            echo "guardd has $((recorded - base_recorded)) of $worker_denied records, $((lost - base_lost)) are counted as lost"
        fi
        sleep 1
    done
    # A surplus that comes late would be missed otherwise.
    sleep 3
    race_count
    echo "workers $worker_denied, kernel $((kernel_denied - base_denied)), recorded $((recorded - base_recorded)), lost $((lost - base_lost))"
    expect_equal "$worker_denied" "$((kernel_denied - base_denied))" "$1: the kernel counted every denial, once"
    expect_equal "$worker_denied" "$((recorded - base_recorded + lost - base_lost))" "$1: each is in the trail or counted as lost"
}

# race_all SECONDS - every mode, opens of few and of many processes and execs, SECONDS together for each mode.
race_all() {
    local mode part=$((($1 + 2) / 3))
    for mode in none voluntary full; do
        race_mode "$mode"
        race_begin
        race_run "$mode, 8 processes open" open 8 "$part"
        race_run "$mode, 200 processes open" open 200 "$part"
        race_run "$mode, 6 processes exec" exec 6 "$part"
        race_exact "$mode"
    done
    expect_output '"failures":\{\}' "the engine never failed to decide" guardctl status -o json
}
