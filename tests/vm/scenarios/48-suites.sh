# shellcheck shell=bash
# guest: --memory 3G
# timeout: 1800
# when: long
# Other people's programs do with Guard what they do without: each stressor of stress-ng's classes below that passes without
# rules passes with rules that refuse nothing of theirs, in every category but capability_use (48-build has that). What fails
# with rules is tried four times more with them and five times without, and is a failure if it fails with them again, and not
# half as often without. A guest of its own: who comes after would find what they leave behind. About a quarter of an hour.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

classes=(filesystem vm network os scheduler pipe)
# They change what the guest needs to go on: mounts above the work directory, swap, CPUs and memory that go away.
without=" bind-mount ramfs swap memhotplug cpu-online rawdev "

cd "$work" || exit 1

# attempt NAME SECONDS - leaves $code: that of stress-ng (0: it ran and passed) or of timeout. Each by itself, so that one
# that hangs or is killed takes no other with it.
attempt() {
    mkdir -p "$work/place"
    code=0
    timeout -k 5 "$2" stress-ng "--$1" 1 --timeout 1s --verify --oomable --temp-path "$work/place" > "$work/last" 2>&1 || code=$?
    pkill -9 stress-ng
    rm -rf "$work/place"
}

# attempts NAME TIMES - how many of them fail.
attempts() {
    local i failed=0
    for ((i = 0; i < $2; i++)); do
        attempt "$1" 60
        [[ $code == 0 ]] || failed=$((failed + 1))
    done
    echo "$failed"
}

names=() seen=" $without "
for class in "${classes[@]}"; do
    of_class=$(stress-ng --class "$class?" 2>&1)
    for name in ${of_class#*:}; do
        [[ $seen == *" $name "* ]] || names+=("$name")
        seen+="$name "
    done
done

passing=()
for name in "${names[@]}"; do
    attempt "$name" 20
    if [[ $code == 0 ]]; then
        passing+=("$name")
    else
        echo "$name is left out: it ends with $code without rules"
    fi
done

echo content > "$work/nobody"
rules() {
    local category number=10
    cat << RULES
title: A program that is not there
id: 48484848-4848-4484-8484-000000000001
logsource: {product: linux, category: process_creation}
detection:
    selection: {Image|endswith: /nobody-has-this, CommandLine|contains: nothing}
    condition: selection
guard: {action: block}
---
title: Files that nobody uses
id: 48484848-4848-4484-8484-000000000002
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename|startswith: $work/nobody}
    filter: {Image: /usr/bin/nobody}
    condition: selection and not filter
guard: {action: block}
---
title: A library that is not there
id: 48484848-4848-4484-8484-000000000003
logsource: {product: linux, category: image_load}
detection:
    selection: {ImageLoaded|endswith: /libnobody.so}
    condition: selection
guard: {action: block}
---
title: A network that is not there
id: 48484848-4848-4484-8484-000000000004
logsource: {product: linux, category: network_connection}
detection:
    selection: {DestinationIp|cidr: 203.0.113.0/24}
    condition: selection
guard: {action: block}
---
title: What a program that is not there does with sockets
id: 48484848-4848-4484-8484-000000000005
logsource: {product: linux, category: network_connection}
detection:
    selection: {Image|endswith: /nobody-has-this}
    condition: selection
guard: {action: block}
RULES
    for category in driver_load kexec_load mount bpf namespace process_access process_signal process_credentials; do
        number=$((number + 1))
        cat << RULES
---
title: What a program that is not there does ($category)
id: 48484848-4848-4484-8484-0000000000$number
logsource: {product: linux, category: $category}
detection:
    selection: {Image|endswith: /nobody-has-this}
    condition: selection
guard: {action: block}
RULES
    done
}
push_rules "rules that concern nothing here go live" < <(rules)
expect_errno EPERM "the rules are in force" act open "$work/nobody"

suspects=()
for name in "${passing[@]}"; do
    attempt "$name" 60
    if [[ $code != 0 ]]; then
        echo "$name ends with $code: $(grep -Ei 'fail|error' "$work/last" | head -n 1)"
        suspects+=("$name")
        cp "$work/last" "$work/said.$name"
    fi
done
expect_errno EPERM "and still are when all have run" act open "$work/nobody"
expect_output '"failures":\{\}' "the engine never failed to decide" guardctl status -o json
expect_output '"state":"enforcing"' "Guard is enforcing" guardctl status -o json

((${#passing[@]} > 150)) || not_ok "there is something to compare" "${#passing[@]} of ${#names[@]} pass without rules"
declare -A with=()
for name in "${suspects[@]}"; do
    with[$name]=$(attempts "$name" 4)
done
expect_ok "the rules are taken out" guardctl policy remove --all
guilty=()
for name in "${suspects[@]}"; do
    without_rules=$(attempts "$name" 5)
    echo "$name fails $((with[$name] + 1)) times of 5 with rules, $without_rules of 5 without"
    # What fails once of five is chance.
    ((with[$name] == 0 || without_rules * 2 > with[$name])) || guilty+=("$name")
done
if [[ ${#guilty[@]} == 0 ]]; then
    ok "each of ${#passing[@]} stressors that pass without rules passes with them"
else
    not_ok "what passes without rules passes with them" "${guilty[@]}" "$(for name in "${guilty[@]}"; do tail -n 5 "$work/said.$name"; done)"
fi
