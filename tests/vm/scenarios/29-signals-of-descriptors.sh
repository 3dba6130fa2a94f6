# shellcheck shell=bash
# guest:
# timeout: 300
# when: long
# A signal that a descriptor sends (F_SETOWN, F_SETSIG, FIOSETOWN, SIOCSPGRP) is one that the process sends which says so.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

cp "$(command -v sleep)" "$work/victim"
"$work/victim" 600 &
victim=$!
(trap '' SIGIO; exec sleep 600) &
bystander=$!
on_exit "kill -9 $victim $bystander 2> /dev/null"
wait_for 20 "the victim runs" bash -c "[[ \$(readlink /proc/$victim/exe) == $work/victim ]]"
runs() { kill -0 "$victim" && ! grep -q '^State:.*[TZ]' "/proc/$victim/status"; }

# expect ERRNO WHEN - by a signal that does nothing. Where the process is named in memory, it is known when the signal is set.
expect() {
    expect_errno "$1" "$2: F_SETOWN" act descriptor-kill "$victim" 18
    expect_errno "$1" "$2: F_SETOWN_EX" act descriptor-kill-ex "$victim" 18
    expect_errno "$1" "$2: FIOSETOWN" act descriptor-kill-ioctl "$victim" 18
    expect_errno "$1" "$2: SIOCSPGRP" act descriptor-kill-socket "$victim" 18
}

expect OK "control, without a rule"
push_rules "a rule on signals to the victim goes live" << RULES
title: Signals to the victim
id: 29292929-1111-4000-8000-000000000001
logsource: {product: linux, category: process_signal}
detection: {selection: {TargetImage: $work/victim}, condition: selection}
guard: {action: block}
RULES
expect EPERM "by the program"
expect_errno EPERM "by its number in another namespace" unshare --pid --fork --mount-proc bash -c "'$work/victim' 60 & sleep 2; act descriptor-kill \$! 18"
expect_errno OK "others get them" act descriptor-kill "$bystander" 28
expect_errno OK "a process names itself" act descriptor-own
audit_has "the trail has it with its target" operation.denied 29292929-1111-4000-8000-000000000001 '"operation":"process_signal"' '"Signal":"SIGIO"' "\"TargetPid\":\"$victim\"" "$work/victim"

push_rules "a rule on some signals goes live" << RULES
title: Some signals to the victim
id: 29292929-1111-4000-8000-000000000002
logsource: {product: linux, category: process_signal}
detection: {selection: {TargetImage: $work/victim, Signal: [SIGKILL, SIGCONT]}, condition: selection}
guard: {action: block}
RULES
expect EPERM "by the program and the signal"
expect_errno EPERM "nobody is killed so" act descriptor-kill "$victim" 9
expect_ok "and the victim runs" runs
expect_errno OK "other signals are free" act descriptor-kill "$victim" 28

push_rules "the same rule with on_unknown: deny goes live" << RULES
title: Some signals to the victim
id: 29292929-1111-4000-8000-000000000003
logsource: {product: linux, category: process_signal}
detection: {selection: {TargetImage: $work/victim, Signal: [SIGIO, SIGCONT]}, condition: selection}
guard: {action: block, on_unknown: deny}
RULES
expect EPERM "on_unknown: deny"
expect_errno OK "others get signals by their numbers" act descriptor-kill "$bystander" 0
expect_errno EPERM "not where the number stands in memory" act descriptor-kill-ex "$bystander" 0
expect_errno EPERM "nor by an ioctl" act descriptor-kill-ioctl "$bystander" 0
expect_errno OK "a process names itself still, with a signal" act descriptor-own 18
audit_has "the trail has that the target was not known" operation.denied 29292929-1111-4000-8000-000000000003 '"unknown"'

expect_ok "rules can be taken out" guardctl policy remove --all
expect OK "after removal"
expect_errno OK "without a rule it is killed" act descriptor-kill "$victim" 9
wait_for 20 "and has ended" bash -c "! kill -0 $victim 2> /dev/null || grep -q '^State:.*Z' /proc/$victim/status"
