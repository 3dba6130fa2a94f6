# shellcheck shell=bash
# guest:
# timeout: 180
# when: long
# A rule that would lock root out is refused by guardctl and by guardd, whatever the first says; forced, it is recorded.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

mkdir -p /opt
cp /usr/lib/guard-tests/noop /opt/rescue
restart() {
    # shellcheck disable=SC2119 # no arguments here
    guardd_stop
    # shellcheck disable=SC2119
    guardd_start > /dev/null 2>&1
}
rule() { # PROGRAM
    cat << EOF
title: Locked out
id: 36363636-0000-4000-8000-000000000001
logsource: {product: linux, category: process_creation}
detection: {selection: {Image: $1}, condition: selection}
guard: {action: block}
EOF
}
push_over_socket() { # FILE - what no guardctl has looked at
    local bundle
    bundle="{\"files\":[{\"name\":\"r.yml\",\"content\":\"$(base64 -w0 "$1")\"}]}"
    curl -s --unix-socket /run/guard/guardd.sock -H 'Content-Type: application/json' -d "$bundle" http://guard/v1/policy
}

rule /opt/rescue > "$work/rescue.yml"
rule /usr/sbin/sshd > "$work/sshd.yml"
expect_exit 1 "guardctl refuses what would lock out" guardctl policy push "$work/sshd.yml"
expect_match '*sshd.yml(4,*error GP4004*/usr/sbin/sshd*' "$output" "and names rule and program"
expect_output '"accepted":false.*GP4004' "guardd refuses it as well" push_over_socket "$work/sshd.yml"
push_policy "a program that survival does not name can be forbidden" "$work/rescue.yml"
expect_errno EPERM "and is" act exec /opt/rescue
expect_ok "rules can be taken out" guardctl policy remove --all

cp /etc/guard/guard.yaml "$work/guard.yaml"
on_exit "cp $work/guard.yaml /etc/guard/guard.yaml"
sed -i 's|^survival: {}$|survival: {programs: [/opt/rescue]}|' /etc/guard/guard.yaml
restart
wait_for 60 "Guard is enforcing" bash -c "guardctl status -o json | grep -q '\"state\":\"enforcing\"'"
expect_exit 1 "what guard.yaml adds can't be forbidden: policy check" guardctl policy check "$work/rescue.yml"
expect_match '*rescue.yml(4,*error GP4004*/opt/rescue*' "$output" "which names it"
expect_output '"accepted":false.*GP4004' "nor past guardctl" push_over_socket "$work/rescue.yml"
expect_errno OK "so that it runs" act exec /opt/rescue
touch "$work/.pushed"
expect_output 'GP4006' "unless it is forced" guardctl policy push --force-lockout "$work/rescue.yml"
expect_errno EPERM "then it is refused" act exec /opt/rescue
audit_has "the trail says that it was forced, and what" policy.pushed force-lockout lockOutForced /opt/rescue
hash=$(guardctl status -o json | grep -o '"policyHash":"[0-9a-f]*"')
restart
wait_for 60 "a restart goes on with it" bash -c "guardctl status -o json | grep -q '$hash'"
expect_errno EPERM "it is still refused" act exec /opt/rescue
expect_ok "rules can be taken out" guardctl policy remove --all
expect_errno OK "then it runs" act exec /opt/rescue
