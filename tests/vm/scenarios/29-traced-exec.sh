# shellcheck shell=bash
# guest:
# timeout: 200
# when: long
# Who traces a process stays attached to what it executes: a rule on attaching to a program holds for that, too.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

cp /usr/lib/guard-tests/noop "$work/victim"
cp /usr/lib/guard-tests/noop "$work/other"
cp /usr/lib/guard-tests/act "$work/debugger"
ln "$work/victim" "$work/second-name"

expect_errno OK "control, without a rule" act traced-exec "$work/victim"
push_rules "a rule on attaching to the victim goes live" << RULES
title: The victim is not traced
id: 29292929-3333-4000-8000-000000000001
logsource: {product: linux, category: process_access}
detection:
    selection: {TargetImage: $work/victim, GrantedAccess: attach}
    filter_debugger: {SourceImage: $work/debugger}
    condition: selection and not filter_debugger
guard: {action: block}
RULES
expect_errno EPERM "it is not executed under a tracer" act traced-exec "$work/victim"
expect_errno EPERM "nor by its second name" act traced-exec "$work/second-name"
expect_errno OK "it runs without one" act exec "$work/victim"
expect_errno OK "others are traced" act traced-exec "$work/other"
expect_errno OK "the debugger may trace it" "$work/debugger" traced-exec "$work/victim"
audit_has "the trail has the tracer and its target" operation.denied 29292929-3333-4000-8000-000000000001 '"GrantedAccess":"attach"' "\"TargetImage\":\"$work/victim\"" '/usr/lib/guard-tests/act' EPERM
expect_equal 2 "$(hook_count exec_traced denied)" "each is counted once"

expect_ok "rules can be taken out" guardctl policy remove --all
expect_errno OK "then it is traced" act traced-exec "$work/victim"
