# shellcheck shell=bash
# guest:
# timeout: 300
# when: long 6.12
# What may not be run may not be mapped for execution either: by the loader, by dlopen, by mprotect of what is mapped
# already, by a descriptor from before the rule, under another name. And image_load: rules about libraries.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

loader=$(realpath /lib64/ld-linux-x86-64.so.2)
mkdir -p "$work/lib"
# Dynamic programs: the loader takes no static one.
cp /bin/true "$work/tool"
cp /bin/true "$work/later"
cp /bin/true "$work/trusted-tool"
cp /bin/true "$work/exempt"
cp /usr/lib/guard-tests/loaded.so "$work/lib/evil.so"
cp /usr/lib/guard-tests/loaded.so "$work/lib/good.so"
ln "$work/lib/evil.so" "$work/innocent.so"
mkdir "$work/lower" "$work/upper" "$work/scratch" "$work/merged"
cp /bin/true "$work/lower/layered"
# Before the mount: a chmod through the overlay would make another file of it.
chmod -R a+rX "$work"
mount -t overlay overlay -o "lowerdir=$work/lower,upperdir=$work/upper,workdir=$work/scratch" "$work/merged"
on_exit "umount -l '$work/merged'"

# A program whose ELF interpreter is another: the kernel maps that one, and nobody executes it. Its path takes the place
# of the loader's, so it must be short.
interpreter=/var/lib/guard-interp
on_exit "rm -f '$interpreter'"
cp "$loader" "$interpreter"
perl -0777 -pe 's{/lib64/ld-linux-x86-64\.so\.2}{"'"$interpreter"'" . "\0" x (27 - length "'"$interpreter"'")}e' \
    /bin/true > "$work/hosted"
chmod 755 "$work/hosted"
not() { ! "$@"; }

preload() { LD_PRELOAD=$1 /bin/true; }
# The loader says what it could not do in words only; what was loaded says REACHED.
loads() { [[ $(preload "$1" 2> /dev/null) == REACHED ]]; }
loads_not() { ! loads "$1"; }

expect_ok "control: the loader runs a program" "$loader" "$work/tool"
expect_ok "control: one of an overlay, too" "$loader" "$work/merged/layered"
expect_ok "control: a library is loaded" loads "$work/lib/evil.so"
expect_ok "control: a program runs as the ELF interpreter of another" "$work/hosted"
expect_errno OK "control: a file is mapped for execution" act mmap-exec "$work/tool"
expect_errno OK "control: a mapping is made executable" act mprotect-exec "$work/later"
act held map-exec "$work/tool" "$work/go" > "$work/held.out" &
until grep -q waiting "$work/held.out" 2> /dev/null; do sleep 0.1; done

push_rules "rules about programs and libraries go live" << RULES
title: Tools
id: 28282828-2828-4282-8282-000000000001
logsource: {product: linux, category: process_creation}
detection:
    selection: {Image: [$work/tool, $work/later, $work/lower/layered, $interpreter]}
    condition: selection
guard: {action: block}
---
title: Only from a shell of the administrator
id: 28282828-2828-4282-8282-000000000002
logsource: {product: linux, category: process_creation}
detection:
    selection: {Image: $work/trusted-tool}
    filter: {ParentImage|endswith: /bash}
    condition: selection and not filter
guard: {action: block}
---
title: May be mapped
id: 28282828-2828-4282-8282-000000000003
logsource: {product: linux, category: process_creation}
detection:
    selection: {Image: $work/exempt}
    condition: selection
guard: {action: block, mapped: allow}
---
title: Library
id: 28282828-2828-4282-8282-000000000004
logsource: {product: linux, category: image_load}
detection:
    selection: {ImageLoaded: $work/lib/evil.so}
    condition: selection
guard: {action: block}
---
title: Seen
id: 28282828-2828-4282-8282-000000000005
logsource: {product: linux, category: image_load}
detection:
    selection: {ImageLoaded|endswith: /good.so, Image|endswith: /true}
    condition: selection
RULES

expect_errno EPERM "the program is not run" act exec "$work/tool"
expect_exit 127 "the loader does not run it either" "$loader" "$work/tool"
audit_has "with a record" '"kind":"file.denied"' '"access":["map"]' "$work/tool" Tools
expect_exit 127 "nor by its name in an overlay" "$loader" "$work/merged/layered"
expect_ok "nor as the ELF interpreter of another program" not "$work/hosted"
audit_has "which has a record" '"access":["map"]' "$interpreter" Tools
expect_errno EPERM "it is not mapped for execution" act mmap-exec "$work/tool"
expect_errno EPERM "nor made executable once it is mapped" act mprotect-exec "$work/later"
audit_has "which has a record as well" '"access":["map"]' "$work/later" Tools
expect_errno OK "reading it is no matter of these rules" act open "$work/tool"
touch "$work/go"
wait_for 20 "a descriptor from before the rule is no way to map it" grep -q EPERM "$work/held.out"
expect_ok "what may be run may be mapped: who calls decides" "$loader" "$work/trusted-tool"
expect_ok "a rule that says so leaves mappings alone" "$loader" "$work/exempt"
expect_errno EPERM "but not the exec" act exec "$work/exempt"
expect_ok "the library is not loaded" loads_not "$work/lib/evil.so"
audit_has "with a record" '"kind":"file.denied"' "$work/lib/evil.so" Library
expect_ok "nor by a hard link" loads_not "$work/innocent.so"
expect_ok "another one is loaded" loads "$work/lib/good.so"
audit_has "and recorded" '"kind":"file.audited"' "$work/lib/good.so" Seen
for _ in 1 2 3; do
    loads "$work/lib/good.so" || not_ok "loaded again and again"
done

expect_ok "the rules are removed" guardctl policy remove --all
expect_ok "the loader runs the program again" "$loader" "$work/tool"
expect_ok "so does the kernel" "$work/hosted"
expect_ok "the library is loaded again" loads "$work/lib/evil.so"
expect_errno OK "it is mapped again" act mprotect-exec "$work/later"
