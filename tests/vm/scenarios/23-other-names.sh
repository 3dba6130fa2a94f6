# shellcheck shell=bash
# guest:
# timeout: 300
# when: long
# A rule that names a file means that file, by whatever name it is reached: hard links, renames, bind mounts, other
# namespaces, overlays. And the name, whatever file is there later. But nothing that was never named.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

mkdir -p "$work/in/deep" "$work/out"
for file in in/secret in/deep/key in/gone in/second; do
    echo "content of $file" > "$work/$file"
done
cp /usr/lib/guard-tests/noop "$work/in/tool"
ln "$work/in/second" "$work/in/second-name"
chmod -R a+rX "$work"

ln "$work/in/secret" "$work/out/linked-before"
ln "$work/in/tool" "$work/out/tool-linked"
expect_errno OK "control: the file opens by its other name" act open "$work/out/linked-before"
expect_errno OK "control: the program runs by its other name" act exec "$work/out/tool-linked"
push_rules "rules that name files go live" << RULES
title: Secret
id: 23232323-2323-4232-8232-000000000001
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename: $work/in/secret, Access: [read, write]}
    condition: selection
guard: {action: block}
---
title: Tool
id: 23232323-2323-4232-8232-000000000002
logsource: {product: linux, category: process_creation}
detection:
    selection: {Image: $work/in/tool}
    condition: selection
guard: {action: block}
---
title: All but one
id: 23232323-2323-4232-8232-000000000003
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename|startswith: $work/in/second}
    filter: {TargetFilename: $work/in/second}
    condition: selection and not filter
guard: {action: block}
---
title: Only read
id: 23232323-2323-4232-8232-000000000004
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename: [$work/in/gone, $work/in/deep/key], Access: read}
    condition: selection
guard: {action: block}
RULES
expect_errno EPERM "by its name" act open "$work/in/secret"
expect_errno EPERM "by a hard link from before" act open "$work/out/linked-before"
expect_errno EPERM "writing as well" act open "$work/out/linked-before" write
expect_errno EPERM "a new hard link is refused, as if it were written" act link "$work/in/secret" "$work/out/linked-after"
expect_errno EPERM "so is a new name" act rename "$work/in/secret" "$work/out/moved"
expect_errno EPERM "and a hard link to a hard link" act link "$work/out/linked-before" "$work/out/linked-again"
expect_errno EPERM "the program by its name" act exec "$work/in/tool"
expect_errno EPERM "by a hard link" act exec "$work/out/tool-linked"
expect_errno OK "which may be moved, because only running it is forbidden" act rename "$work/out/tool-linked" "$work/out/tool-moved"
expect_errno EPERM "and does not run there either" act exec "$work/out/tool-moved"
expect_errno EPERM "an exclusion is of a name: the other name of the file is not excluded" act open "$work/in/second-name"
expect_errno OK "what is excluded opens" act open "$work/in/second"
audit_has "the trail has the path that was used" file.denied 23232323-2323-4232-8232-000000000001 "$work/out/linked-before" EPERM
audit_has "and that of the program" exec.denied 23232323-2323-4232-8232-000000000002 "$work/out/tool-moved" EPERM

mv "$work/in/deep" "$work/out/deep-moved"
expect_errno EPERM "in a directory that was moved" act open "$work/out/deep-moved/key"
mkdir "$work/out/bound"
mount --bind "$work/in" "$work/out/bound"
touch "$work/out/bound-file"
mount --bind "$work/in/secret" "$work/out/bound-file"
on_exit "umount $work/out/bound $work/out/bound-file"
expect_errno EPERM "through a bind mount of the directory" act open "$work/out/bound/secret"
expect_errno EPERM "and of the file" act open "$work/out/bound-file"
expect_errno EPERM "in a mount namespace with the directory elsewhere" \
    unshare -m sh -c "mount --bind $work/in /mnt && exec /usr/lib/guard-tests/act open /mnt/secret"
expect_errno EPERM "in a chroot" act chroot "$work" open /in/secret
if mkdir -p "$work/upper" "$work/workdir" "$work/merged" && mount -t tmpfs none "$work/upper" &&
    mkdir "$work/upper/u" "$work/upper/w" &&
    mount -t overlay overlay -o "lowerdir=$work/in,upperdir=$work/upper/u,workdir=$work/upper/w" "$work/merged"; then
    on_exit "umount $work/merged $work/upper"
    expect_errno EPERM "through an overlay on the directory" act open "$work/merged/secret"
else
    skip "through an overlay on the directory" "no overlayfs here"
fi

# The name goes on to mean whatever is there; the file of another name that took over its number does not.
rm -f "$work/in/gone"
for i in $(seq 60); do
    echo x > "$work/out/new-$i"
    act open "$work/out/new-$i" > "$work/out/verdict" || break
done
expect_equal 60 "$i" "files that are made later are not taken for one that is gone"
expect_match '*"errno":"OK"*' "$(cat "$work/out/verdict")" "not one of them"
echo x > "$work/out/for-gone"
expect_errno OK "a new file may get the name, if nothing forbids that" act rename "$work/out/for-gone" "$work/in/gone"
expect_errno EPERM "and is covered by it" act open "$work/in/gone"
expect_output '"kernelBytes"' "status works" guardctl status -o json

expect_ok "rules can be taken out" guardctl policy remove --all
expect_errno OK "then the file opens by any name" act open "$work/out/linked-before"
expect_errno OK "and the program runs" act exec "$work/out/tool-moved"
