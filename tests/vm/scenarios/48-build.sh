# shellcheck shell=bash
# guest:
# timeout: 900
# when: long
# A C project of other people's is built with Guard as without: the same programs come out, byte by byte, and they work.
# Lua, from Debian's source package: 35 runs of the compiler, with all that these start, map, write and rename.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

archive=$(compgen -G '/usr/src/lua5.4_*.orig.tar.gz')
# The path is in the programs: the same one each time.
tree=$work/lua
# build INTO - leaves what came out in a directory.
build() {
    rm -rf "$tree"
    mkdir -p "$tree" "$1"
    tar -xzf "$archive" -C "$tree" --strip-components=1 &&
        make -C "$tree/src" -j2 posix > "$1.log" 2>&1 &&
        cp "$tree"/src/{lua,luac,liblua.a} "$1"
}
# check LUA - compute something whose answer is known, and write and read a file.
check() {
    # shellcheck disable=SC2016 # Lua's
    "$1" -e 'local t, n = {}, 0
        for i = 1, 20000 do t[i] = (i * 7919) % 20011 end
        table.sort(t)
        for i = 2, #t do if t[i - 1] <= t[i] then n = n + 1 end end
        local name = os.tmpname()
        local file = assert(io.open(name, "w")) file:write(n) file:close()
        print(assert(io.open(name)):read("a")) os.remove(name)'
}

expect_ok "control: it is built without rules" build "$work/without"
expect_equal 19999 "$(check "$work/without/lua")" "control: and works"
policies=$work/policies
cp -r /usr/share/guard/policies/starter "$policies"
cat > "$policies/categories.yml" << RULES
title: A compiler that starts a shell
id: 48b48b48-0000-4000-8000-000000000001
logsource: {product: linux, category: process_creation}
detection:
    selection: {ParentImage|endswith: [/cc1, /as, /collect2], Image|endswith: [/sh, /dash, /bash]}
    condition: selection
guard: {action: block}
---
title: Arguments that nobody gives
id: 48b48b48-0000-4000-8000-000000000002
logsource: {product: linux, category: process_creation}
detection: {selection: {CommandLine|contains: ' --nobody-has-this '}, condition: selection}
guard: {action: block}
---
title: Objects that others touch
id: 48b48b48-0000-4000-8000-000000000003
logsource: {product: linux, category: file_access}
detection:
    selection: {TargetFilename|startswith: $tree, TargetFilename|endswith: [.o, .a]}
    filter: {Image|endswith: [/as, /ar, /ranlib, /ld.bfd, /collect2, /cc1, /gcc-12, /make, /cp, /rm, /tar, /x86_64-linux-gnu-as, /x86_64-linux-gnu-ar, /x86_64-linux-gnu-ranlib, /x86_64-linux-gnu-ld.bfd, /x86_64-linux-gnu-gcc-12]}
    condition: selection and not filter
guard: {action: block}
---
title: Digests that nobody has
id: 48b48b48-0000-4000-8000-000000000004
logsource: {product: linux, category: process_creation}
detection:
    selection: {sha256: '0000000000000000000000000000000000000000000000000000000000000001'}
    condition: selection
guard: {action: block}
---
title: Capabilities that a compiler needs not
id: 48b48b48-0000-4000-8000-000000000005
logsource: {product: linux, category: capability_use}
detection:
    selection: {Capability: [SYS_ADMIN, SYS_MODULE, NET_ADMIN], Image|endswith: [/cc1, /as, /lua]}
    condition: selection
guard: {action: block}
RULES
push_policy "the starter policies and rules of all kinds go live" "$policies"
expect_errno EPERM "the rules are in force" act open "$tree/src/lua.o"
expect_ok "it is built with them" build "$work/with"
expect_equal 19999 "$(check "$work/with/lua")" "and works"
for program in lua luac liblua.a; do
    expect_ok "$program is the same" cmp "$work/without/$program" "$work/with/$program"
done
expect_output '"failures":\{\}' "the engine never failed to decide" guardctl status -o json
expect_ok "the rules are taken out" guardctl policy remove --all
expect_errno OK "and out" act open "$tree/src/lua.o"
