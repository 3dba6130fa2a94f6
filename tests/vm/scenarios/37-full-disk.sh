# shellcheck shell=bash
# guest:
# timeout: 400
# when: long
# A full disk costs records, never a verdict: what is in force stays, a push is refused and changes nothing, guardd ends
# and starts, also with nothing in the kernel, as after a boot; the status says so, and the trail goes on with room again.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

state=/var/lib/guard
filler=$state/filler
pins=/sys/fs/bpf/guard

# On exit too: the scenarios after this one find the directory as it was.
own_disk_again() {
    # shellcheck disable=SC2119 # no arguments here
    guardd_stop
    umount "$state"
    # shellcheck disable=SC2119
    guardd_start > /dev/null 2>&1
}

fill_disk() {
    dd if=/dev/zero of="$filler" bs=64k 2> /dev/null || true
    dd if=/dev/zero of="$filler" bs=1 oflag=append conv=notrunc count=65536 2> /dev/null || true
}

state_is() { guardctl status -o json | grep -q "\"state\":\"$1\""; }

# Refusals, of which each is a record, until the trail has found no room for one.
provoke() {
    act repeat open 500 "$work/secret" 1 > /dev/null
    state_is degraded
}

rule_about() { # NAME
    cat << EOF
title: $1
id: 37373737-3737-4737-8737-$(printf '%s' "$1" | md5sum | head -c 12)
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename: $work/$1}
    condition: selection
guard: {action: block}
EOF
}

for name in secret pushed later; do
    echo content > "$work/$name"
done

# shellcheck disable=SC2119
guardd_stop
cp -a "$state/policy" "$state/secret" "$work"
mount -t tmpfs -o size=16m,mode=0750 none "$state"
on_exit own_disk_again
cp -a "$work/policy" "$work/secret" "$state"
expect_ok "guardd starts on a small disk" guardd_start
expect_errno OK "control: the file opens without a rule" act open "$work/secret"
rule_about secret | push_rules "a rule goes live"
expect_errno EPERM "the file is refused" act open "$work/secret"
audit_has "and that is recorded" file.denied "$work/secret"

fill_disk
expect_equal 0 "$(df --output=avail "$state" | tail -n 1 | tr -d ' ')" "the disk is full"
wait_for 90 "records find no room: degraded" provoke
expect_output "the trail can't be written" "the status says why" guardctl status
expect_errno EPERM "the file is still refused" act open "$work/secret"

{
    rule_about secret
    echo ---
    rule_about pushed
} > "$work/rules/rules.yml"
expect_exit 1 "a push is refused" guardctl policy push "$work/rules"
expect_match '*GP9003*No space left on device*what was in force stays in force*' "$output" "and says why"
expect_errno EPERM "what was in force still is" act open "$work/secret"
expect_errno OK "and nothing else" act open "$work/pushed"

# shellcheck disable=SC2119
guardd_stop
ok "guardd ends"
expect_errno EPERM "without guardd the file is still refused" act open "$work/secret"
expect_ok "guardd starts on a full disk" guardd_start
wait_for 60 "and says that it is degraded" state_is degraded
expect_errno EPERM "the file is still refused" act open "$work/secret"
expect_errno OK "what no rule names opens" act open "$work/later"

# shellcheck disable=SC2119
guardd_stop
rm -r "$pins"
wait_for 20 "control: with nothing in the kernel the file opens" cat "$work/secret"
expect_ok "guardd starts on a full disk, as after a boot" guardd_start
wait_for 60 "and says that it is degraded" state_is degraded
expect_errno EPERM "the kept policy is in force" act open "$work/secret"

rm "$filler"
wait_for 120 "there is room: enforcing again" state_is enforcing
expect_errno EPERM "the file is refused" act open "$work/secret"
audit_has "and that is recorded" file.denied "$work/secret"
{
    rule_about secret
    echo ---
    rule_about later
} > "$work/rules/rules.yml"
push_policy "a push is kept again" "$work/rules"
expect_errno EPERM "the new file is refused" act open "$work/later"
audit_has "and recorded" file.denied "$work/later"
