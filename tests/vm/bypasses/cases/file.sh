# shellcheck shell=bash disable=SC2154
# Ways to read or change a file. $F is the one that the rule names; REACHED stands in it.

# says_ok ACT... - REACHED if the action succeeded.
says_ok() {
    local said
    said=$(act "$@")
    echo "$said"
    [[ $said != *'"errno":"OK"'* ]] || echo REACHED
}

# A descriptor from before the rule: the process waits, the case lets it go on.
held() {
    local tries
    touch "$c/go"
    for ((tries = 0; tries < 200; tries++)); do
        grep -q errno "$c/before.out" && break
        sleep 0.05
    done
    cat "$c/before.out"
}

case_F01() { cat "$F"; }
case_F02() { ln -s "$F" "$c/x" && cat "$c/x"; }
case_F03() { ln "$F" "$c/x" && cat "$c/x"; }
case_F04() { mv "$F" "$gb/s2" && cat "$gb/s2"; }
case_F05() { mv "$gb" "$c/gbz" && cat "$c/gbz/secret"; }
case_F06() { touch "$c/x" && mount --bind "$F" "$c/x" && cat "$c/x"; }
case_F07() { mount --rbind /usr "$gb/usr" && chroot "$gb" /usr/bin/cat /secret; }
case_F08() {
    mkdir "$c"/{up,work,m} &&
        mount -t overlay -o "lowerdir=$gb,upperdir=$c/up,workdir=$c/work" none "$c/m" && cat "$c/m/secret"
}
case_F09() { says_ok uring-open "$F"; }
case_F10() { act handle-open "$F" "$c"; }
case_F11() { says_ok reopen "$F"; }
before_F12() { act held read "$F" "$c/go"; }
case_F12() { held; }
before_F13() { act held map "$F" "$c/go"; }
case_F13() { held; }
before_F14() { act held pass "$F" "$c/go"; }
case_F14() { held; }
case_F15() { cat "/proc/self/root$F"; }
case_F16() { says_ok truncate "$F"; }
case_F17() { says_ok unlink "$F"; }
case_F18() { echo evil > "$c/x" && says_ok rename "$c/x" "$F"; }
case_F19() { says_ok exchange "$F" "$gb/public"; }
case_F20() { echo REACHED > "$c/x" && mount --bind "$c/x" "$F" && cat "$F"; }
case_F21a() { says_ok chmod "$F" 0666; }
case_F21b() { says_ok chown "$F" 1; }
case_F21c() { says_ok setxattr "$F" user.x y; }
case_F21d() { says_ok set-times "$F"; }
case_F22() { mkdir "$c/m" && mount --bind "$gb" "$c/m" && cat "$c/m/secret"; }
case_F23() { mkdir "$c/m" && mount --rbind / "$c/m" && cat "$c/m$F"; }
case_F24() { mkdir "$c/m" && mount --bind "$gb" "$c/m" && cd "$c/m" && umount -l "$c/m" && cat secret; }
case_F25() { mv "$gb" "$c/gbz" && echo REACHED > "$c/gbz/secret" && cat "$c/gbz/secret"; }
# Where others see it; what is mounted in a namespace of one's own covers nothing for them.
for_all() { nsenter -t 1 -m -- bash -c "$1"; }
case_F26() { echo REACHED > "$c/x" && for_all "act bind-mount '$c/x' '$F' && cat '$F' && umount '$F'"; }
case_F27() { for_all "act mount tmpfs '$gb' && umount '$gb'" && echo REACHED; }
before_X27a() { act held splice "$F" "$c/go"; }
case_X27a() { held; }
before_X27b() { act held sendfile "$F" "$c/go"; }
case_X27b() { held; }
# Catastrophic mode: the bitmaps of a mounted file system may be half written.
case_X26() {
    sync
    debugfs -c -R "cat $F" "$(findmnt -no SOURCE -T "$c" | sed 's/\[.*//;s|/dev/root|/dev/vda|')"
}
