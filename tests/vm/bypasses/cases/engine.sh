# shellcheck shell=bash disable=SC2154
# Attacks on Guard itself, by root; each ends with the try to execute $D. One after the other: they disturb each other.
pid_file=/run/guard-vm/guardd.pid

# From outside of the attempt's namespaces; what was frozen goes on first.
_renew() {
    guardd_stop KILL
    mountpoint -q /sys/fs/bpf || mount -t bpf -o mode=700 bpf /sys/fs/bpf
    guardd_start > /dev/null
}
after_X17a() { _renew; }
after_X17b() { _renew; }
after_X17c() { _renew; }
after_X18a() { _renew; }
after_X18b() { kill -CONT "$(cat "$pid_file")"; }

_attack() { [[ $control == 1 ]] || "$@"; }

case_X02() {
    act race exec 8 3 "$D" /usr/lib/guard-tests/noop > "$c/flood" &
    sleep 1
    "$D" REACHED
    wait
}
case_X17a() {
    _attack rm -r /sys/fs/bpf/guard
    "$D" REACHED
}
_kill() {
    local pid
    pid=$(cat "$pid_file")
    kill -9 "$pid"
    while kill -0 "$pid" 2> /dev/null; do sleep 0.1; done
}
case_X17b() {
    _attack rm -r /sys/fs/bpf/guard
    _attack _kill
    # Programs are freed some time after the last reference to them.
    sleep 1
    "$D" REACHED
}
_detach() {
    local link
    bpftool link show | sed -n 's/^\([0-9]*\):.*/\1/p' | while read -r link; do
        bpftool link detach id "$link"
    done
    # Links of tracing can't be detached, only let go of.
}
case_X17c() {
    _attack _detach
    "$D" REACHED
}
case_X18a() {
    _attack _kill
    "$D" REACHED
}
case_X18b() {
    _attack kill -STOP "$(cat "$pid_file")"
    "$D" REACHED
}
case_X40() {
    local name=$'x\nREACHED \e[31m' tries
    cp "$D" "$gb/$name"
    act exec "$gb/$name"
    # What a reader without care prints.
    [[ $control == 0 ]] || printf '%s\n' "$gb/$name"
    for ((tries = 0; control == 0 && tries < 40; tries++)); do
        guardctl audit list --limit 20 > "$c/trail"
        grep -q 'gb/x' "$c/trail" && break
        sleep 0.3
    done
    [[ $control == 1 ]] || cat "$c/trail"
    if [[ $control == 0 ]] && grep -q $'\e' "$c/trail"; then
        echo REACHED
    fi
}
