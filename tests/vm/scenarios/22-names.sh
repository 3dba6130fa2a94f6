# shellcheck shell=bash
# guest:
# timeout: 300
# when: long 6.1
# What is done to files by their names: taking one away, giving it to another file, making another, changing the file
# behind it without opening it. Refused before it happens, recorded, and left alone elsewhere.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

chown_to=$(id -u alice)

# names_made - the same files for every round.
names_made() {
    rm -rf "$work/kept" "$work/free"
    mkdir -p "$work/kept/dir" "$work/free"
    local file
    for file in kept/file kept/other free/file; do
        echo content > "$work/$file"
    done
}

# names_expect ERRNO WHEN - every operation on what is kept.
names_expect() {
    expect_errno "$1" "$2: chmod" act chmod "$work/kept/file" 0640
    expect_errno "$1" "$2: chown" act chown "$work/kept/file" "$chown_to"
    expect_errno "$1" "$2: truncate" act truncate "$work/kept/file" 3
    expect_errno "$1" "$2: a hard link of it" act link "$work/kept/file" "$work/free/linked"
    expect_errno "$1" "$2: a hard link in its place" act link "$work/free/file" "$work/kept/new"
    expect_errno "$1" "$2: a symbolic link in its place" act symlink /nowhere "$work/kept/symlink"
    expect_errno "$1" "$2: mkdir" act mkdir "$work/kept/newdir"
    expect_errno "$1" "$2: mknod" act mkfifo "$work/kept/fifo"
    expect_errno "$1" "$2: an open that creates" act open "$work/kept/created" create
    expect_errno "$1" "$2: rmdir" act rmdir "$work/kept/dir"
    expect_errno "$1" "$2: exchange" act exchange "$work/free/file" "$work/kept/file"
    expect_errno "$1" "$2: rename over it" act rename "$work/free/file" "$work/kept/file"
    expect_errno "$1" "$2: rename away" act rename "$work/kept/other" "$work/free/moved"
    expect_errno "$1" "$2: unlink" act unlink "$work/kept/file"
}

names_made
names_expect OK "control, without a rule"
names_made
push_rules "a rule on all kinds of access goes live" << RULES
title: Kept
id: 22222222-2222-4222-8222-000000000001
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename|startswith: $work/kept/}
    filter_shell: {Image|endswith: /bash}
    condition: selection and not 1 of filter_*
guard: {action: block, on_unknown: deny}
RULES
names_expect EPERM "with it"
expect_errno ENOENT "the refused open left no file behind" act chmod "$work/kept/created" 0600
expect_errno OK "what was to be moved over it is where it was" act open "$work/free/file" read
expect_errno OK "elsewhere a file is renamed" act rename "$work/free/file" "$work/free/file2"
expect_errno OK "linked" act link "$work/free/file2" "$work/free/file3"
expect_errno OK "and unlinked" act unlink "$work/free/file2"
audit_has "the trail has the chmod" file.denied "$work/kept/file" '"access":["chmod"]' EPERM
audit_has "the truncate" file.denied "$work/kept/file" '"access":["write","truncate"]'
audit_has "the link" file.denied "$work/kept/file" '"access":["link"]'
audit_has "the rename away" file.denied "$work/kept/other" '"access":["rename"]'
audit_has "the rename over it" file.denied "$work/kept/file" '"access":["create","delete"]'
audit_has "and the unlink" file.denied "$work/kept/file" '"access":["delete"]'
expect_output '"hook":"path_rename","decisions":[0-9]+,"denied":3,' "each denial was counted once" guardctl status -o json

push_rules "rules on some kinds of access go live" << RULES
title: Not written to
id: 22222222-2222-4222-8222-000000000002
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename|startswith: $work/kept/, Access: write}
    condition: selection
guard: {action: block}
---
title: Not deleted
id: 22222222-2222-4222-8222-000000000003
logsource: {product: linux, category: file_delete}
detection:
    selection: {TargetFilename: $work/free/file}
    condition: selection
guard: {action: block}
---
title: Changed
id: 22222222-2222-4222-8222-000000000004
logsource: {product: linux, category: file_change}
detection:
    selection: {TargetFilename|startswith: $work/kept/}
    condition: selection
---
title: Renamed
id: 22222222-2222-4222-8222-000000000005
logsource: {product: linux, category: file_rename}
detection:
    selection: {TargetFilename: $work/free/other}
    condition: selection
---
title: Created
id: 22222222-2222-4222-8222-000000000006
logsource: {product: linux, category: file_event}
detection:
    selection: {TargetFilename|startswith: $work/free/made}
    condition: selection
RULES
expect_errno OK "what may not be written to is read" act open "$work/kept/file" read
expect_errno EPERM "not written" act open "$work/kept/file" write
expect_errno EPERM "not replaced" act rename "$work/free/file3" "$work/kept/file"
expect_errno EPERM "not moved away" act rename "$work/kept/file" "$work/free/x"
expect_errno EPERM "and not kept under another name" act link "$work/kept/file" "$work/free/x"
expect_errno OK "its mode may be changed" act chmod "$work/kept/file" 0600
echo content > "$work/free/file"
echo content > "$work/free/other"
expect_errno EPERM "file_delete: not unlinked" act unlink "$work/free/file"
expect_errno EPERM "nor by a rename over it" act rename "$work/free/other" "$work/free/file"
expect_errno OK "but renamed" act rename "$work/free/file" "$work/free/file4"
expect_errno OK "file_rename only records" act rename "$work/free/other" "$work/free/made-2"
expect_errno OK "file_event: a directory is made" act mkdir "$work/free/made-1"
audit_has "the change of mode is recorded" file.audited 22222222-2222-4222-8222-000000000004 '"access":["chmod"]'
audit_has "the rename" file.audited 22222222-2222-4222-8222-000000000005 '"access":["rename"]'
audit_has "the new name" file.audited 22222222-2222-4222-8222-000000000006 "$work/free/made-2"
audit_has "and the new directory" file.audited 22222222-2222-4222-8222-000000000006 "$work/free/made-1"

expect_ok "rules can be taken out" guardctl policy remove --all
names_made
names_expect OK "after removal"
