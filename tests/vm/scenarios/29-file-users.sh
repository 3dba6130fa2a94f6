# shellcheck shell=bash
# guest:
# timeout: 200
# when: long
# User of file_access is the user by whom files are opened: setfsuid(2) makes that another one than the effective user.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

alice=$(id -u alice)
echo content > "$work/file"
chmod 666 "$work/file"

expect_errno OK "control, without a rule: root opens files as alice" act file-user "$alice" open "$work/file"
expect_errno OK "and takes her uid for that" act file-user "$alice"
push_rules "a rule on files that alice opens goes live" << RULES
title: Not opened as alice
id: 29292929-4444-4000-8000-000000000001
logsource: {product: linux, category: file_access}
detection: {selection: {TargetFilename: $work/file, User: alice}, condition: selection}
guard: {action: block}
---
title: Who runs as alice runs nothing
id: 29292929-4444-4000-8000-000000000002
logsource: {product: linux, category: process_creation}
detection: {selection: {Image: /usr/lib/guard-tests/noop, User: alice}, condition: selection}
guard: {action: block}
RULES
expect_errno EPERM "root does not open it as alice" act file-user "$alice" open "$work/file"
expect_errno EPERM "nor empties it" act file-user "$alice" truncate "$work/file" 0
expect_errno EPERM "nor does alice" act as "$alice" open "$work/file"
expect_errno OK "root does" act open "$work/file"
expect_errno OK "and runs programs as root" act file-user "$alice" exec /usr/lib/guard-tests/noop
audit_has "the trail says as whom" file.denied 29292929-4444-4000-8000-000000000001 '"user":"alice"' "$work/file"

push_rules "a rule on what root opens goes live" << RULES
title: Not opened as root
id: 29292929-4444-4000-8000-000000000003
logsource: {product: linux, category: file_access}
detection: {selection: {TargetFilename: $work/file, User: root}, condition: selection}
guard: {action: block}
---
title: Nobody becomes alice
id: 29292929-4444-4000-8000-000000000004
logsource: {product: linux, category: process_credentials}
detection: {selection: {NewUid: $alice}, condition: selection}
guard: {action: block}
RULES
expect_errno EPERM "setfsuid(2) gives the uid to nobody" act file-user "$alice"
expect_errno OK "others are free" act file-user 12345
expect_errno OK "and open it" act file-user 12345 open "$work/file"
expect_errno EPERM "root does not" act open "$work/file"
audit_has "the trail has setfsuid" operation.denied 29292929-4444-4000-8000-000000000004 '"CredentialType":"user"' "\"NewUid\":\"$alice\""

expect_ok "rules can be taken out" guardctl policy remove --all
expect_errno OK "then root opens files as alice" act file-user "$alice" open "$work/file"
