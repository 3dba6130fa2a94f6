# shellcheck shell=bash
# guest: --systemd
# timeout: 400
# The installed service: sandboxed, enforcing, restarted without a gap, and gone after a purge.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

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
act race open 2 45 "$work/denied" "$work/allowed" > "$work/race" &
race=$!
expect_ok "the service restarts" systemctl restart guardd
wait "$race"
[[ $(cat "$work/race") == *'"denied":{"ok":0,'* ]] && ok "no open got through during the restart" || not_ok "no open got through during the restart" "$(cat "$work/race")"
expect_ok "the service stops" systemctl stop guardd
expect_errno EPERM "what is in force stays in force" act open "$work/denied"
expect_ok "the service starts" systemctl start guardd
expect_output '"state":"enforcing"' "Guard is enforcing again" guardctl status -o json
expect_ok "the package can be purged" dpkg --purge guard
expect_errno OK "then nothing is refused" act open "$work/denied"
rm -f "$work/.pushed"
[[ ! -e /sys/fs/bpf/guard && ! -e /var/lib/guard ]] && ok "nothing is left" || not_ok "nothing is left" "$(ls -la /sys/fs/bpf /var/lib/guard 2>&1)"
