# shellcheck shell=bash
# guest:
# timeout: 1500
# when: long
# Other people's programs do with Guard what they do without: each of stress-ng's stressors of the classes filesystem,
# vm, memory and network that passes without rules passes with rules in every category that refuse nothing of theirs.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

classes=(filesystem vm network)
# They change what the guest needs to go on, or take their time whatever they are told.
without=bind-mount,ramfs,swap,vm-addr,memhotplug,rawdev,cgroup,dekker,peterson

cd "$work" || exit 1

# suite_of CLASS - the names of the stressors that failed, one a line.
suite_of() {
    stress-ng --class "$1" --sequential 1 --timeout 1s --exclude "$without" --verify --oomable \
        --temp-path "$work" --log-file "$work/$1.log" > /dev/null 2>&1
    sed -n 's/.*failed: [0-9]*: //p' "$work/$1.log" | tr ' ' '\n' | sed 's/([0-9]*)//; /^$/d' | sort -u
    grep -q 'passed: [1-9]' "$work/$1.log" || echo "none passed"
}

for class in "${classes[@]}"; do
    suite_of "$class" > "$work/$class.without"
done

push_rules "rules that concern nothing here go live" << 'RULES'
title: A program that is not there
id: 48484848-4848-4484-8484-000000000001
logsource: {product: linux, category: process_creation}
detection:
    selection: {Image|endswith: /nobody-has-this, CommandLine|contains: nothing}
    condition: selection
guard: {action: block}
---
title: Files that are not there
id: 48484848-4848-4484-8484-000000000002
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename|startswith: /srv/nobody/}
    filter: {Image: /usr/bin/nobody}
    condition: selection and not filter
guard: {action: block, on_unknown: deny}
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
RULES

for class in "${classes[@]}"; do
    suite_of "$class" > "$work/$class.with"
    new=$(comm -13 "$work/$class.without" "$work/$class.with")
    passed=$(sed -n 's/.*passed: \([0-9]*\):.*/\1/p' "$work/$class.log" | tail -1)
    if [[ -z $new ]]; then
        ok "class $class: ${passed:-0} stressors pass as without rules"
    else
        not_ok "class $class: what passed without rules passes with them" "$new" "$(tail -30 "$work/$class.log")"
    fi
done
expect_output '"failures":\{\}' "the engine never failed to decide" guardctl status -o json
