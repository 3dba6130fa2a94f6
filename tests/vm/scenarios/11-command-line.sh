# shellcheck shell=bash
# guest:
# timeout: 480
# when: long 6.1
# Command lines: read whole and decided before the program is loaded, whatever their length, without the environment.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

tool=$work/tool
cp /usr/lib/guard-tests/noop "$tool"
printf '#!%s -q\n' "$tool" > "$work/script"
chmod 755 "$work"/*

block() { # NUMBER SELECTION [ON_UNKNOWN]
    cat <<EOF
title: Rule $1
id: 11111111-1111-4111-8111-1111111111$1
logsource: {product: linux, category: process_creation}
detection: {selection: {$2}, condition: selection}
guard: {action: block, on_unknown: ${3:-allow}}
---
EOF
}
rules() { # ON_UNKNOWN
    block 21 "Image: $tool, CommandLine|contains: secret-plan" "$1"
    block 22 "Image: $tool, CommandLine|endswith: ' the-end'"
    block 23 "Image: $tool, CommandLine|contains: ' -l '"
    block 24 "CommandLine|startswith: '$tool -q $work/script'"
    block 25 "Image: $tool, CommandLine|re: 'port=[0-9]{4,5} (tcp|udp)'"
    block 27 "Image: $tool, CurrentDirectory: $work/forbidden"
    cat <<EOF
title: A file that only some commands open
id: 11111111-1111-4111-8111-111111111128
logsource: {product: linux, category: file_access}
detection: {selection: {TargetFilename: $work/file, CommandLine|contains: by-the-book}, condition: selection}
guard: {action: block}
---
title: Seen
id: 11111111-1111-4111-8111-111111111126
logsource: {product: linux, category: process_creation}
detection: {selection: {Image: $tool, CommandLine|contains: watch-me}, condition: selection}
EOF
}

expect_errno OK "control: allowed without the rules" act exec "$tool" secret-plan
rules allow > "$work/allow.yml"
rules deny > "$work/deny.yml"
push_policy "rules on CommandLine go live" "$work/allow.yml"
expect_errno EPERM "the exec is refused" act exec "$tool" --do secret-plan
expect_errno OK "other arguments are not" act exec "$tool" --do secret plan
audit_has "the trail has the denial" exec.denied 11111111-1111-4111-8111-111111111121 secret-plan EPERM
expect_errno OK "the environment is no argument" env SECRET=secret-plan act exec "$tool" 0
expect_errno EPERM "endswith at the very end" act exec "$tool" 0 the-end
expect_errno OK "and not before it" act exec "$tool" the-end 0
expect_errno OK "there is no blank after the end" act exec "$tool" 0 -l
expect_errno EPERM "blanks stand between arguments" act exec "$tool" 0 -l 80
expect_errno OK "and not inside them" act exec "$tool" 0-l 80
expect_errno OK "an empty last argument is the end" act exec "$tool" 0 the-end ''
expect_errno EPERM "an expression" act exec "$tool" 0 port=8080 udp
expect_errno OK "that does not match" act exec "$tool" 0 port=80 udp
expect_errno OK "an audit rule lets it run" act exec "$tool" 0 watch-me
audit_has "and records it" exec.audited 11111111-1111-4111-8111-111111111126 watch-me
expect_errno EPERM "by descriptor too" act execveat "$tool" secret-plan
expect_errno EPERM "a script is an argument of its interpreter" act exec "$work/script"
expect_errno EPERM "and so are its own" act exec "$work/script" secret-plan

for bytes in 3990 4000 4096 8150 131072 1500000; do
    expect_errno EPERM "behind $bytes bytes" act exec-long "$bytes" "$tool" secret-plan
done
expect_errno EPERM "at the end of 1.5 MB" act exec-long 1500000 "$tool" 0 the-end
expect_errno OK "1.5 MB with neither" act exec-long 1500000 "$tool" 0

ulimit -s unlimited
expect_errno OK "beyond 2 MiB nothing is known: allowed as the rule says" act exec-long 2500000 "$tool" secret-plan
push_policy "the rule with on_unknown deny goes live" "$work/deny.yml"
expect_errno EPERM "refused as this rule says" act exec-long 2500000 "$tool" 0
audit_has "and recorded as unknown" exec.denied 11111111-1111-4111-8111-111111111121 '"unknown"'
expect_errno OK "1.5 MB are known" act exec-long 1500000 "$tool" 0

mkdir "$work/forbidden"
expect_errno EPERM "refused in that directory" act in "$work/forbidden" exec "$tool" 0
expect_errno OK "and not elsewhere" act in "$work" exec "$tool" 0
echo content > "$work/file"
expect_errno OK "a command opens the file" act open "$work/file"
expect_errno EPERM "another command does not" act exec-named /usr/lib/guard-tests/act act open "$work/file" read by-the-book
expect_output '"failures":\{\}' "the engine never failed to decide" guardctl status -o json

expect_ok "rules can be taken out" guardctl policy remove --all
expect_errno OK "then the program runs again" act exec "$tool" secret-plan
