# shellcheck shell=bash
# guest:
# timeout: 700
# when: long
# Files that no rule speaks of are remembered. Whatever makes a rule speak of one, the next open is refused.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh
# shellcheck source=tests/vm/race.sh
. "$(dirname "${BASH_SOURCE[0]}")/../race.sh"

vault_rules() { # DIRECTORY...
    local directory number=0
    for directory in "$@"; do
        number=$((number + 1))
        cat <<EOF
title: The vault in $directory
id: 25252525-2525-4252-8252-25252525252$number
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename|startswith: $directory/vault/, Access: read}
    condition: selection
guard: {action: block, on_unknown: deny}
---
title: Names in a directory that is known ($directory)
id: 25252525-2525-4252-8252-2525252525${number}0
logsource: {product: linux, category: file_access}
detection:
    whole: {TargetFilename: $directory/plain/known/exact, Access: [read, create]}
    tail: {TargetFilename|endswith: /known/tail, Access: [read, create]}
    span: {TargetFilename|contains: own/span, Access: [read, create]}
    expression: {TargetFilename|re: 'n/kno.n/r[ex]+$', Access: [read, create]}
    wildcard: {TargetFilename: '*wn/sta?', Access: [read, create]}
    condition: 1 of them
guard: {action: block}
---
EOF
    done
    cat <<'EOF'
title: The vault of a namespace
id: 25252525-2525-4252-8252-252525252529
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename|startswith: /nsvault/}
    condition: selection
guard: {action: block, on_unknown: deny}
EOF
}

disk=$work/disk memory=$work/memory xfs=$work/xfs
mkdir "$disk" "$memory" "$xfs"
mount -t tmpfs none "$memory"
modprobe loop
truncate -s 400M "$work/volume"
expect_ok "there is a file system of xfs" mkfs.xfs -q "$work/volume"
expect_ok "and it is mounted" mount -o loop "$work/volume" "$xfs"
# Twice: a mount on a mount.
on_exit umount -R "$disk" "$memory" "$memory" "$xfs" "$xfs"
for directory in "$disk" "$memory" "$xfs"; do
    expect_errno OK "a directory is filled ($directory)" file-cache prepare "$directory"
    # Moving a mount is refused below a shared one.
    mount --bind "$directory" "$directory"
    mount --make-rprivate "$directory"
done
race_mode full
push_rules "the vaults are closed" < <(vault_rules "$disk" "$memory" "$xfs")
# A file that changed within the last minute is not remembered.
sleep 62

for directory in "$disk" "$memory" "$xfs"; do
    name=${directory##*/}
    before=$(hook_count file_open decisions)
    expect_errno OK "$name: 16,000 opens of 400 files" file-cache warm-many "$directory"
    after=$(hook_count file_open decisions)
    if ((after - before < 4000)); then
        ok "$name: most of them were not decided again"
    else
        not_ok "$name: most of them were not decided again" "$((after - before)) were"
    fi
    for case in rename-file rename-parent exchange-file exchange-directory hard-link many-links same-tick inode-reused \
        nameless bind-file bind-directory bound-before move-mount move-onto-mount detached \
        mount-reused namespaces new-root known-names known-renamed known-elsewhere known-above known-lengths \
        known-reused known-bound; do
        expect_errno EPERM "$name: $case" file-cache "$case" "$directory"
    done
    for how in race-rename race-mount; do
        line=$(file-cache "$how" "$directory" 6)
        expect_match '*"vault":{"opened":0,"refused":[1-9]*},"plain":{"opened":[1-9]*,"refused":0},"other":0}' "$line" \
            "$name: $how: never opened in the vault, never refused outside"
        echo "$line"
    done
done
for _ in 1 2 3 4; do
    act open "$disk/plain/pushed" > /dev/null
done
expect_errno OK "a file that no rule speaks of yet" act open "$disk/plain/pushed"
cat > "$work/pushed.yml" <<EOF
title: Pushed
id: 25252525-2525-4252-8252-252525252520
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename: $disk/plain/pushed}
    condition: selection
guard: {action: block}
EOF
push_policy "a rule about it is pushed" "$work/pushed.yml"
expect_errno EPERM "and holds at once" act open "$disk/plain/pushed"
push_rules "and taken out again" < <(vault_rules "$disk" "$memory" "$xfs")
expect_errno OK "then it opens" act open "$disk/plain/pushed"
