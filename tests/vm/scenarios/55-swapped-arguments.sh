# shellcheck shell=bash
# guest:
# timeout: 480
# when: long 6.12
# Arguments that are not in memory when the exec is checked: who arranges that gains nothing. The program is killed before
# its first instruction, and one that is allowed runs. Last of its boot: what it has counted as failures stays counted.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

swap=$work/swap group=/sys/fs/cgroup/guard-test
if ! grep -qw memory /sys/fs/cgroup/cgroup.controllers 2> /dev/null; then
    mount -t cgroup2 none /sys/fs/cgroup 2> /dev/null
fi
dd if=/dev/zero of="$swap" bs=1M count=64 status=none
chmod 600 "$swap"
mkswap "$swap" > /dev/null
if ! swapon "$swap"; then
    skip "swap on a file" "this guest has none"
    exit
fi
on_exit "swapoff $swap"
echo +memory > /sys/fs/cgroup/cgroup.subtree_control
mkdir -p "$group"
echo 1800K > "$group/memory.max"

tool=$work/tool
cp /usr/lib/guard-tests/noop "$tool"
chmod 4755 "$tool"
squeezed() { # BYTES ARGUMENT... - the tool with them, in too little memory
    bash -c 'echo $$ > "$1/cgroup.procs"; shift; exec act exec-long "$@"' - "$group" "$@"
}

expect_errno OK "control: a program with little memory runs" squeezed 1900000 "$tool" 0
script=$work/script
printf '#!%s\n' "$tool" > "$script"
chmod 755 "$script"
expect_errno OK "control: a script too" squeezed 1900000 "$script" 0
push_rules "a rule on CommandLine goes live" <<EOF
title: Secret plan
id: 13131313-1111-4111-8111-111111111121
logsource: {product: linux, category: process_creation}
detection: {selection: {Image: $tool, ImageProperties: setuid, CommandLine|contains: secret-plan}, condition: selection}
guard: {action: block}
---
title: Secret script
id: 13131313-1111-4111-8111-111111111122
logsource: {product: linux, category: process_creation}
detection: {selection: {Image: $script, CommandLine|contains: secret-plan}, condition: selection}
guard: {action: block}
EOF
killed=0 refused=0 ran=0
for _ in 1 2 3 4 5 6; do
    out=$(squeezed 1900000 "$tool" secret-plan 2>&1)
    case $out in
        *'"signal":9'*) killed=$((killed + 1)) ;;
        *EPERM*) refused=$((refused + 1)) ;;
        *) ran=$((ran + 1)) && echo "$out" ;;
    esac
done
echo "killed $killed, refused $refused"
expect_equal 0 "$ran" "none of them ran"
expect_match '[1-9]' "$killed" "some were killed, because their arguments had been swapped out"
expect_output "\"bprm_committed_creds\",\"decisions\":[1-9][0-9]*,\"denied\":$killed," "each kill is counted" guardctl status -o json
audit_has "and recorded as one" exec.denied '"verdict":"kill"' '"imageProperties":["setuid"]' 13131313-1111-4111-8111-111111111121
ran=0
for _ in 1 2 3 4 5 6; do
    out=$(squeezed 1900000 "$script" secret-plan 2>&1)
    [[ $out == *EPERM* || $out == *'"signal":9'* ]] || { ran=$((ran + 1)) && echo "$out"; }
done
expect_equal 0 "$ran" "no script ran, whose decision its interpreter's would have taken the place of"
expect_output '"bprm_check_security.script_unread":[1-9]' "that is counted by its reason" guardctl status -o json
expect_errno OK "what no rule speaks of runs, with as little memory" squeezed 1900000 "$tool" 0
expect_output '"failures":\{"bprm_check_security.script_unread":[0-9]+\}' "the engine never failed to decide otherwise" guardctl status -o json
