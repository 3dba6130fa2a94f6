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
expect_output '"failures":\{\}' "the engine never failed to decide" guardctl status -o json
