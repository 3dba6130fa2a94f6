# shellcheck shell=bash
# guest: --systemd
# timeout: 600
# when: long
# What root can do to enforcement from outside is seen within seconds, said with its cause, and recovered from.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

echo content > "$work/denied"
on_exit "sysctl -q kernel.ftrace_enabled=1"
push_rules "a rule goes live" << EOF
title: Denied
id: 65656565-0000-4000-8000-000000000001
logsource: {product: linux, category: file_access}
detection: {selection: {TargetFilename: $work/denied}, condition: selection}
guard: {action: block}
EOF

has_state() { guardctl status -o json | grep -q "\"state\":\"$1\""; }
now_ms() { date +%s%3N; }

# switch TEXT COMMAND... - leaves in $from and $to when it was made, in ms.
switch() {
    from=$(now_ms)
    expect_ok "$@"
    to=$(now_ms)
}

# guardd proves itself every 3 s (EngineHealth.cs): a proof that has begun before the switch may miss it, so that the next
# one finds it, and 5 s are for a slow guest.
changed_in_time() { # STATE TEXT - by the time of the record: to ask guardctl takes long here.
    local at
    wait_for 40 "$2: $1" has_state "$1"
    at=$(sqlite3 -readonly -cmd '.timeout 20000' /var/lib/guard/trail.db \
        "SELECT record FROM trail WHERE kind = 'engine.state' AND record LIKE '%\"to\":\"$1\"%' ORDER BY seq DESC LIMIT 1" |
        grep -o '"time":"[^"]*"' | head -1 | cut -d'"' -f4)
    at=$(date -d "$at" +%s%3N)
    echo "$1 after $((at - to)) ms"
    if ((at >= from && at <= to + 2 * 3000 + 5000)); then
        ok "$2: within 11 s (two intervals between proofs, and 5 s)"
    else
        not_ok "$2: within 11 s (two intervals between proofs, and 5 s)" "after $((at - to)) ms, of $from to $to"
    fi
}
reason() { # PATTERN TEXT
    expect_output "$1" "$2" guardctl status -o json
}
pins() { find /sys/fs/bpf/guard -type f 2> /dev/null | wc -l; }

wait_for 40 "Guard is enforcing" has_state enforcing
expect_errno EPERM "the rule holds" act open "$work/denied"

switch "ftrace is switched off" sysctl -q kernel.ftrace_enabled=0
expect_errno OK "and with it every LSM program" act open "$work/denied"
changed_in_time degraded "ftrace off"
reason 'kernel.ftrace_enabled is 0.*sysctl kernel.ftrace_enabled=1' "the reason says what to do"
expect_exit 6 "doctor says that nothing is enforced" guardctl doctor
switch "it is switched on again" sysctl -q kernel.ftrace_enabled=1
changed_in_time enforcing "ftrace on"
expect_errno EPERM "the rule holds again" act open "$work/denied"

all=$(pins)
rm /sys/fs/bpf/guard/*/link_*
wait_for 40 "the pins are back" bash -c "[[ \$(find /sys/fs/bpf/guard -type f | wc -l) == $all ]]"
audit_has "the trail says that they were removed" engine.state 'pins were removed' 'pinned anew'
wait_for 40 "Guard is enforcing" has_state enforcing
expect_ok "the service stops" systemctl stop guardd
expect_errno EPERM "what was pinned anew enforces without guardd" act open "$work/denied"
expect_ok "and starts" systemctl start guardd
wait_for 40 "Guard is enforcing again" has_state enforcing

switch "something is mounted above the pins" mount -t tmpfs none /sys/fs/bpf/guard
changed_in_time degraded "a mount above"
reason 'mounted above /sys/fs/bpf/guard' "the reason names it"
expect_errno EPERM "the rule holds all the same" act open "$work/denied"
switch "it goes" umount /sys/fs/bpf/guard
changed_in_time enforcing "without the mount"

switch "the bpffs is unmounted" umount -l /sys/fs/bpf
changed_in_time degraded "no bpffs"
reason 'no bpffs.*mount -t bpf bpf /sys/fs/bpf' "the reason says what to do"
expect_errno EPERM "the rule holds while guardd runs" act open "$work/denied"
expect_ok "it is mounted again" mount -t bpf bpf /sys/fs/bpf
wait_for 40 "guardd pins anew" bash -c "[[ \$(find /sys/fs/bpf/guard -type f | wc -l) == $all ]]"
wait_for 40 "Guard is enforcing once more" has_state enforcing
expect_ok "the service stops" systemctl stop guardd
expect_errno EPERM "and what is pinned in the new file system enforces" act open "$work/denied"
expect_ok "the service starts" systemctl start guardd
audit_has "it goes on with what the kernel enforces" engine.started 'goes on with'

stopped=$(guardd_pid)
kill -STOP "$stopped"
expect_errno EPERM "guardd is stopped by a signal: the rule holds" act open "$work/denied"
wait_for 150 "systemd's watchdog starts another" bash -c "pid=\$(systemctl show -p MainPID --value guardd); [[ \$pid != 0 && \$pid != $stopped ]]"
expect_errno EPERM "the rule holds" act open "$work/denied"
wait_for 60 "and Guard is enforcing" has_state enforcing

expect_ok "rules can be taken out" guardctl policy remove --all
expect_errno OK "then the file opens" act open "$work/denied"
