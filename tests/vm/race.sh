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

# race_cpus 1|2 - how many the kernel uses until the scenario ends.
race_cpus() {
    local online=/sys/devices/system/cpu/cpu1/online
    on_exit "echo 1 > $online"
    echo "$(($1 - 1))" > "$online"
    expect_equal "$1" "$(nproc)" "the kernel uses $1 CPUs"
}

# Sums over what guardd says of itself, by the names of counters.
_status_sum() { grep -o "$1:[0-9]*" "$work/status" | awk -F: '{ sum += $NF } END { print sum + 0 }'; }

_trail_denials() {
    sqlite3 -readonly -cmd '.timeout 20000' /var/lib/guard/trail.db \
        "SELECT count(*) FROM trail WHERE kind LIKE '%.denied' AND rule_id >= '44444444-4444-4444-8444-' AND rule_id < '44444444-4444-4444-8445-'"
}

# _hook_denied open|exec - hooks of files are named so, all others are of programs.
_hook_denied() {
    local pattern='"hook":"(file|inode|path|mmap)_'
    grep -o '"hook":"[^}]*' "$work/status" | { if [[ $1 == open ]]; then grep -E "$pattern"; else grep -Ev "$pattern"; fi; } |
        grep -o '"denied":[0-9]*' | awk -F: '{ sum += $NF } END { print sum + 0 }'
}

# race_count - sets $kernel_open, $kernel_exec, $recorded, $lost, $tests_open and $tests_exec, totals so far.
race_count() {
    guardctl status -o json > "$work/status"
    kernel_open=$(_hook_denied open)
    kernel_exec=$(_hook_denied exec)
    lost=$(_status_sum '"decisions\.[a-z_]*"')
    recorded=$(_trail_denials)
    tests_open=$(_status_sum '"selfTestOpens"')
    tests_exec=$(_status_sum '"selfTestExecs"')
}

race_begin() {
    race_count
    base_open=$kernel_open base_exec=$kernel_exec base_lost=$lost base_recorded=$recorded
    base_tests_open=$tests_open base_tests_exec=$tests_exec
    worker_open=0 worker_exec=0
}

# race_run TEXT open|exec PROCESSES SECONDS
race_run() {
    local text=$1 kind=$2 tool='' json race_refused
    [[ $kind == open ]] || tool=-tool
    json=$(act race "$kind" "$3" "$4" "$work/denied$tool" "$work/allowed$tool")
    race_verdicts "$text" "$json"
    if [[ $kind == open ]]; then
        worker_open=$((worker_open + race_refused))
    else
        worker_exec=$((worker_exec + race_refused))
    fi
}

# race_verdicts TEXT JSON - what act race counted, number by number: a pattern of the shell runs on into the next one. Sets
# $race_refused, how often the denied was refused.
race_verdicts() {
    local counts='\{"ok":([0-9]+),"eperm":([0-9]+),"other":([0-9]+)\}' pattern counted=()
    pattern="\"denied\":$counts,\"allowed\":$counts\\}\$"
    if [[ $2 =~ $pattern ]]; then
        counted=("${BASH_REMATCH[@]:1}")
    fi
    race_refused=${counted[1]:-0}
    if [[ ${counted[0]:-} == 0 && ${counted[1]} -gt 0 && ${counted[2]} == 0 ]]; then
        ok "$1: nothing denied got through"
    else
        not_ok "$1: nothing denied got through" "$2"
    fi
    if [[ ${counted[3]:-0} -gt 0 && ${counted[4]} == 0 && ${counted[5]} == 0 ]]; then
        ok "$1: nothing allowed was refused"
    else
        not_ok "$1: nothing allowed was refused" "$2"
    fi
    echo "$2"
}

# guardd tests itself: opens every few seconds, execs more rarely. What it saw refused is in no trail, and guardd says how
# often that was: so both hooks have exactly that surplus over the workers. Of these events some may be lost.
_race_surpluses() {
    open=$((kernel_open - base_open - worker_open)) exec=$((kernel_exec - base_exec - worker_exec))
    own_open=$((tests_open - base_tests_open)) own_exec=$((tests_exec - base_tests_exec))
    ((open == own_open && exec == own_exec))
}

_race_surplus() { # TEXT
    local open exec own_open own_exec
    local workers=$((worker_open + worker_exec)) accounted=$((recorded - base_recorded + lost - base_lost))
    if _race_surpluses; then
        ok "$1: the kernel counted every denial, once"
    else
        not_ok "$1: the kernel counted every denial, once" "$open opens and $exec execs more than the workers, self-tests $own_open and $own_exec"
    fi
    echo "workers $worker_open opens and $worker_exec execs, kernel $open and $exec more, recorded $((recorded - base_recorded)), lost $((lost - base_lost)), self-tests $own_open and $own_exec"
    if ((accounted >= workers && accounted <= workers + own_open + own_exec)); then
        ok "$1: each is in the trail or counted as lost"
    else
        not_ok "$1: each is in the trail or counted as lost" "$accounted, not $workers"
    fi
    # Of self-tests some may be counted as lost, none is recorded.
    if ((recorded - base_recorded <= workers)); then
        ok "$1: none is in the trail twice"
    else
        not_ok "$1: none is in the trail twice" "$((recorded - base_recorded)) records of $workers denials"
    fi
}

# race_exact TEXT - since race_begin, as soon as guardd has caught up or stands still: the workers' denials, the
# kernel's count, and records with counted losses are one number.
race_exact() {
    local open exec own_open own_exec tries
    local still=0 accounted=-1 workers=$((worker_open + worker_exec))
    while ((still < 15)); do
        race_count
        ((recorded - base_recorded + lost - base_lost < workers)) || break
        if ((recorded + lost == accounted)); then
            still=$((still + 1))
        else
            accounted=$((recorded + lost)) still=0
            echo "guardd has $((recorded - base_recorded)) of $workers records, $((lost - base_lost)) are counted as lost"
        fi
        sleep 2
    done
    # A surplus that comes late would be missed otherwise.
    sleep 3
    race_count
    for ((tries = 0; tries < 5; tries++)); do
        ! _race_surpluses || break
        # In the middle of a self-test: the kernel has counted what guardd has not.
        sleep 1
        race_count
    done
    _race_surplus "$1"
}

# race_modes SECONDS MANY - every mode, opens of few and of many processes and execs, SECONDS together for each mode.
race_modes() {
    local mode part=$((($1 + 2) / 3))
    for mode in none voluntary full; do
        race_mode "$mode"
        race_run "$mode, 8 processes open" open 8 "$part"
        race_run "$mode, $2 processes open" open "$2" "$part"
        race_run "$mode, 6 processes exec" exec 6 "$part"
    done
}

# race_all SECONDS MANY MANY-ON-ONE - on two CPUs and on one, which takes long to start many processes. The counts are
# compared once: guardd needs a while for a full ring.
race_all() {
    race_begin
    race_cpus 2
    race_modes "$1" "$2"
    race_cpus 1
    race_modes "$1" "$3"
    race_exact "all together"
    expect_output '"failures":\{\}' "the engine never failed to decide" guardctl status -o json
}
