#!/bin/bash
# The measurements, inside a guest that was booted with --icount --no-guardd.
# Prints lines of
#     result<TAB>state<TAB>operation<TAB>minimum<TAB>median
#     verifier<TAB>program<TAB>instructions<TAB>states
# and what it does as lines that begin with #.
set -euo pipefail

bench=$1 source=$2
deep=/var/lib/guard-bench/a/b/file
flat=/var/guard-bench/file

log() { echo "# $*"; }

measure() {
    log "measuring: $1"
    "$work/measure" "$deep" "$flat" "$work/empty-program" |
        sed "s|^|result\t$1\t|"
}

# Stopped while measuring: what Guard enforces stays, and user space that wakes
# up now and then does not disturb the count.
stop_guardd() {
    local pid
    pid=$(cat /run/guard-vm/guardd.pid)
    kill -TERM "$pid"
    while kill -0 "$pid" 2> /dev/null; do
        sleep 0.1
    done
    [[ -e /sys/fs/bpf/guard ]] || { echo "nothing of Guard stayed in the kernel" >&2 && exit 1; }
}

# state NAME RULES
state() {
    local rules=/var/lib/guard-bench/rules-$2
    log "starting guardd"
    /run/guard-vm/guardd-start
    if [[ $2 -gt 0 ]]; then
        mkdir -p "$rules"
        bash "$source/rules.sh" "$2" > "$rules/rules.yml"
        if ! guardctl policy push "$rules"; then
            log "not measured: $1 (the policy was refused)"
            stop_guardd
            return
        fi
    fi
    stop_guardd
    measure "$1"
}

# On the guest's own disk: a share is another file system, with its own costs.
work=/var/lib/guard-bench
mkdir -p "${deep%/*}" "${flat%/*}"
cp "$bench/measure" "$bench/empty-program" "$bench/empty.bpf.o" "$work/"
echo content > "$deep"
echo content > "$flat"
sync
# Guard remembers no file that has changed within the last minute.
sleep 61

measure nothing
bpf-load attach "$work/empty.bpf.o" > "$work/attached" &
loader=$!
until grep -q attached "$work/attached"; do
    kill -0 "$loader" 2> /dev/null || { echo "the empty program does not attach" >&2 && exit 1; }
    sleep 0.1
done
measure empty-program
kill "$loader"
wait "$loader" 2> /dev/null || true
log "what the verifier spent on each program"
bpf-load cost /usr/lib/guard/bpf/guard.bpf.o | sed 's|^|verifier\t|'
for rules in 0 1 100 1000; do
    state "rules-$rules" "$rules"
done
