# shellcheck shell=bash disable=SC2154
# Runs the cases of one group of bypasses.tsv and holds each to its status. Sourced after lib.sh.
#
# An attempt is one case, by one user, against one rule. It has a directory of its own, and the rule names the target in
# it, so that a record tells which attempt it is of. First all are tried without the rules; who then does not get there
# proves nothing later. Then all directories are made anew, the rules pushed, and all are tried again.
bypasses=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kernel=$(uname -r | cut -d. -f1,2)
alice=$(id -u alice)
base=$work/by
attempts=() dud=() turn=0
declare -A case_of rule_of user_of status_of title_of

# What a rule says of itself: whether it is accepted, its kind of record, its id, whether it exempts a program.
declare -A accepted record_of id_of exempts
_read_rules() {
    local file rule line
    for file in "$bypasses"/rules/*.yml; do
        rule=$(basename "$file" .yml)
        while IFS= read -r line; do
            case $line in
                '# accepted: '*) accepted[$rule]=${line##*: } ;;
                '# record: '*) record_of[$rule]=${line##*: } ;;
                'id: '*) id_of[$rule]=${line##*: } ;;
                */gb/reader) exempts[$rule]=1 ;;
            esac
        done < "$file"
    done
}

_attempt() { # NAME CASE RULE USER STATUS TITLE
    attempts+=("$1")
    case_of[$1]=$2 rule_of[$1]=$3 user_of[$1]=$4 status_of[$1]=$5 title_of[$1]=$6
}

# Reads the table: one attempt for each user, and one of root (or the only user) for the rule that is said to help.
_read_group() {
    local id group who rule old new instead title rest status user
    while IFS=$'\t' read -r id group who rule old new instead title rest; do
        [[ $group == "$1" ]] || continue
        status=$new
        [[ $kernel != 6.1 ]] || status=$old
        for user in ${who/both/root user}; do
            _attempt "$id-$user" "$id" "$rule" "$user" "$status" "$title"
        done
        [[ $instead == - ]] || _attempt "$id-instead" "$id" "$instead" "${who/both/root}" blocked "$title"
    done < "$bypasses/bypasses.tsv"
}

# What every attempt finds: a program, a file, somebody to be exempt, and what a root directory needs.
_skeleton() {
    local gb=$base/.skeleton
    mkdir -p "$gb"/gb/usr
    ln -s usr/lib "$gb/gb/lib"
    ln -s usr/lib64 "$gb/gb/lib64"
    cp /usr/bin/echo "$gb/gb/denied"
    echo REACHED > "$gb/gb/secret"
    echo public > "$gb/gb/public"
    chmod -R a+rX "$gb"
}

_prepare() { # NAME
    local c=$base/$1 case=${case_of[$1]} gb D F
    gb=$c/gb D=$gb/denied F=$gb/secret
    cp -a "$base/.skeleton" "$c"
    if [[ -n ${exempts[${rule_of[$1]}]:-} ]]; then
        cp /usr/lib/guard-tests/act "$gb/reader"
    fi
    # Contents that no other attempt has: the rule by digests must not refuse those of other rules.
    [[ ${rule_of[$1]} != *digest ]] || echo "$1" >> "$D"
    export c gb D F
    if declare -F "setup_$case" > /dev/null; then
        "setup_$case" "$1"
    elif declare -F "setup_$bypass_group" > /dev/null; then
        "setup_$bypass_group"
    fi
    if [[ ${user_of[$1]} != root ]]; then
        : > "$c.case"
        chown "$alice:$alice" "$c" "$c.case"
    fi
}

# as USER COMMAND... - in a mount namespace of its own.
_as() {
    case $1 in
        root) unshare -m --propagation private "${@:2}" ;;
        user) setpriv --reuid "$alice" --regid "$alice" --clear-groups unshare -Urm --propagation private "${@:2}" ;;
        alice) setpriv --reuid "$alice" --regid "$alice" --clear-groups "${@:2}" ;;
    esac
}

# _try USER CONTROL PREFIX NAME...
_try() {
    local name pairs=()
    for name in "${@:4}"; do
        pairs+=("$name=${case_of[$name]}")
    done
    base=$base control=$2 _as "$1" bash "$bypasses/try.sh" "$bypass_group" "$3" "${pairs[@]}"
}

_start_waiting() { # NAME
    declare -F "before_${case_of[$1]}" > /dev/null || return 0
    # Where its case looks.
    ln -s "$base/$1.before" "$base/$1/before.out"
    _try "${user_of[$1]}" 1 before "$1" &
    until grep -qs waiting "$base/$1.before"; do
        sleep 0.05
    done
}

# Cases have file systems of their own.
_unmount_all() { findmnt -rno TARGET | grep -F "$base/" | tac | xargs -r umount -l; }

_prepare_all() {
    local name
    _unmount_all
    rm -rf "$base"
    mkdir -p "$base"
    _skeleton
    for name in "${attempts[@]}"; do
        _prepare "$name"
        _start_waiting "$name"
    done
}

# Those of one user together, root's by two; alone, whose cases change what others look at.
_try_all() { # CONTROL
    local name user kind workers=()
    local -A share=()
    for name in "${attempts[@]}"; do
        user=${user_of[$name]}
        if [[ $bypass_group == engine ]] || declare -F "alone_${case_of[$name]}" > /dev/null; then
            _try "$user" "$1" case "$name"
            if [[ $1 == 0 ]] && declare -F "after_${case_of[$name]}" > /dev/null; then
                "after_${case_of[$name]}"
            fi
            continue
        fi
        kind="$user 1"
        [[ $user != root ]] || kind="root $((++turn % 2))"
        share[$kind]+=" $name"
    done
    for kind in "${!share[@]}"; do
        # shellcheck disable=SC2086 # names are words
        _try "${kind% *}" "$1" case ${share[$kind]} &
        workers+=($!)
    done
    [[ ${#workers[@]} == 0 ]] || wait "${workers[@]}"
}

reached() { [[ $'\n'$(< "$base/$1.case") == *$'\nREACHED'* ]]; } 2> /dev/null

refused() {
    [[ $(< "$base/$1.case") =~ EPERM|'Operation not permitted'|'# no errno' ]]
} 2> /dev/null

_last_lines() { tail -n "$2" "$base/$1.case"; }

# The rules of the group, each with the targets of its attempts.
_write_rules() { # DIRECTORY
    local name rule list digests digest
    mkdir -p "$1"
    for rule in $(printf '%s\n' "${rule_of[@]}" | sort -u); do
        list='' digests=''
        for name in "${attempts[@]}"; do
            [[ ${rule_of[$name]} == "$rule" ]] || continue
            list+=$base/$name/gb,
            [[ $rule == *digest ]] || continue
            digest=$(sha256sum < "$base/$name/gb/denied")
            digests+="SHA256=${digest%% *},"
        done
        list=${list%,}
        sed "s|@TREE@|[${list//,//,}/]|; s|@DENIED@|[${list//,//denied,}/denied]|; s|@SECRET@|[${list//,//secret,}/secret]|; s|@DIGESTS@|[${digests%,}]|" \
            "$bypasses/rules/$rule.yml" > "$1/$rule.yml"
        if [[ ${accepted[$rule]} == no ]]; then
            if guardctl policy check "$1/$rule.yml" > /dev/null 2>&1; then
                not_ok "the rule '$rule' is not accepted yet" "it is: say so in rules/$rule.yml"
            else
                ok "the rule '$rule' is not accepted yet"
                rm "$1/$rule.yml"
            fi
        fi
    done
}

_judge() { # NAME
    local text="${1%-*} (${1##*-}, ${rule_of[$1]}): ${title_of[$1]}"
    if [[ $1 == *-instead ]]; then
        text+=", with the rule that is said to help"
    fi
    case ${status_of[$1]} in
        blocked)
            if reached "$1"; then
                not_ok "$text: refused" "it got through:" "$(_last_lines "$1" 4)"
            elif ! refused "$1"; then
                not_ok "$text: refused" "it failed, but not with EPERM:" "$(_last_lines "$1" 4)"
            else
                ok "$text: refused"
            fi
            ;;
        limit | audited)
            if reached "$1"; then
                ok "$text: gets through, as its status says"
            else
                not_ok "$text: gets through, as its status says" "it did not; if it is refused now, raise its status in bypasses.tsv:" \
                    "$(_last_lines "$1" 4)"
            fi
            ;;
        *) not_ok "$text" "no such status: ${status_of[$1]}" ;;
    esac
}

# Every attempt that was refused or audited has a record of the rule with its directory in it.
_records_missing() {
    local name rule kind missing=()
    local -A has=()
    if ! guardctl audit list --limit 5000 --output json > "$base/records" 2>&1; then
        tail -n 3 "$base/records"
        tail -n 30 /var/log/guardd.log
        dmesg | tail -n 20
        return 1
    fi
    # One record a line; of each its kind, the ids of rules and the attempts that it names.
    while read -r name; do
        has[$name]=1
    done < <(sed 's/{"seq":/\n{"seq":/g' "$base/records" | awk '{
        kind = match($0, /(exec|file|connect|send|bind|listen|raw|operation)\.(denied|audited)/) ? substr($0, RSTART, RLENGTH) : "none"
        sub(/^(connect|send|bind|listen|raw)/, "network", kind)
        # A program that is mapped is refused as a file, by the rule about programs.
        if ($0 ~ /"access":\["map"\]/) sub(/^file/, "exec", kind)
        ids = names = $0
        while (match(ids, /b0b00000-[-0-9a-f]*/)) {
            id = substr(ids, RSTART, RLENGTH)
            ids = substr(ids, RSTART + RLENGTH)
            # In a root of its own, and below an overlay, the path has no directory of the attempt.
            if (names ~ /"path":"\/denied"/) print "E12=" id "=" kind
            if (names ~ /"path":"[^"]*\/secret"/ && names ~ /path_unresolved/) print "F08=" id "=" kind
            rest = names
            while (match(rest, /\/by\/[A-Za-z0-9-]+\//)) {
                print substr(rest, RSTART + 4, RLENGTH - 5) "=" id "=" kind
                rest = substr(rest, RSTART + RLENGTH)
            }
        }
    }' | sort -u)
    for name in "${attempts[@]}"; do
        # Of X24 nothing is refused.
        [[ ${status_of[$name]} != limit && ${case_of[$name]} != X24 ]] || continue
        rule=${rule_of[$name]}
        kind=${record_of[$rule]}
        [[ ${status_of[$name]} == blocked ]] || kind=${kind/denied/audited}
        [[ ${case_of[$name]} == [EF]@(12|08) && -n ${has[${case_of[$name]}=${id_of[$rule]}=$kind]:-} ]] ||
            [[ -n ${has[$name=${id_of[$rule]}=$kind]:-} ]] || missing+=("$name")
    done
    echo "without a record: ${missing[*]:-none}"
    for name in "${missing[@]}"; do
        echo "of $name there is: $(sed 's/{"seq":/\n{"seq":/g' "$base/records" | grep -aF -- "$name" | head -n 1 | cut -c -1000)"
    done
    [[ ${#missing[@]} == 0 ]]
}

_load() { # GROUP
    bypass_group=$1
    _read_rules
    # shellcheck source=/dev/null
    . "$bypasses/cases/$1.sh"
    if declare -F "${1}_before" > /dev/null; then
        "${1}_before"
    fi
}

# Without rules; leaves in $dud who did not get there.
_control() {
    local name
    dud=()
    _prepare_all
    _try_all 1
    for name in "${attempts[@]}"; do
        reached "$name" || dud+=("$name: $(_last_lines "$name" 2 | tr '\n' ' ')")
    done
}

_enforced() {
    local name
    _prepare_all
    _write_rules "$work/rules"
    if compgen -G "$work/rules/*.yml" > /dev/null; then
        push_policy "the rules go live" "$work/rules"
    fi
    _try_all 0
    for name in "${attempts[@]}"; do
        _judge "$name"
    done
    wait_for 40 "each refusal is in the trail, by its rule" _records_missing
}

# try_bypasses GROUP
try_bypasses() {
    on_exit _unmount_all
    _load "$1"
    _read_group "$1"
    _control
    expect_equal '' "$(printf '%s\n' "${dud[@]}")" "control: without rules each of the ${#attempts[@]} attempts of '$1' gets there"
    _enforced
}
