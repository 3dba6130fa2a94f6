# shellcheck shell=bash disable=SC2154
# Techniques that are not another name for the target. $D, $F and $c as in exec.sh and file.sh; $gb/reader is a copy of
# act that some rules name.

# The path is swapped while the kernel reads it: /gb/denied and /gb/public.
setup_X01() { cp /usr/bin/true "$gb/public"; }
case_X01() { act swap-exec "$D" "$gb/public" 200 REACHED; }
case_X04() {
    cp "$D" "$c/plain" && cd "$gb" || return
    for _ in {1..25}; do
        mkdir d && cd d || return
    done
    cp "$c/plain" x && "$PWD/x" REACHED
}
case_X05() {
    local name
    name=$(printf '%0250d' 0)
    mkdir "$gb/$name" && cp "$D" "$gb/$name/x" && "$gb/$name/x" REACHED
}
case_X06() { (exec -a sshd "$D" REACHED); }
case_X07a() { "$D" -r -f $'\nREACHED'; }
case_X07b() { "$D" -rf $'\nREACHED'; }
case_X08() { "$gb/reader" orphan exec "$D" REACHED; }
# shellcheck disable=SC2016
case_X08b() { "$gb/reader" become /bin/bash -c '"$0" REACHED' "$D"; }

# What the kernel starts has no output of its own: the target is a script that leaves a file.
_helper_script() {
    rm "$D"
    printf '#!/bin/bash\ntouch %s/made\n' "$c" > "$D"
    chmod 755 "$D"
}
setup_X10a() { _helper_script; }
setup_X10b() { _helper_script; }
_helper() { # SETTING VALUE COMMAND...
    local before setting=$1 tries most=40
    # Nobody knows when the kernel has started it: without rules, where it comes, it has 20 s. With them, where it must not,
    # 2 s, because a refusal must be in the trail as well.
    [[ $control == 0 ]] || most=400
    before=$(cat "$setting")
    echo "$2" > "$setting"
    "${@:3}" > /dev/null 2>&1
    for ((tries = 0; tries < most; tries++)); do
        [[ ! -e $c/made ]] || break
        sleep 0.05
    done
    echo "$before" > "$setting"
    [[ ! -e $c/made ]] || echo REACHED
    echo "# no errno: the kernel itself gets it"
}
case_X10a() {
    # shellcheck disable=SC2016
    _helper /proc/sys/kernel/core_pattern "|$D" bash -c 'kill -SEGV $$'
}
# shellcheck disable=SC2016
case_X10b() { _helper /proc/sys/kernel/modprobe "$D" perl -e 'socket(my $s, 33, 2, 0)'; }

setup_X10c() { _helper_script; }
# shellcheck disable=SC2016
case_X10c() {
    mkdir "$c/groups" && mount -t cgroup -o none,name=agent none "$c/groups" && mkdir "$c/groups/child" || return
    echo 1 > "$c/groups/child/notify_on_release"
    _helper "$c/groups/release_agent" "$D" bash -c 'echo 0 > "$0/child/cgroup.procs"' "$c/groups"
    rmdir "$c/groups/child"
    umount "$c/groups"
}

setup_X11a() { cp /usr/lib/guard-tests/loaded.so "$D"; }
setup_X11b() { cp /usr/lib/guard-tests/loaded.so "$D"; }
case_X11a() {
    LD_PRELOAD=$D /bin/true
    echo "# no errno: the loader says only that it cannot open it"
}
case_X11b() {
    perl -MDynaLoader -e 'DynaLoader::dl_load_file($ARGV[0]) or die DynaLoader::dl_error()' "$D"
    echo "# no errno: nor does dlopen"
}
setup_X11c() { cp /usr/lib/guard-tests/loaded.so "$D"; }
case_X11c() {
    LD_AUDIT=$D /bin/true
    echo "# no errno: the loader says only that it cannot open it"
}
_code() {
    cp /usr/lib/guard-tests/code.bin "$D"
    truncate -s 4096 "$D"
}
setup_X12() { _code; }
setup_X13() { _code; }
case_X12() { act run-code copy "$D"; }
case_X13() { act run-code map "$D"; }

# The victim is the reader under each of the rules, also under those that exempt nobody.
setup_X14() { cp /usr/lib/guard-tests/act "$gb/reader"; }
setup_X15() { setup_X14; }
_until_says() { # WORD FILE
    local tries
    for ((tries = 0; tries < 400; tries++)); do
        ! grep -q "$1" "$2" || return 0
        sleep 0.05
    done
    echo "nobody says $1: $(< "$2")"
    return 1
}
_until_reader_waits() { _until_says waiting "$c/reader.out"; }
# The reader that the rule lets through waits to open a file that is everybody's; its memory is changed meanwhile.
case_X14() {
    mkfifo "$c/fifo"
    "$gb/reader" after "$c/fifo" open "$gb/public" > "$c/reader.out" &
    local victim=$!
    _until_reader_waits || return
    perl -e 'my ($pid, $from, $to) = @ARGV;
        open my $maps, "<", "/proc/$pid/maps" or die "$!\n";
        my ($start, $end) = map { /^(\w+)-(\w+) .*\[stack\]/ ? (hex $1, hex $2) : () } <$maps>;
        open my $memory, "+<", "/proc/$pid/mem" or die "# no errno: $!\n";
        sysseek $memory, $start, 0; sysread $memory, my $stack, $end - $start;
        (my $at = index $stack, "$from\0") >= 0 or die "not found\n";
        sysseek $memory, $start + $at, 0; syswrite $memory, "$to\0" or die "$!\n"' \
        "$victim" "$gb/public" "$F"
    echo > "$c/fifo"
    wait "$victim"
    cat "$c/reader.out"
    grep -q "secret.*\"OK\"" "$c/reader.out" && echo REACHED
}
# The same without a file of /proc: process_vm_readv(2) is number 310, process_vm_writev(2) 311.
setup_X14b() { setup_X14; }
case_X14b() {
    mkfifo "$c/fifo"
    "$gb/reader" after "$c/fifo" open "$gb/public" > "$c/reader.out" &
    local victim=$!
    _until_reader_waits || return
    perl -e 'my ($pid, $from, $to) = @ARGV;
        sub vector { pack "QQ", @_ }
        sub pointer { unpack "Q", pack "P", $_[0] }
        open my $maps, "<", "/proc/$pid/maps" or print "# no errno: $!\n";
        my ($start, $end) = map { /^(\w+)-(\w+) .*\[stack\]/ ? (hex $1, hex $2) : () } <$maps>;
        my $stack = "\0" x ($end - $start);
        my ($here, $there) = (vector(pointer($stack), $end - $start), vector($start, $end - $start));
        syscall(310, $pid + 0, $here, 1, $there, 1, 0) >= 0 or die "$!\n";
        (my $at = index $stack, "$from\0") >= 0 or die "not found\n";
        my $text = "$to\0";
        ($here, $there) = (vector(pointer($text), length $text), vector($start + $at, length $text));
        syscall(311, $pid + 0, $here, 1, $there, 1, 0) >= 0 or die "$!\n"' \
        "$victim" "$gb/public" "$F"
    echo > "$c/fifo"
    wait "$victim"
    cat "$c/reader.out"
    grep -q "secret.*\"OK\"" "$c/reader.out" && echo REACHED
}
# It has opened the file and waits; its descriptor is copied.
case_X15() {
    "$gb/reader" held read "$F" "$c/go" > "$c/reader.out" &
    local victim=$! fd
    _until_reader_waits || return
    for fd in /proc/"$victim"/fd/*; do
        [[ $(readlink "$fd") != "$F" ]] || act steal "$victim" "${fd##*/}"
    done
    touch "$c/go"
}

# As X14, but by a program that the kernel runs when the victim calls it.
setup_X16() {
    setup_X14
    cp /usr/lib/guard-tests/bpf-load "$gb/bpf-load"
}
alone_X16() { :; }
case_X16() {
    mountpoint -q /sys/kernel/tracing || mount -t tracefs none /sys/kernel/tracing
    "$gb/bpf-load" attach /usr/lib/guard-tests/rewrite.bpf.o > "$c/attached" 2>&1 &
    local attacker=$! tries
    for ((tries = 0; tries < 400; tries++)); do
        ! grep -q attached "$c/attached" || break
        kill -0 "$attacker" 2> /dev/null || break
        sleep 0.05
    done
    cat "$c/attached"
    "$gb/reader" held read "$gb/public" "$c"
    kill "$attacker" 2> /dev/null
    wait "$attacker"
}

# The first run is of an innocent program, the second of the target, both of one file.
case_X22() {
    mkdir "$c/served"
    act fuse-serve "$c/served" /usr/bin/true "$D" > "$c/serve.out" 2>&1 &
    _until_says '"OK"' "$c/serve.out" || return
    "$c/served/program" REACHED
    "$c/served/program" REACHED
    umount -l "$c/served"
    wait
}

# Who has it open for writing could change it once it is hashed: what is mapped changes with the file.
setup_X23() {
    cp /usr/lib/guard-tests/loaded.so "$D"
    cp /usr/bin/true "$gb/true"
}
case_X23() {
    cp "$D" "$gb/library"
    echo another >> "$gb/library"
    if [[ $(LD_PRELOAD=$gb/library "$gb/true") != REACHED ]]; then
        echo "it is refused as it is"
        return
    fi
    exec 9<> "$gb/library"
    LD_PRELOAD=$gb/library "$gb/true"
    echo "# no errno: the loader says only that it cannot open it"
    exec 9>&-
}

# A hard link made before the rule, where numbers of files say nothing (btrfs), and where they do (xfs).
_volume() { # MODULE SIZE MKFS...
    modprobe loop && modprobe "$1" && truncate -s "$2" "$c/volume" && "${@:3}" "$c/volume" > /dev/null &&
        mount -o loop "$c/volume" "$gb" && cp /usr/bin/echo "$D" && ln "$D" "$gb/other"
}
setup_X25() { _volume btrfs 128M mkfs.btrfs -q; }
case_X25() { "$gb/other" REACHED; }
setup_X25b() { _volume xfs 320M mkfs.xfs -q; }
case_X25b() { "$gb/other" REACHED; }

setup_X29() { cp /usr/lib/guard-tests/act "$gb/act"; }
case_X29() { says_ok open /proc/kcore; }

# The number of a removed file's inode comes back, in its directory and if nobody else takes it. Reached is an innocent
# file that is refused.
alone_X24() { :; }
case_X24() {
    local number tries
    number=$(stat -c %i "$D")
    cp "$D" "$c/plain" && rm "$D"
    for ((tries = 0; tries < 100; tries++)); do
        : > "$gb/innocent.$tries"
        [[ $(stat -c %i "$gb/innocent.$tries") != "$number" ]] || break
    done
    if ((tries == 100)); then
        echo "# the number did not come back"
        return
    fi
    cat "$c/plain" > "$gb/innocent.$tries" && chmod 755 "$gb/innocent.$tries"
    if [[ $control == 1 ]]; then
        echo REACHED
    else
        "$gb/innocent.$tries" ran || echo REACHED
        echo "# no errno: nothing may be refused"
    fi
}

# Not as alice, but as bob: by a program of his with the set-user-ID bit.
setup_X34() {
    cp /usr/lib/guard-tests/act "$c/helper" && chown bob "$c/helper" && chmod 4755 "$c/helper"
}
case_X34() { "$c/helper" exec "$D" REACHED; }

alone_X35() { :; }
setup_X35() {
    local module
    module=$(find /lib/modules/"$(uname -r)" -name 'dummy.ko*' | head -1)
    cp "$module" "$D"
    cp "$module" "$gb/copy.ko${module##*.ko}"
}
case_X35() {
    rmmod dummy 2> /dev/null
    insmod "$gb"/copy.ko* && echo REACHED
    rmmod dummy
}
case_X37() { setarch -R "$D" REACHED; }
case_X38a() { find "$c" -maxdepth 0 -exec "$D" REACHED \;; }
case_X38c() { perl -e 'print "REACHED\n"'; }
case_X38b() { timeout 9 nice env "$D" REACHED; }
