# shellcheck shell=bash
# guest:
# timeout: 240
# Opens: patterns, kinds of access, users, programs; names that are not text; paths that are too long.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

alice=$(id -u alice)
cp /usr/lib/guard-tests/act "$work/reader"
mkdir -p "$work/vault/deep" "$work/tree/a.b/x" "$work/root/etc"
for file in vault/key vault/deep/key tree/a.b/x/one.pem tree/q1x plain root/etc/marked; do
    echo content > "$work/$file"
done
odd=$work/vault/$(printf 'new\nline\xff')
echo content > "$odd"
echo content > "$work/old.new"
echo content > "$work/uncut"
echo content > "$work/unwritten"
for file in run-me read-me; do
    cp /usr/lib/guard-tests/noop "$work/$file"
done
chmod -R a+rX "$work"

expect_errno OK "control: without a rule the file opens" act open "$work/vault/key"
expect_errno OK "control: and the program runs" act exec "$work/read-me"
push_rules "rules on TargetFilename go live" <<EOF
title: The vault
id: 22222222-2222-4222-8222-222222222221
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename|startswith: $work/vault/}
    filter_reader: {Image: $work/reader}
    filter_user: {User: alice}
    condition: selection and not 1 of filter_*
guard: {action: block}
---
title: Wildcards
id: 22222222-2222-4222-8222-222222222222
logsource: {product: linux, category: file_access}
detection:
    star: {TargetFilename: "$work/tree/*/x/*.pem"}
    mark: {TargetFilename: "$work/tree/q?x"}
    both:
        TargetFilename|contains|all: [/root/etc/, mark]
    condition: 1 of star or mark or both
guard: {action: block}
---
title: Not written
id: 22222222-2222-4222-8222-222222222223
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename: $work/plain, Access: [write, append, truncate]}
    condition: selection
guard: {action: block}
---
title: Not written, and nothing else said
id: 22222222-2222-4222-8222-222222222228
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename: $work/unwritten, Access: write}
    condition: selection
guard: {action: block}
---
title: Not cut
id: 22222222-2222-4222-8222-222222222227
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename: $work/uncut, Access: truncate}
    condition: selection
guard: {action: block}
---
title: Nothing new
id: 22222222-2222-4222-8222-222222222224
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename|endswith: .new, Access: create}
    condition: selection
guard: {action: block, on_unknown: deny}
---
title: Not run
id: 22222222-2222-4222-8222-222222222225
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename: $work/read-me, Access: exec}
    condition: selection
guard: {action: block}
---
title: Not read
id: 22222222-2222-4222-8222-222222222226
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename: $work/run-me, Access: read}
    condition: selection
guard: {action: block}
EOF
expect_errno EPERM "a prefix is refused" act open "$work/vault/key"
expect_errno EPERM "also further down" act open "$work/vault/deep/key"
expect_errno EPERM "also under a name with a newline and a byte that is no text" act open "$odd"
expect_errno OK "the program that the rule excludes may" "$work/reader" open "$work/vault/key"
expect_errno OK "the user that the rule excludes may" act as "$alice" open "$work/vault/key"
expect_errno EPERM "* stands for any run" act open "$work/tree/a.b/x/one.pem"
expect_errno EPERM "? stands for one character" act open "$work/tree/q1x"
expect_errno EPERM "contains and all" act open "$work/root/etc/marked"
expect_errno OK "reading is not writing" act open "$work/plain" read
expect_errno EPERM "writing is" act open "$work/plain" write
expect_errno EPERM "emptying by an open for reading is, too" act open "$work/unwritten" empty
expect_equal content "$(cat "$work/unwritten")" "and the file has what it had"
expect_errno OK "writing is not cutting" act open "$work/uncut" write
expect_exit 1 "ftruncate is" truncate -s 0 "$work/uncut"
expect_equal content "$(cat "$work/uncut")" "and that file has what it had"
expect_errno OK "an existing file is not created" act open "$work/old.new" create
expect_errno EPERM "a new one is" act open "$work/some.new" create
expect_errno EPERM "running is exec" act exec "$work/read-me"
expect_errno OK "and reading is not" act open "$work/read-me" read
expect_errno OK "what may not be read may be run" act exec "$work/run-me"
expect_errno EPERM "and is not read" act open "$work/run-me" read
audit_has "the trail has the denial" file.denied 22222222-2222-4222-8222-222222222221 "$work/vault/key" EPERM
audit_has "and the odd name with its bytes" file.denied 'new\nline\\xff' pathRaw


expect_ok "rules can be taken out" guardctl policy remove --all
expect_errno OK "then the file opens again" act open "$work/vault/key"
expect_errno OK "and the program runs" act exec "$work/read-me"
expect_errno OK "and an open for reading empties" act open "$work/unwritten" empty
expect_equal "" "$(cat "$work/unwritten")" "as it does without Guard"
