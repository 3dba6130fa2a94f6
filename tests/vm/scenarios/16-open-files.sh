# shellcheck shell=bash
# guest:
# timeout: 480
# when: long 6.12
# Files that were open before the rule that refuses them: a push says who has them open, and so does a sweep at any
# later time. A descriptor that is passed on is decided as if its receiver opened the file.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

act=/usr/lib/guard-tests/act
cp "$act" "$work/reader"
cp "$act" "$work/runner"
for file in plain exempt passed by-uid by-group by-command by-parent by-cgroup other written recorded; do
    echo content > "$work/$file"
done
chmod -R a+rX "$work"
mkdir -p /sys/fs/cgroup/held-test
on_exit "rmdir /sys/fs/cgroup/held-test 2> /dev/null"

hold() { # FILE COMMAND... - COMMAND opens it and waits
    "${@:2}" held "${way:-read}" "$work/$1" "$work/go-$1" > "$work/$1.out" 2>&1 &
    wait_for 20 "$1 is held" grep -q waiting "$work/$1.out"
}
let_go() { # FILE TEXT ERRNO - what becomes of it
    touch "$work/go-$1"
    wait_for 20 "$2" grep -q "\"errno\":\"$3\"" "$work/$1.out"
    rm -f "$work/go-$1"
}
sweep_time() { # what curl says, in seconds
    curl -s -o "$work/swept.json" -w '%{time_total}' --unix-socket /run/guard/guardd.sock -X POST http://guard/v1/policy/sweep
}
held_in() { grep -o '"held":[0-9]*' "$1" | head -1; }

way=pass hold passed "$act"
let_go passed "control: a descriptor is passed on" OK

hold plain "$act"
hold exempt "$work/reader"
way=pass hold passed "$act"
hold by-uid setpriv --reuid 1234 --clear-groups "$act"
hold by-group setpriv --regid 1234 --clear-groups "$act"
hold by-command "$act"
hold by-parent "$work/reader" exec "$act"
# shellcheck disable=SC2016 # the inner shell expands it
hold by-cgroup bash -c 'echo $$ > /sys/fs/cgroup/held-test/cgroup.procs && exec "$@"' - "$act"
hold other "$work/runner"
hold recorded "$act"
sleep 1000 9>> "$work/written" &
writer=$!

rule() { # NUMBER FILE SELECTION [ACTION]
    cat << EOF
title: held $2
id: 16161616-1111-4111-8111-1111111111$1
tags: [attack.credential-access, attack.t1003.008]
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename: $work/$2$3}
    filter: {Image: $work/reader}
    condition: selection and not filter
guard: {action: ${4:-block}}
---
EOF
}
{
    rule 01 plain ""
    rule 02 exempt ""
    rule 03 passed ""
    rule 04 by-uid ", Uid: 1234"
    rule 05 by-group ", Gid: 1234"
    rule 06 by-command ", CommandLine|contains: by-command"
    rule 07 by-parent ", ParentImage: $work/reader"
    rule 08 by-cgroup ", CgroupPath: /held-test"
    rule 09 other ", Uid: 77"
    rule 10 written ", Access: write"
    rule 11 recorded "" audit
    cat << EOF
title: held program
id: 16161616-1111-4111-8111-111111111112
logsource: {product: linux, category: process_creation}
detection: {selection: {Image: $work/runner}, condition: selection}
guard: {action: block}
EOF
} > "$work/rules.yml"
touch "$work/.pushed"
expect_output '^[0-9]+ files that the policy refuses are open or mapped already' "a push says that files are open already" \
    guardctl policy push "$work/rules.yml"
expect_match "*act\[*\] fd * read $work/plain (rule 'held plain')*" "$output" "it names who, by what, which rule"

expect_exit 1 "a sweep finds them again" guardctl policy sweep
swept=$output
for file in plain passed by-uid by-group by-command by-parent by-cgroup; do
    expect_match "*read $work/$file (rule 'held $file')*" "$swept" "$file is found"
done
expect_match "*sleep\[$writer\] fd 9 write,append $work/written (rule 'held written')*" "$swept" "who writes is found by what his descriptor allows"
expect_match "*runner\[*\] mapped $work/runner (rule 'held program')*" "$swept" "a program that runs already is found"
for file in exempt other recorded; do
    expect_equal "" "$(grep "$work/$file " <<< "$swept")" "$file is not found"
done
audit_has "a record says it" '"kind":"file.held"' "$work/plain" '"descriptor":' attack.t1003.008 "held plain"
audit_has "and one of the program" '"kind":"file.held"' "$work/runner" '"how":"mapped"' "held program"
audit_has "and one sums up" '"kind":"policy.swept"' '"held":"9"'
let_go plain "it stays open" OK

let_go passed "who gets the descriptor passed may not have it" EPERM
audit_has "a record says that it was received" '"kind":"file.denied"' "$work/passed" '"how":"received"'
reader=$(pgrep -f "reader held read")
fd=$(for link in "/proc/$reader/fd"/*; do [[ $(readlink "$link") != "$work/exempt" ]] || echo "${link##*/}"; done)
expect_errno EPERM "nor who copies it" act steal "$reader" "$fd"
expect_errno OK "who is exempt may copy it" "$work/reader" steal "$reader" "$fd"
expect_output '"hook":"file_receive","decisions":[0-9]+,"denied":2,' "both are counted" guardctl status -o json
expect_match '*"failures":{}*' "$output" "and the engine never failed to decide"

# What it costs, and more than there are records for.
mkdir "$work/many"
act hold-many "$work/many" 1100 > "$work/many.out" &
many=$!
wait_for 40 "1,100 files are held" grep -q waiting "$work/many.out"
echo "    none of them refused: $(sweep_time) s, $(held_in "$work/swept.json")"
push_rules "a policy that refuses 1,100 files that are open" << EOF
title: many
id: 16161616-1111-4111-8111-111111111199
logsource: {product: linux, category: file_access}
detection: {selection: {TargetFilename|startswith: $work/many/}, condition: selection}
guard: {action: block}
EOF
expect_match "*1,100 files that the policy refuses*and 1,095 more*" "$output" "all are counted, the first named"
echo "    all of them refused: $(sweep_time) s"
expect_equal '"held":1100' "$(held_in "$work/swept.json")" "a sweep finds all"
expect_equal 100 "$(grep -o '"descriptor":' "$work/swept.json" | wc -l)" "and names a hundred of one process"
kill "$many"
expect_ok "the rules are taken out" guardctl policy remove --all
expect_output '^nothing is open or mapped that the policy refuses' "then nothing is refused" guardctl policy sweep
way=pass hold passed "$act"
let_go passed "and a descriptor is passed on" OK
