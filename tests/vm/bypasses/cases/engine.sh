# shellcheck shell=bash disable=SC2154
# Attacks on Guard itself, by root; each ends with the try to execute $D. One after the other: they disturb each other.
pid_file=/run/guard-vm/guardd.pid

# From outside of the attempt's namespaces. A start takes long under emulation: only where something has to be mended.
_renew() {
    guardd_stop
    rm -rf /sys/fs/bpf/guard
    guardd_start > /dev/null
}
after_X17b() { _renew; }
after_X17d() { _renew; }
after_X17e() { sysctl -q kernel.ftrace_enabled=1; }
# It finds what happened while it was away in the rings.
after_X18a() { guardd_start > /dev/null; }
after_X18b() { kill -CONT "$(cat "$pid_file")"; }

# Without rules there is nothing to attack. With them, an attack that could not be made proves nothing: whoever can tell
# returns, and the attempt then neither gets there nor is refused.
_attack() { [[ $control == 1 ]] || "$@"; }

case_X02() {
    act race exec 8 3 "$D" /usr/lib/guard-tests/noop > "$c/flood" &
    sleep 1
    "$D" REACHED
    wait
}
case_X17a() {
    _attack test -d /sys/fs/bpf/guard || return
    _attack rm -r /sys/fs/bpf/guard
    "$D" REACHED
    # The next case kills guardd, and nothing outlives it now.
    _attack sleep 2
}
_kill() {
    local pid
    pid=$(cat "$pid_file")
    kill -9 "$pid" || return
    while kill -0 "$pid" 2> /dev/null; do sleep 0.1; done
}
case_X17b() {
    _attack rm -rf /sys/fs/bpf/guard
    _attack _kill
    # Programs are freed some time after the last reference to them.
    sleep 1
    "$D" REACHED
}
# Prints what was said of each: these links are none that can be detached.
_detach() {
    local link said links
    mapfile -t links < <(bpftool link show | sed -n 's/^\([0-9]*\):.*/\1/p')
    if [[ ${#links[@]} == 0 ]]; then
        echo "there is no link"
        return 1
    fi
    for link in "${links[@]}"; do
        said=$(bpftool link detach id "$link" 2>&1)
        echo "link $link: exit $?, $said"
    done
}
case_X17c() {
    _attack _detach || return
    "$D" REACHED
}
case_X17d() {
    local map
    map=$(bpftool map show | sed -n 's/^\([0-9]*\): array_of_maps *name images .*/\1/p' | head -1)
    _attack bpftool map delete id "$map" key 0 0 0 0
    "$D" REACHED
}
case_X17e() {
    _attack sysctl -q kernel.ftrace_enabled=0
    "$D" REACHED
}
case_X18a() {
    _attack _kill || return
    "$D" REACHED
}
case_X18b() {
    _attack kill -STOP "$(cat "$pid_file")" || return
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
