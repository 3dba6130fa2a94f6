# shellcheck shell=bash
# Bundles A and B take turns while processes open and exec; each decision is checked (tests/programs/act_publish.c).
# Sourced by the soak, after lib.sh, which has what is not set here.
# shellcheck disable=SC2154

# Two users and one program: items on the target, on the program (of the parent, for execs) and on the user decide
# together, each looked up in tables of its own.
publish_files() {
    local kind name
    cp /usr/lib/guard-tests/act "$work/worker"
    for kind in open exec; do
        mkdir -p "$work/$kind"
        for name in $(seq -f 'n%02g' 0 15) always{0,1,2} never; do
            cp /usr/lib/guard-tests/noop "$work/$kind/$name"
        done
    done
    chmod -R a+rX "$work"
    "$work/worker" mark "$work/mark" - > /dev/null
    chmod 666 "$work/mark"
}

# _rule NUMBER TITLE KIND DETECTION
_rule() {
    local category=file_access
    [[ $3 == open ]] || category=process_creation
    cat << RULE
---
title: $2 ($3)
id: 45454545-4545-4545-8545-0000000000$1
logsource: {product: linux, category: $category}
detection:
$4
guard: {action: block}
RULE
}

# _numbered KIND 0|1 - the even or the odd ones, each with a comma behind it.
_numbered() {
    local i
    for ((i = $2; i < 16; i += 2)); do
        printf '%s/%s/n%02d, ' "$work" "$1" "$i"
    done
}

# _parts KIND NAME SHAPE - items on target, program and user. A shape is three digits, 1 for an item that holds for the
# workers. No bundle has 111, but parts of two bundles can make it.
_parts() {
    local target=TargetFilename image=Image path=absent program=idler users='[bob, svc-web]'
    [[ $1 == open ]] || target=Image image=ParentImage
    [[ $3 != 1?? ]] || path=$2
    [[ $3 != ?1? ]] || program=worker
    [[ $3 != ??1 ]] || users='[root, alice]'
    printf '    target: {%s: [%s, %s]}\n' "$target" "$work/$1/$path" "/srv/other/$2"
    printf '    image: {%s: %s}\n' "$image" "$work/$program"
    printf '    user: {User: %s}\n' "$users"
}

# _kind_rules A|B KIND FIRST-NUMBER
_kind_rules() {
    local kind=$2 target=TargetFilename image=Image parity=0 shapes=(110 101 011) turn
    [[ $kind == open ]] || target=Image image=ParentImage
    # The pairs of shapes differ: 110/011, 101/110, 011/101.
    [[ $1 == A ]] || { parity=1 && shapes=(011 110 101); }
    _rule "$(($3 + 1))" Numbered "$kind" "    target: {$target: [$(_numbered "$kind" "$parity")$work/absent-$1]}
    image: {$image: $work/worker}
    user: {User: [alice, root]}
    condition: target and image and user"
    for turn in 0 1 2; do
        _rule "$(($3 + 2 + turn))" "Never $turn" "$kind" "$(_parts "$kind" never "${shapes[turn]}")
    condition: target and image and user"
        _rule "$(($3 + 5 + turn))" "Always $turn" "$kind" "    always: {$target: $work/$kind/always$turn}
$(_parts "$kind" "always$turn" "${shapes[turn]}")
    condition: always and not (target and image and user)"
    done
}

# B has its rules in another order and behind others, which take the numbers and places that A's tables have.
publish_bundles() {
    local i kind
    {
        _kind_rules A open 10
        _kind_rules A exec 20
    } > "$work/A.yml"
    {
        for ((i = 30; i < 90; i++)); do
            kind=open
            ((i % 2)) || kind='exec'
            _rule "$i" "Filler $i" "$kind" "    selection: {Image|endswith: [/filler-$i, /a/$i/b]}
    condition: selection"
        done
        _kind_rules B exec 20
        _kind_rules B open 10
    } > "$work/B.yml"
}

# _workers NAME COMMAND... - in the background; pushes go first, or there would be few.
_workers() {
    local name=$1
    shift
    nice -n 19 "$@" > "$work/counts-$name" &
    workers+=($!)
}

# publish_race SECONDS - pushes in turn for so long, and on a slow guest until there were four, at most 150 s longer. Sets
# $pushes and $refused.
publish_race() {
    local least=$1 seconds=$(($1 + 150)) alice next=B workers=() worker started
    alice=$(id -u alice)
    _workers open-root "$work/worker" generations open 2 "$seconds" "$work/mark" "$work/open"
    _workers open-alice "$work/worker" as "$alice" generations open 2 "$seconds" "$work/mark" "$work/open"
    _workers exec-root "$work/worker" generations exec 2 "$seconds" "$work/mark" "$work/exec"
    _workers exec-alice "$work/worker" as "$alice" generations exec 2 "$seconds" "$work/mark" "$work/exec"
    pushes=0 refused=0
    started=$SECONDS
    while kill -0 "${workers[0]}" 2> /dev/null && ((SECONDS - started < least || pushes < 4)); do
        act mark "$work/mark" - > /dev/null
        if guardctl policy push "$work/$next.yml" > "$work/push" 2>&1; then
            act mark "$work/mark" "$next" > /dev/null
            pushes=$((pushes + 1))
            [[ $next == A ]] && next=B || next=A
            sleep 0.5
        else
            refused=$((refused + 1))
            cat "$work/push"
        fi
    done
    echo "$pushes pushes in $((SECONDS - started)) s"
    act mark "$work/mark" . > /dev/null
    for worker in "${workers[@]}"; do
        wait "$worker"
    done
}

publish_expect() {
    local counts who
    if ((pushes >= 4)); then
        ok "policies took turns ($pushes pushes)"
    else
        not_ok "policies took turns ($pushes pushes)"
    fi
    expect_equal 0 "$refused" "no push was refused"
    for who in open-root open-alice exec-root exec-alice; do
        counts=$(cat "$work/counts-$who")
        echo "$counts"
        expect_match '*"as_a":[1-9]*"as_b":[1-9]*"acknowledged":[1-9]*' "$counts" "$who: decisions by both policies, also between pushes"
        expect_match '*"mixed":0,*' "$counts" "$who: no decision from parts of two policies"
        expect_match '*"stale":0,*' "$counts" "$who: no decision by the old policy after the new one was acknowledged"
        expect_match '*"neither":0}' "$counts" "$who: nothing but verdicts"
    done
}
