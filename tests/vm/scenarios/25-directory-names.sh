# shellcheck shell=bash
# guest:
# timeout: 300
# when: long
# Directories are found again by the names on their way: a file system of somebody's own that offers names which no other
# has makes none of them be taken for another.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

memory=$work/memory
mkdir "$memory"
mount -t tmpfs none "$memory"
on_exit umount -R "$memory"
# Moving a mount is refused below a shared one.
mount --make-rprivate "$memory"
expect_errno OK "a directory is filled" file-cache prepare "$memory"
expect_errno OK "control: it opens" act open "$memory/vault/exchange"
push_rules "the vault is closed" << EOF
title: The vault
id: 25252525-0000-4000-8000-000000000001
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename|startswith: $memory/vault/, Access: read}
    condition: selection
guard: {action: block}
EOF
expect_errno EPERM "it is refused" act open "$memory/vault/exchange"
expect_errno EPERM "also when another directory has all its names but the last" file-cache known-zeros "$memory"
audit_has "the trail has it" file.denied 25252525-0000-4000-8000-000000000001 "$memory/vault/exchange" '/file-cache"'
expect_ok "the rule can be taken out" guardctl policy remove --all
expect_errno OK "then it opens" act open "$memory/vault/exchange"
