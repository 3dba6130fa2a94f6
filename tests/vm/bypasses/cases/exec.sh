# shellcheck shell=bash disable=SC2154
# Ways to execute a program. $D is the program that the rule names; it prints its arguments. $c is the attacker's.
loader=/lib64/ld-linux-x86-64.so.2

case_E01() { "$D" REACHED; }
case_E02() { cd "$gb" && ./denied REACHED; }
case_E03() { "$gb/../gb/./denied" REACHED; }
case_E04() { ln -s "$D" "$c/x" && "$c/x" REACHED; }
case_E05() { ln "$D" "$c/x" && "$c/x" REACHED; }
case_E06() { cp "$D" "$c/x" && "$c/x" REACHED; }
case_E07() { mv "$D" "$gb/d2" && "$gb/d2" REACHED; }
case_E08() { mv "$gb" "$c/gbz" && "$c/gbz/denied" REACHED; }
case_E09() { touch "$c/x" && mount --bind "$D" "$c/x" && "$c/x" REACHED; }
case_E10() { mkdir "$c/m" && mount --bind "$gb" "$c/m" && "$c/m/denied" REACHED; }
case_E11() { mount --rbind /usr "$gb/usr" && chroot "$gb" /denied REACHED; }
# Unlike chroot(2), it changes what paths begin at, and for all in its namespace.
alone_E12() { :; }
case_E12() {
    mkdir "$c/root" && mount --rbind "$gb" "$c/root" && mount --rbind /usr "$c/root/usr" && cd "$c/root" &&
        pivot_root . . && cd / && /denied REACHED
}
_loader_says_nothing() { echo "# no errno: the loader says only that it cannot map it"; }
case_E13() {
    "$loader" "$D" REACHED
    _loader_says_nothing
}
case_E14() { act memfd-exec "$D" REACHED; }
case_E15() {
    exec 9< "$D"
    /proc/self/fd/9 REACHED
}
case_E16() { act execveat "$D" REACHED; }
case_E18() { act nameless-exec "$c" "$D" REACHED; }
case_E19() { act exec32 "$D" REACHED; }
case_E20() { "/proc/self/root$D" REACHED; }
case_E21() {
    printf '#!%s REACHED\n' "$D" > "$c/x" && chmod +x "$c/x" && "$c/x"
}
case_E22() {
    local name=gb$$
    if [[ ! -e /proc/sys/fs/binfmt_misc/register ]]; then
        modprobe binfmt_misc && mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
    fi
    echo ":$name:E::$name::$D:" > /proc/sys/fs/binfmt_misc/register &&
        touch "$c/x.$name" && chmod +x "$c/x.$name" && cd "$c" && "./x.$name" $'\nREACHED'
    [[ ! -e /proc/sys/fs/binfmt_misc/$name ]] || echo -1 > "/proc/sys/fs/binfmt_misc/$name"
}
case_E23() { cp "$D" "$c/x" && echo x >> "$c/x" && "$c/x" REACHED; }
case_E25() {
    perl -e 'open F, "<", $ARGV[0] or die "$!\n"; local $/; $n = "x"; $f = syscall(319, $n, 0);
        open M, ">&=", $f; print M <F>; M->flush; exec {"/proc/$$/fd/$f"} "x", "REACHED" or die "$!\n"' "$D"
}
case_E26() {
    perl -e 'exec @ARGV or die "$!\n"' "$loader" "$D" REACHED
    _loader_says_nothing
}
case_E27() {
    modprobe loop
    truncate -s 1M "$c/i" && mke2fs -qF "$c/i" && mkdir "$c/m" && mount -o loop "$c/i" "$c/m" &&
        cp "$D" "$c/m/a" && "$c/m/a" REACHED
}
case_E28() { cp "$D" "$gb/n" && mv "$D" "$gb/o" && mv "$gb/n" "$D" && "$gb/o" REACHED; }
# The lower file of an overlay is executed under a path of the upper mount.
case_E32() {
    mkdir "$c"/{up,work,m} &&
        mount -t overlay -o "lowerdir=$gb,upperdir=$c/up,workdir=$c/work" none "$c/m" && "$c/m/denied" REACHED
}
case_E33() {
    mkdir "$c"/{one,two,up,work,empty} &&
        mount -t overlay -o "lowerdir=$gb:$c/empty" none "$c/one" &&
        mount -t overlay -o "lowerdir=$c/one,upperdir=$c/up,workdir=$c/work" none "$c/two" && "$c/two/denied" REACHED
}
case_E34() { mkdir "$c/m" && mount --bind "$gb" "$c/m" && "$c/m/denied" REACHED; }
