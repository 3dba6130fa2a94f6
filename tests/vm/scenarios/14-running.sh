# shellcheck shell=bash
# guest:
# timeout: 480
# when: long 6.12
# A push holds for what runs already when it is reported: what it runs, how it was called, who forked it.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

act=/usr/lib/guard-tests/act
cp "$act" "$work/runner"
cp "$act" "$work/forker"
chmod 755 "$work"/*
ln -s runner "$work/alias"
for file in image invoked command parent other; do
    echo content > "$work/$file.txt"
done
names=()
start() { # NAME PROGRAM ARGUMENT... - waits, then opens the files
    local name=$1
    shift
    mkfifo "$work/$name"
    "$@" > "$work/$name.out" &
    names+=("$name")
    wait_for 20 "$name waits" grep -q waiting "$work/$name.out"
}
start image "$work/runner" after "$work/image" open "$work/image.txt"
start invoked "$work/alias" after "$work/invoked" open "$work/invoked.txt"
start command "$act" after "$work/command" open "$work/command.txt" read told-apart
start parent "$work/forker" exec "$act" after "$work/parent" open "$work/parent.txt"
start other "$act" after "$work/other" open "$work/other.txt"

rule() { # NUMBER FILE SELECTION
    cat <<EOF
title: $2
id: 14141414-1111-4111-8111-11111111112$1
logsource: {product: linux, category: file_access}
detection: {selection: {TargetFilename: $work/$2.txt, $3}, condition: selection}
guard: {action: block}
---
EOF
}
{
    rule 1 image "Image: $work/runner"
    rule 2 invoked "ImageInvoked: $work/alias"
    rule 3 command "CommandLine|contains: told-apart"
    rule 4 parent "ParentImage: $work/forker"
    rule 5 other "Image: $work/nobody"
} > "$work/rules.yml"
push_policy "the rules go live" "$work/rules.yml"
for name in "${names[@]}"; do
    let_go "$work/$name"
done
for name in image invoked command parent; do
    wait_for 20 "$name: refused" grep -q EPERM "$work/$name.out"
done
wait_for 20 "other: allowed" grep -q '"errno":"OK"' "$work/other.out"
rm "${names[@]/#/$work/}"

# Where /proc says nothing any more: the file that it runs is gone.
names=()
start image "$work/runner" after "$work/image" open "$work/image.txt"
rm "$work/runner"
expect_ok "the rules are taken out" guardctl policy remove --all
let_go "$work/image"
wait_for 20 "then it may" grep -q '"errno":"OK"' "$work/image.out"
rm "$work/image"
cp "$act" "$work/runner"
start image "$work/runner" after "$work/image" open "$work/image.txt"
rm "$work/runner"
push_policy "the rules go live again" "$work/rules.yml"
let_go "$work/image"
wait_for 20 "a program whose file is gone is refused by what it was called" grep -q EPERM "$work/image.out"

# A path that is not kept whole is read again from the file that the kernel says is run, unless that is another one.
deep=$work/$(printf 'x%.0s' {1..200})/$(printf 'y%.0s' {1..200})/$(printf 'z%.0s' {1..200})
mkdir -p "$deep"
cp "$act" "$deep/runner"
cp "$act" "$work/trusted"
expect_ok "the rules are taken out again" guardctl policy remove --all
names=()
start honest "$deep/runner" after "$work/honest" open "$work/image.txt"
start forged "$deep/runner" forge-program "$work/trusted" after "$work/forged" open "$work/image.txt"
expect_equal "$work/trusted" "$(readlink "/proc/$!/exe")" "the kernel believes it"
push_rules "an exclusion by Image goes live" << EOF
title: Only the trusted
id: 14141414-1111-4111-8111-111111111131
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename: $work/image.txt}
    filter_known: {Image: ['$work/trusted', '$deep/runner']}
    condition: selection and not filter_known
guard: {action: block, on_unknown: deny}
EOF
let_go "$work/honest"
let_go "$work/forged"
wait_for 20 "a program with a long path is known still" grep -q '"action":"open".*"errno":"OK"' "$work/honest.out"
wait_for 20 "one that says it is another is not that one" grep -q EPERM "$work/forged.out"
expect_output '"failures":\{\}' "the engine never failed to decide" guardctl status -o json
