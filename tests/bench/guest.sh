#!/bin/bash
# The measurements, inside a guest that was booted with --icount --no-guardd.
#     guest.sh guard BENCH RULES...   nothing, then Guard with each of the policies
#     guest.sh peers BENCH            nothing, then what Guard is compared with
# Prints lines of
#     result<TAB>state<TAB>operation<TAB>minimum<TAB>median
#     verifier<TAB>program<TAB>instructions<TAB>states
#     note<TAB>text
# and what it does as lines that begin with #.
set -euo pipefail

part=$1 bench=$2
shift 2
# 6 components, the fresh files as well: /var/lib/guard-bench/a/NN/NNN.
work=/var/lib/guard-bench
seen=$work/a/00/000
library=$work/a/00/library
fresh_files=400
states=0

log() { echo "# [$SECONDS s] $*"; }
note() { printf 'note\t%s\n' "$*"; }

# prepare - files that no state before this one has opened, looked up so that
# the kernel has their dentries and inodes already: it is Guard that has not
# seen them. Sets $fresh.
prepare() {
    local i
    states=$((states + 1))
    fresh=$work/a/$(printf '%02d' "$states")
    mkdir -p "$fresh"
    for ((i = 0; i < fresh_files; i++)); do
        echo content > "$fresh/$(printf '%03d' "$i")"
    done
    sync
    "$work/measure" --look "$fresh" "$fresh_files"
}

measure() {
    log "measuring: $1"
    "$work/measure" "$seen" "$library" "$fresh" "$fresh_files" /bin/true | sed "s|^|result\t$1\t|"
}

# Numbers of one kind in guardd's status, added up.
status_sum() { guardctl status -o json | grep -o "\"$1\":[0-9]*" | awk -F: '{ sum += $2 } END { print sum + 0 }'; }

# No rule may speak of what is measured: that would be another price.
control() {
    local before after
    # A self-test between the two counts as well: what a rule says, it says each time.
    for _ in 1 2 3; do
        before=$(($(status_sum denied) + $(status_sum audited)))
        "$work/measure" --once "$seen" "$library" /bin/true
        after=$(($(status_sum denied) + $(status_sum audited)))
        [[ $before != "$after" ]] || return 0
    done
    note "$1: a rule speaks of what is measured; the figures are too high"
    guardctl audit list --limit 8
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

# guard_state NAME [FOLDER]
guard_state() {
    local pushed
    if [[ -s ${2:-}/refused ]]; then
        log "not measured: $1 (this build refuses it)"
        return
    fi
    prepare
    log "starting guardd for $1"
    # On 6.1, guardd with forty programs was not ready after 180 s by the clock of such a guest.
    GUARDD_START_TIMEOUT=900 /run/guard-vm/guardd-start
    if [[ -n ${2:-} ]] && ! pushed=$(guardctl policy push "$2" 2>&1); then
        note "$1 is not measured: $(tail -n 1 <<< "$pushed")"
        stop_guardd
        return
    fi
    control "$1"
    stop_guardd
    measure "$1"
}

guard_part() {
    local folder
    prepare
    measure nothing
    log "what the verifier spent on each program"
    bpf-load cost /usr/lib/guard/bpf/guard.bpf.o | sed 's|^|verifier\t|'
    guard_state rules-0
    for folder in "$@"; do
        guard_state "${folder##*/}" "$folder"
    done
}

empty_program() {
    local loader
    prepare
    bpf-load attach "$work/empty.bpf.o" > "$work/attached" &
    loader=$!
    until grep -q attached "$work/attached"; do
        kill -0 "$loader" 2> /dev/null || { note "empty-program is not measured: it does not attach" && return; }
        sleep 0.1
    done
    measure empty-program
    kill "$loader"
    wait "$loader" 2> /dev/null || true
}

# Its profile allows what measure does and nothing else.
apparmor() {
    if [[ $(cat /sys/module/apparmor/parameters/enabled 2> /dev/null) != Y ]] || ! command -v apparmor_parser > /dev/null; then
        note "apparmor is not measured: the kernel has it not enabled, or the guest has no apparmor_parser"
        return
    fi
    prepare
    cat > "$work/profile" << PROFILE
$work/measure {
  $work/** r,
  $seen-* rw,
  $work/{measure,a/00/library} mr,
  network inet,
  /{usr/,}bin/true mrix,
  /{usr/,}lib{,32,64}/** mr,
  /etc/ld.so.cache r,
}
PROFILE
    if ! apparmor_parser --replace "$work/profile" || ! grep -q "^$work/measure (enforce)" /sys/kernel/security/apparmor/profiles; then
        note "apparmor is not measured: the profile does not load"
        return
    fi
    measure apparmor
    apparmor_parser --remove "$work/profile"
}

# A watch for writes on the directory whose files are read: no record is written,
# as no rule of Guard matches. Last of all: a kernel that has audited once gives
# every new task an audit context until it boots again.
audit() {
    local tries
    if ! command -v auditd > /dev/null; then
        note "auditd is not measured: it is not installed"
        return
    fi
    mkdir -p /var/log/audit
    auditd -n > "$work/auditd.log" 2>&1 &
    for ((tries = 0; tries < 100; tries++)); do
        ! auditctl -s 2> /dev/null | grep -Eq '^pid [1-9]' || break
        sleep 0.2
    done
    auditctl -D > /dev/null
    if ! auditctl -e 1 > /dev/null || ! auditctl -w "$work" -p wa -k guard-bench; then
        note "auditd is not measured: $(tail -n 1 "$work/auditd.log")"
        return
    fi
    prepare
    measure auditd-watch
    auditctl -D > /dev/null
}

# On the guest's own disk: a share is another file system, with its own costs.
mkdir -p "${seen%/*}"
cp "$bench/measure" "$bench/empty.bpf.o" "$work/"
echo content > "$seen"
cp -L "/lib/$(uname -m)-linux-gnu/libc.so.6" "$library"
# The layout of an address space decides how many page tables a fork copies:
# the same layout every time, or forks differ by several per cent.
echo 0 > /proc/sys/kernel/randomize_va_space
sync
# Guard remembers no file that has changed within the last minute.
sleep 61

case $part in
    guard) guard_part "$@" ;;
    peers)
        prepare
        measure nothing-again
        empty_program
        apparmor
        audit
        ;;
    *) exit 2 ;;
esac
log "done"
