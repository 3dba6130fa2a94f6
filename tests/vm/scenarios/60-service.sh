# shellcheck shell=bash
# guest: --systemd
# timeout: 400
# when: long 6.1
# The installed service: sandboxed, enforcing, restarted without a gap, and gone after a purge.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh
# shellcheck source=tests/vm/race.sh
. "$(dirname "${BASH_SOURCE[0]}")/../race.sh"

expect_ok "the unit is active" systemctl is-active guardd
expect_output '"state":"enforcing"' "Guard is enforcing" guardctl status -o json
expect_ok "doctor finds nothing missing" guardctl doctor
echo content > "$work/denied"
echo content > "$work/allowed"
push_rules "a rule goes live" <<EOF
title: Denied
id: 66666666-6666-4666-8666-666666666661
logsource: {product: linux, category: file_access}
detection: {selection: {TargetFilename: $work/denied}, condition: selection}
guard: {action: block}
EOF
# Until the restart is over, however long that takes.
act race open 2 240 "$work/denied" "$work/allowed" "$work/over" > "$work/race" &
race=$!
expect_ok "the service restarts" systemctl restart guardd
expect_ok "files are opened until the restart is over" kill -0 "$race"
touch "$work/over"
wait "$race"
race_verdicts "during the restart" "$(cat "$work/race")"
expect_ok "the service stops" systemctl stop guardd
expect_errno EPERM "what is in force stays in force" act open "$work/denied"
expect_ok "the service starts" systemctl start guardd
expect_output '"state":"enforcing"' "Guard is enforcing again" guardctl status -o json
expect_ok "the package can be purged" dpkg --purge guard
# The kernel detaches one program after the other, each after a grace period.
wait_for 120 "then nothing is refused" act open "$work/denied"
rm -f "$work/.pushed"
expect_equal "" "$(find /sys/fs/bpf/guard /var/lib/guard /run/guard 2> /dev/null)" "nothing is left"
