# shellcheck shell=bash disable=SC2154
# Programs whose path is not known. Every rule that asks for a path and denies on unknown refuses them, and one on files
# comes before one on programs: so they have a policy of their own. Their records tell them by the arguments.

# No absolute path leads there.
case_E31() {
    local name
    name=$(printf '%0200d' 0)
    cp "$D" "$c/plain" && cd "$gb" || return
    for _ in {1..24}; do
        mkdir "$name" && cd "$name" || return
    done
    cp "$c/plain" ./a && act exec ./a REACHED "$c/"
}

# A mount that is nowhere.
case_E34() {
    mkdir "$c/m" && mount --bind "$gb" "$c/m" && cd "$c/m" && umount -l "$c/m" && ./denied REACHED "$c/"
}
