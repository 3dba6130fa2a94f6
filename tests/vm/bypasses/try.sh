#!/bin/bash
# try.sh GROUP FUNCTION-PREFIX NAME=CASE... - attempts, one after the other, in the namespaces that this was started in.
# Whatever begins a line of $base/NAME.case with REACHED got there. From the environment: base, the directory of all
# attempts; control, 1 where no rule is in force.
# shellcheck disable=SC2034,SC2154
# shellcheck source=/dev/null
. "$(dirname "${BASH_SOURCE[0]}")/cases/$1.sh"
# act in the directory of the attempt, so that its records tell whose they are; what it does is the whole attempt.
says_ok() {
    local said
    said=$("$gb/act" "$@")
    echo "$said"
    [[ $said != *'"errno":"OK"'* ]] || echo REACHED
}
prefix=$2
for attempt in "${@:3}"; do
    name=${attempt%=*}
    # No exec for each: under emulation that is what takes the time.
    (
        c=$base/$name gb=$base/$name/gb
        D=$gb/denied F=$gb/secret
        export c gb D F
        cd / && "${prefix}_${attempt#*=}"
    ) < /dev/null > "$base/$name.$prefix" 2>&1
done
