# shellcheck shell=bash disable=SC2154
# Several aliases, one upon the other. $c/steps says which, $c/kind whether the end is an exec or an open. Each step makes
# another path, $at, that leads to the object that the rule names.
setup_combination() {
    rm "$D"
    cp /usr/lib/guard-tests/noop "$D"
    # shellcheck disable=SC2086
    printf '%s\n' ${steps_of[$1]} > "$c/steps"
    echo "${kind_of[$1]}" > "$c/kind"
}

_step() { # STEP NUMBER
    local directory=${at%/*} name=${at##*/} new=$c/a$2
    case $1 in
        symlink) ln -s "$at" "$new" && at=$new ;;
        process-root) at=/proc/self/root$at ;;
        dots) at=$directory/../${directory##*/}/./$name ;;
        hard-link) ln -L "$at" "$directory/h$2" && at=$directory/h$2 ;;
        rename) mv "$at" "$directory/r$2" && at=$directory/r$2 ;;
        rename-parent) mv "$directory" "$directory$2" && at=$directory$2/$name ;;
        bind-file) touch "$new" && mount --bind "$at" "$new" && at=$new ;;
        bind-directory) mkdir "$new" && mount --bind "$directory" "$new" && at=$new/$name ;;
        # What was mounted in the outer one is there too.
        namespace) inner+=(unshare -m --propagation private) ;;
        chroot) root=$directory at=/$name ;;
    esac
}

case_combination() {
    local at=$D kind step number=0 object root='' inner=() end said
    kind=$(< "$c/kind")
    [[ $kind == exec ]] || at=$F
    object=$(stat -c %d:%i "$at")
    while read -r step; do
        number=$((number + 1))
        _step "$step" "$number" || return
    done < "$c/steps"
    if [[ $(stat -Lc %d:%i "$root$at") != "$object" ]]; then
        echo "# $at is another object"
        return
    fi
    end=(act "$kind" "$at")
    [[ -z $root ]] || end=(act chroot "$root" "$kind" "$at")
    said=$("${inner[@]}" "${end[@]}")
    echo "$said"
    [[ $said != *'"errno":"OK"'* ]] || echo REACHED
}
