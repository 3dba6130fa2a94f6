# shellcheck shell=bash
# guest:
# timeout: 300
# when: long 6.1
# Programs and libraries by their contents, whatever they are called: copies, files in memory, files without a name. A
# digest is remembered as long as the file is as it was, and not longer.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

loader=$(realpath /lib64/ld-linux-x86-64.so.2)
digest_of() { sha256sum "$1" | cut -d' ' -f1; }
# loads LIBRARY - the loader says what it could not do in words only; what was loaded says REACHED.
preload() { LD_PRELOAD=$1 /bin/true; }
loads() { [[ $(preload "$1" 2> /dev/null) == REACHED ]]; }
loads_not() { ! loads "$1"; }

mkdir -p "$work/bin" "$work/lib" "$work/lower" "$work/upper" "$work/scratch" "$work/merged" "$work/memory"
# Contents that nothing else on the machine has.
cp /bin/true "$work/bin/tool" && echo tool >> "$work/bin/tool"
cp /bin/true "$work/bin/clean"
cp /usr/lib/guard-tests/loaded.so "$work/lib/evil.so" && echo evil >> "$work/lib/evil.so"
cp /usr/lib/guard-tests/loaded.so "$work/lib/good.so"
printf '#!/bin/sh\necho RAN\n' > "$work/bin/script"
cp "$work/bin/tool" "$work/lower/layered"
cp "$work/bin/tool" "$work/lower/poisoned"
cp /bin/true "$work/other" && echo othe >> "$work/other"
chmod -R a+rX "$work"
chmod 755 "$work/bin/script"
mount -t overlay overlay -o "lowerdir=$work/lower,upperdir=$work/upper,workdir=$work/scratch" "$work/merged"
on_exit "umount -l '$work/merged'"
mount -t tmpfs tmpfs "$work/memory"
on_exit "umount -l '$work/memory'"
cp "$work/bin/tool" "$work/memory/tool"
cp "$work/bin/tool" "$work/bin/copy"
tool=$(digest_of "$work/bin/tool")

expect_errno OK "control: the program runs" act exec "$work/bin/tool"
expect_ok "control: the loader runs it" "$loader" "$work/bin/tool"
expect_ok "control: the library is loaded" loads "$work/lib/evil.so"
expect_output RAN "control: the script runs" "$work/bin/script"

push_rules "rules about digests go live" << RULES
title: A program by its contents
id: 13131313-1313-4131-8131-000000000001
logsource: {product: linux, category: process_creation}
detection:
    selection: {Hashes|contains: ["SHA256=${tool^^}", "SHA256=$(digest_of "$work/bin/script")"]}
    condition: selection
guard: {action: block}
---
title: A library by its contents
id: 13131313-1313-4131-8131-000000000002
logsource: {product: linux, category: image_load}
detection:
    selection: {sha256: $(digest_of "$work/lib/evil.so")}
    condition: selection
guard: {action: block}
RULES

expect_errno EPERM "the program is refused" act exec "$work/bin/tool"
audit_has "the record has the digest" '"exec.denied"' "$tool" "$work/bin/tool"
expect_errno EPERM "a copy of it, too" act exec "$work/bin/copy"
expect_errno EPERM "on a file system in memory" act exec "$work/memory/tool"
expect_errno EPERM "through an overlay" act exec "$work/merged/layered"
expect_errno EPERM "as a file in memory" act memfd-exec "$work/bin/tool"
expect_errno EPERM "as a file without a name" act nameless-exec "$work/bin" "$work/bin/tool"
expect_exit 127 "the loader does not run it" "$loader" "$work/bin/copy"
audit_has "which is recorded with the digest" '"file.denied"' "$tool" "$work/bin/copy"
expect_exit 126 "nor is the script run" "$work/bin/script"
expect_ok "the library is not loaded" loads_not "$work/lib/evil.so"
cp "$work/lib/evil.so" "$work/lib/renamed.so"
expect_ok "nor a copy of it" loads_not "$work/lib/renamed.so"
expect_ok "another library is" loads "$work/lib/good.so"
expect_errno OK "another program runs" act exec "$work/bin/clean"
expect_ok "and the loader runs it" "$loader" "$work/bin/clean"

# Contents that change, with the same times of access and of modification, under the same name.
touch -r "$work/bin/clean" "$work/times"
cat "$work/bin/tool" > "$work/bin/clean"
touch -r "$work/times" "$work/bin/clean"
expect_errno EPERM "a program that becomes the forbidden one is refused" act exec "$work/bin/clean"
cat /bin/true > "$work/bin/clean"
touch -r "$work/times" "$work/bin/clean"
expect_errno OK "and runs when it is another again" act exec "$work/bin/clean"
cp /bin/true "$work/memory/changed" && echo good >> "$work/memory/changed"
chmod 755 "$work/memory/changed"
expect_errno OK "in memory: another program runs" act exec "$work/memory/changed"
# As long as the other, and a store through a mapping changes no time on tmpfs.
expect_ok "it is overwritten through a mapping" act overwrite-mapped "$work/memory/changed" "$work/bin/tool"
expect_errno EPERM "and is refused" act exec "$work/memory/changed"

# A descriptor from before a copy-up maps the file of the layer, and reading it reads the copy: nothing is learned of either.
while ((SECONDS < 65)); do sleep 1; done
act held map-exec "$work/merged/poisoned" "$work/go" > "$work/held.out" &
until grep -q waiting "$work/held.out" 2> /dev/null; do sleep 0.1; done
cat "$work/other" > "$work/merged/poisoned"
touch "$work/go"
wait $!
# What was mapped comes before it, on the same line. Unknown is not refused: the rule does not say on_unknown.
expect_ok "the descriptor from before maps the file all the same" grep -aq '"errno":"OK"' "$work/held.out"
expect_errno EPERM "what an overlay shows does not become the digest of its layer" act exec "$work/lower/poisoned"
expect_errno OK "the copy is another program" act exec "$work/merged/poisoned"

# Old enough, a digest is remembered: by the age of what the image has brought.
remembered() {
    local before after
    before=$(guardctl status -o json | sed -n 's/.*"digests":{[^}]*"remembered":\([0-9]*\).*/\1/p')
    act exec /bin/true > /dev/null
    act exec /bin/true > /dev/null
    after=$(guardctl status -o json | sed -n 's/.*"digests":{[^}]*"remembered":\([0-9]*\).*/\1/p')
    [[ ${after:-0} -gt ${before:-0} ]]
}
expect_ok "what was hashed and has not changed is not hashed again" remembered
expect_output '"failures":\{\}' "the engine never failed to decide" guardctl status -o json

guardctl policy remove --all > /dev/null
expect_errno OK "without the rules it runs again" act exec "$work/bin/tool"
expect_ok "and the library is loaded" loads "$work/lib/evil.so"
