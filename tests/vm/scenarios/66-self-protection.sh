# shellcheck shell=bash
# guest: --systemd
# timeout: 600
# when: long
# The policies of /usr/share/guard/policies/self-protection: what would switch Guard off is refused to root, and systemd,
# guardctl and dpkg go on working.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

has_state() { guardctl status -o json | grep -q "\"state\":\"$1\""; }
wait_for 60 "Guard is enforcing" has_state enforcing
echo content > "$work/denied"
cp -r /usr/share/guard/policies/self-protection "$work/bundle"
cat > "$work/bundle/denied.yml" << RULES
title: Denied
id: 66666666-0000-4000-8000-000000000001
logsource: {product: linux, category: file_access}
detection: {selection: {TargetFilename: $work/denied}, condition: selection}
guard: {action: block}
RULES
expect_ok "policy check accepts them" guardctl policy check "$work/bundle"
push_policy "they go live" "$work/bundle"
guardd=$(guardd_pid)
unit=/sys/fs/cgroup/system.slice/guardd.service
pins() { find /sys/fs/bpf/guard -type f | wc -l; }
all=$(pins)

expect_errno EPERM "guardd is not killed" act kill "$guardd" 9
expect_errno EPERM "nor stopped" act kill "$guardd" 19
expect_errno EPERM "nor by a pidfd" act pidfd-kill "$guardd" 15
expect_errno EPERM "nor traced" act ptrace "$guardd"
expect_errno EACCES "its memory is not written" act write-memory "$guardd"
expect_errno EPERM "its descriptors are not taken" act steal "$guardd" 3
expect_errno EPERM "its cgroup is not frozen" act open "$unit/cgroup.freeze" write
expect_errno EPERM "nor killed" act open "$unit/cgroup.kill" write
expect_errno EPERM "kernel.ftrace_enabled is not written" act open /proc/sys/kernel/ftrace_enabled write
expect_errno EPERM "the bpffs is not unmounted" act umount /sys/fs/bpf
expect_exit 32 "nor lazily" umount -l /sys/fs/bpf
expect_exit 32 "nor with /sys" umount -l /sys
expect_errno EPERM "nothing is mounted over the pins" act mount tmpfs /sys/fs/bpf/guard
expect_errno EPERM "by no other way" act attach-new tmpfs /sys/fs/bpf/guard
expect_errno EPERM "nor over its programs" act bind-mount "$work" /usr/lib/guard
mkdir "$work/elsewhere"
expect_errno EPERM "the bpffs is not moved" act move-new /sys/fs/bpf "$work/elsewhere"
rm -rf /sys/fs/bpf/guard 2> /dev/null
expect_equal "$all" "$(pins)" "the pins are not removed"
expect_errno EPERM "no link is detached" act bpf-command 34
expect_errno EPERM "nor updated" act bpf-command 29
expect_errno EPERM "no map is got by its number" act bpf-command 14
expect_errno EPERM "guard.yaml is not written" act open /etc/guard/guard.yaml write
expect_errno EPERM "guardd is not replaced" act rename "$work/denied" /usr/lib/guard/guardd
audit_has "the trail says who wanted to kill it" operation.denied '"Signal":"SIGKILL"' '"TargetImage":"/usr/lib/guard/guardd"'
audit_has "and what was to be unmounted" operation.denied '"MountAction":"umount"' '"/sys/fs/bpf"'
expect_equal "$guardd" "$(guardd_pid)" "guardd is who it was"

expect_errno OK "elsewhere something is mounted" act mount tmpfs "$work/elsewhere"
expect_errno OK "and unmounted" act umount "$work/elsewhere"
expect_ok "systemd restarts it" systemctl restart guardd
wait_for 60 "it is enforcing" has_state enforcing
expect_errno EPERM "the rule holds" act open "$work/denied"
expect_ok "systemd stops it" systemctl stop guardd
expect_errno EPERM "the rule holds all the same" act open "$work/denied"
expect_errno EPERM "and the bpffs stays where it is" act umount /sys/fs/bpf
expect_ok "and starts it" systemctl start guardd
wait_for 60 "it is enforcing again" has_state enforcing
deb=$(find "$(dirname "${BASH_SOURCE[0]}")/../../../artifacts/deb" -name 'guard_*_amd64.deb' | head -1)
expect_ok "dpkg installs it anew" dpkg -i "$deb"
wait_for 90 "it is enforcing after that" has_state enforcing
expect_errno EPERM "the rule holds" act open "$work/denied"
expect_ok "the policy is taken out by guardctl" guardctl policy remove --all
expect_errno OK "then nothing is refused" act open "$work/denied"
expect_errno OK "and the bpffs can be unmounted" act umount /sys/fs/bpf
mount -t bpf bpf /sys/fs/bpf
