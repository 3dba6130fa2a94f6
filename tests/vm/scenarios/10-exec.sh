# shellcheck shell=bash
# guest:
# timeout: 240
# Execs: allowed without the rule, refused with EPERM under it, recorded, allowed again after it.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

alice=$(id -u alice)
tool=$work/tool
cp /usr/lib/guard-tests/noop "$tool"
ln -s "$tool" "$work/alias"
printf '#!%s\n' "$tool" > "$work/script"
cp /usr/lib/guard-tests/act "$work/parent"
chmod 755 "$work"/*

expect_errno OK "control: the program runs without a rule" act exec "$tool"
push_rules "a rule on Image goes live" <<EOF
title: No tool
id: 11111111-1111-4111-8111-111111111111
logsource: {product: linux, category: process_creation}
detection:
    selection: {Image: $tool}
    filter_user: {Uid: $alice}
    filter_parent: {ParentImage: $work/parent}
    condition: selection and not 1 of filter_*
guard: {action: block}
EOF
before=$(hook_count bprm_check_security denied)
expect_errno EPERM "the exec is refused" act exec "$tool" --secret-plan
expect_errno EPERM "a symbolic link does not help" act exec "$work/alias"
expect_errno EPERM "nor does a relative name" bash -c "cd $work && act exec ./../${work##*/}/tool"
expect_errno EPERM "nor does being the interpreter of a script" act exec "$work/script"
expect_errno OK "another program still runs" act exec /usr/lib/guard-tests/noop
expect_errno OK "the user that the rule excludes may" act as "$alice" exec "$tool"
expect_errno OK "so may the parent that the rule excludes" "$work/parent" exec "$tool"
ln -s /usr/lib/guard-tests/act "$work/parent-alias"
mv "$work/parent" "$work/parent-moved"
ln -s "$work/parent-moved" "$work/parent"
expect_errno EPERM "a symbolic link in place of the parent buys no exemption" "$work/parent" exec "$tool"
audit_has "the trail has the denial with rule, path and arguments" exec.denied 11111111-1111-4111-8111-111111111111 "$tool" secret-plan EPERM
after=$(hook_count bprm_check_security denied)
# guardd tests itself in between, but not five times.
if [[ $before =~ ^[0-9]+$ && $after =~ ^[0-9]+$ ]] && ((after >= before + 5)); then
    ok "the five denials are counted where they happened"
else
    not_ok "the five denials are counted where they happened" "denied before: '$before', and after: '$after'"
fi

push_rules "a rule on the invoked name goes live" <<EOF
title: Not under this name
id: 11111111-1111-4111-8111-111111111112
logsource: {product: linux, category: process_creation}
detection:
    selection: {ImageInvoked|endswith: /alias}
    condition: selection
guard: {action: block}
---
title: Seen
id: 11111111-1111-4111-8111-111111111113
logsource: {product: linux, category: process_creation}
detection:
    selection: {Image|endswith: /tool}
    condition: selection
EOF
expect_errno EPERM "the name is refused" act exec "$work/alias"
expect_errno OK "an audit rule lets it run" act exec "$tool"
audit_has "and records it" exec.audited 11111111-1111-4111-8111-111111111113 "$tool"

expect_ok "rules can be taken out" guardctl policy remove --all
expect_errno OK "then the program runs again" act exec "$work/alias"
