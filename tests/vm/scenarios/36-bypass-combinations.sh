# shellcheck shell=bash
# guest:
# timeout: 300
# when: long
# Aliases upon aliases, drawn at random: whoever comes to the protected object by them has the outcome that bypasses.tsv
# says of the weakest step. GUARD_SEED draws others.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh
# shellcheck source=tests/vm/bypasses/harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/../bypasses/harness.sh"

seed=${GUARD_SEED:-1} wanted=30
declare -A steps_of kind_of
# Each step is a case of the table, as an exec and as an open.
declare -A step_exec=([symlink]=E04 [process-root]=E20 [dots]=E03 [hard-link]=E05 [rename]=E07 [rename-parent]=E08
    [bind-file]=E09 [bind-directory]=E10 [namespace]=E01 [chroot]=E11)
declare -A step_open=([symlink]=F02 [process-root]=F15 [dots]=F01 [hard-link]=F03 [rename]=F04 [rename-parent]=F05
    [bind-file]=F06 [bind-directory]=F06 [namespace]=F01 [chroot]=F07)
# A fixed order: that of a hash is not the same in each version of bash.
step_names=(symlink process-root dots hard-link rename rename-parent bind-file bind-directory namespace)

declare -A said=()
while IFS=$'\t' read -r id _ _ _ old new _; do
    said[$id]=$new
    [[ $kernel != 6.1 ]] || said[$id]=$old
done < "$bypasses/bypasses.tsv"

draw() { # NAME - two or three steps; chroot can only be the last.
    local many=$((2 + RANDOM % 2)) steps=() step status=blocked id kind=exec
    ((RANDOM % 2)) || kind=open
    while ((many > 0)); do
        step=${step_names[RANDOM % ${#step_names[@]}]}
        if ((many == 1 && RANDOM % 4 == 0)); then
            step=chroot
        fi
        steps+=("$step")
        many=$((many - 1))
        id=${step_exec[$step]}
        [[ $kind == exec ]] || id=${step_open[$step]}
        [[ ${said[$id]} == blocked ]] || status=limit
    done
    # shellcheck disable=SC2034 # cases/combination.sh reads both
    steps_of[$1]=${steps[*]} kind_of[$1]=$kind
    local rule=program
    [[ $kind == exec ]] || rule=secret
    _attempt "$1" combination "$rule" root "$status" "$kind after ${steps[*]}"
}

_load combination
echo "seed $seed"
RANDOM=$seed
# Some can't be made, as a hard link across mounts: more are drawn than are wanted.
for ((number = 1; number <= wanted * 3 / 2; number++)); do
    draw "C$number-root"
done
_control
possible=()
for name in "${attempts[@]}"; do
    ! reached "$name" || ((${#possible[@]} == wanted)) || possible+=("$name")
done
echo "cannot be made: ${dud[*]}"
attempts=("${possible[@]}")
expect_equal "$wanted" "${#attempts[@]}" "control: without rules $wanted combinations lead to the object (seed $seed)"
# What was drawn and is not tried has no directory that a rule could name.
for name in "${!rule_of[@]}"; do
    [[ " ${attempts[*]} " == *" $name "* ]] || unset "rule_of[$name]"
done
_enforced
