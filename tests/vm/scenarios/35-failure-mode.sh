# shellcheck shell=bash
# guest: --no-guardd
# timeout: 900
# when: long
# What the engine can't decide goes ahead or is refused, as the bundle says, and as guard.yaml says where it does not.
# What is only unknown is decided by on_unknown, and by the failure mode of the bundle where a rule does not say that.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

# Runs before Guard does: by which name it was called, nobody can know.
echo content > "$work/asked"
early=(one two three)
for name in "${early[@]}"; do
    mkfifo "$work/$name"
    act after "$work/$name" open "$work/asked" > "$work/$name.out" &
    wait_for 20 "a process waits" grep -q waiting "$work/$name.out"
done
# shellcheck disable=SC2119 # no arguments here
guardd_start > /dev/null 2>&1
on_exit guardd_stop
wait_for 40 "Guard is enforcing" bash -c "guardctl status -o json | grep -q '\"state\":\"enforcing\"'"

tokens_of() { # LETTER - sets $tokens and $crowd, a path that has them all
    local i
    tokens=()
    for ((i = 0; i < 132; i++)); do
        tokens+=("$(printf '%s%03d' "$1" "$i")")
    done
    crowd=$work/$(printf '%s' "${tokens[@]:0:50}")/$(printf '%s' "${tokens[@]:50:50}")/$(printf '%s' "${tokens[@]:100}")
    mkdir -p "${crowd%/*}"
    cp /usr/lib/guard-tests/noop "$crowd"
}
tokens_of k
of_files=("${tokens[@]}") crowd_of_files=$crowd
tokens_of x
of_programs=("${tokens[@]}") crowd_of_programs=$crowd
for file in busy plain denied asked; do
    echo content > "$work/$file"
done
cp /usr/lib/guard-tests/noop "$work/tool"
# With two names it is remembered by no cache, so that each open needs working memory.
ln "$work/plain" "$work/plain-too"

# Items that hold for a crowd, and one that does not.
crowded() { # NUMBER CATEGORY FIELD NEVER TOKEN...
    printf 'title: Crowd %s\nid: 35353535-0000-4000-8000-0000000001%s\nlogsource: {product: linux, category: %s}\ndetection:\n' "$1" "$1" "$2"
    local condition=never field=$3 token
    printf '    never: {%s}\n' "$4"
    for token in "${@:5}"; do
        printf '    %s: {%s|contains: %s}\n' "$token" "$field" "$token"
        condition+=" and $token"
    done
    printf '    condition: %s\n---\n' "$condition"
}

rule_of_programs() {
    cat << EOF
title: Denied program
id: 35353535-0000-4000-8000-000000000002
logsource: {product: linux, category: process_creation}
detection: {sel: {Image: $work/denied-tool}, condition: sel}
guard: {action: block}
---
EOF
}

rules() { # DOCUMENT [ON-UNKNOWN] - the document of the bundle, or nothing
    local i busy
    printf '%s' "$1"
    rule_of_programs
    crowded 11 file_access TargetFilename 'Access: append' "${of_files[@]:0:66}"
    crowded 12 file_access TargetFilename 'Access: append' "${of_files[@]:66}"
    # A program is known by two names, which takes twice as many operations.
    for ((i = 0; i < 4; i++)); do
        crowded "2$i" process_creation Image 'CurrentDirectory: /nowhere' "${of_programs[@]:i*33:33}"
    done
    # Of one item at most 1,024 rules may hang.
    for ((i = 0; i < 600; i++)); do
        for busy in "TargetFilename: $work/busy" 'TargetFilename|endswith: /busy'; do
            printf 'title: Busy %d\nlogsource: {product: linux, category: file_access}\n' "$i"
            printf 'detection: {sel: {%s}, f: {User: root}, condition: sel and not f}\n---\n' "$busy"
        done
    done
    cat << EOF
title: Denied
id: 35353535-0000-4000-8000-000000000001
logsource: {product: linux, category: file_access}
detection: {sel: {TargetFilename: $work/denied}, condition: sel}
guard: {action: block}
---
title: Marked, allowed while unknown
id: 35353535-0000-4000-8000-000000000003
logsource: {product: linux, category: file_access}
detection: {sel: {TargetFilename|startswith: $work/m/}, mark: {TargetFilename|contains: /mark/}, condition: sel and mark}
guard: {action: block${2:+, on_unknown: $2}}
---
title: Asked under another name
id: 35353535-0000-4000-8000-000000000004
logsource: {product: linux, category: file_access}
detection: {sel: {TargetFilename: $work/asked, ImageInvoked: /nobody}, condition: sel}
guard: {action: block${2:+, on_unknown: $2}}
EOF
}

failures_of() { # HOOK.REASON - as status counts them
    guardctl status -o json | grep -o "\"$1\":[0-9]*" | grep -o '[0-9]*$' || echo 0
}

more_failures() { # HOOK.REASON BEFORE TEXT
    local now
    now=$(failures_of "$1")
    if ((now > $2)); then
        ok "$3"
    else
        not_ok "$3" "$1 is $now, and was $2"
    fi
}

# each_failure ERRNO MODE - every failure, made to happen, ends so.
each_failure() {
    local matches rules starved exec
    matches=$(failures_of file_open.too_many_matches) rules=$(failures_of file_open.too_many_rules)
    starved=$(failures_of file_open.no_scratch) exec=$(failures_of bprm_check_security.too_many_matches)
    expect_errno EPERM "$2: what a rule refuses is refused" act open "$work/denied"
    expect_errno OK "$2: what no rule speaks of is opened" act open "$work/plain"
    expect_errno "$1" "$2: an open for which 132 items hold" act open "$crowd_of_files"
    expect_errno "$1" "$2: an exec for which 132 items hold" act exec "$crowd_of_programs"
    expect_errno "$1" "$2: an open for which 1,200 rules are asked" act open "$work/busy"
    expect_errno "$1" "$2: an open without working memory" act starve open "$work/plain"
    expect_errno "$1" "$2: an attribute without working memory" act starve setxattr "$work/plain" user.guard one
    expect_errno OK "$2: then all is as before" act open "$work/plain"
    expect_errno OK "$2: also for programs" act exec "$work/tool"
    more_failures file_open.too_many_matches "$matches" "$2: matches are counted"
    more_failures file_open.too_many_rules "$rules" "$2: rules are counted"
    more_failures file_open.no_scratch "$starved" "$2: missing memory is counted"
    more_failures bprm_check_security.too_many_matches "$exec" "$2: execs are counted"
}

# each_exec MODE - where nothing forbids opens, so that the file is opened for the exec in any case.
each_exec() {
    local starved
    {
        printf 'title: f\nguard: {failure: %s}\n---\n' "$1"
        rule_of_programs
    } > "$work/rules.yml"
    push_policy "$1, and only execs are forbidden" "$work/rules.yml"
    starved=$(failures_of bprm_check_security.no_scratch)
    expect_errno OK "$1: an open without working memory" act starve open "$work/plain"
    if [[ $1 == open ]]; then
        expect_ok "$1: an exec without working memory" act starve become "$work/tool"
    else
        expect_errno EPERM "$1: an exec without working memory" act starve become "$work/tool"
    fi
    expect_errno OK "$1: then it runs" act exec "$work/tool"
    more_failures bprm_check_security.no_scratch "$starved" "$1: missing memory is counted for execs"
}

in_force() { # MODE FROM
    expect_output "\"failureMode\":\"$1\",\"failureModeFrom\":\"$2\"" "status says $1, from $2" guardctl status -o json
}

expect_errno OK "control: the crowd opens" act open "$crowd_of_files"
expect_errno OK "control: and runs" act exec "$crowd_of_programs"
expect_errno OK "control: without memory, without rules" act starve open "$work/plain"
rules '' > "$work/rules.yml"
push_policy "a bundle that does not say" "$work/rules.yml"
in_force open guard.yaml
each_failure OK "guard.yaml"
rules $'title: f\nguard: {failure: closed}\n---\n' > "$work/rules.yml"
push_policy "a bundle that says closed" "$work/rules.yml"
in_force closed policy
expect_output 'failure closed' "policy check says so" guardctl policy check "$work/rules.yml"
each_failure EPERM "closed"
rules $'title: f\nguard: {failure: open}\n---\n' > "$work/rules.yml"
push_policy "a bundle that says open" "$work/rules.yml"
in_force open policy
each_failure OK "open"
each_exec open
each_exec closed
audit_has "the trail has failures of opens" engine.failure file_open.too_many_matches
audit_has "of rules" engine.failure file_open.too_many_rules
audit_has "of memory" engine.failure file_open.no_scratch
audit_has "and of execs" engine.failure bprm_check_security.too_many_matches

# What is unknown is no failure: a path beyond the bound, and a process from before Guard.
mkdir "$work/m"
deep=(below "$work/m" "$(printf 'd%.0s' {1..200})" 25)
act "${deep[@]}" open made create > /dev/null
before=$(failures_of file_open.too_many_matches)
# unknown WHEN PROCESS ERRNO - what becomes of a path of 5,000 bytes, and of the process.
unknown() {
    expect_errno "$3" "$1: a path of 5,000 bytes" act "${deep[@]}" open made
    let_go "$work/$2"
    wait_for 20 "$1: a process from before Guard opens a file: $3" grep -q "\"errno\":\"$3\"" "$work/$2.out"
}
rules $'title: f\nguard: {failure: open}\n---\n' > "$work/rules.yml"
push_policy "open, on_unknown not said" "$work/rules.yml"
expect_errno OK "open, on_unknown not said: a path of 5,000 bytes" act "${deep[@]}" open made
rules $'title: f\nguard: {failure: closed}\n---\n' allow > "$work/rules.yml"
push_policy "closed, on_unknown allow" "$work/rules.yml"
unknown "closed, on_unknown allow" one OK
rules $'title: f\nguard: {failure: open}\n---\n' deny > "$work/rules.yml"
push_policy "open, on_unknown deny" "$work/rules.yml"
unknown "open, on_unknown deny" two EPERM
rules $'title: f\nguard: {failure: closed}\n---\n' > "$work/rules.yml"
push_policy "closed, on_unknown not said" "$work/rules.yml"
unknown "closed, on_unknown not said" three EPERM
expect_equal "$before" "$(failures_of file_open.too_many_matches)" "and none of this is a failure"

expect_ok "rules can be taken out" guardctl policy remove --all
in_force open guard.yaml
expect_errno OK "then the crowd opens" act open "$crowd_of_files"
expect_errno OK "and what was denied" act open "$work/denied"
