# shellcheck shell=bash
# guest: --systemd
# timeout: 420
# when: long
# Where a process must be for a rule to concern it: units, cgroups, containers, users, groups, login uids, mount
# namespaces. Moving is believed at once, names that others may give are not.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

cgroups=/sys/fs/cgroup
alice=$(id -u alice)
home=$(sed -n 's/^0:://p' /proc/self/cgroup)
container=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
old=/usr/share/common-licenses/GPL-2

mkdir "$work/open"
for file in inside outside below contained grouped spaced logged users deep; do
    echo content > "$work/$file"
done
cp /usr/lib/guard-tests/noop "$work/program"
chmod -R a+rX "$work"

# in_cgroup PATH COMMAND... - moves itself there, then becomes the command.
in_cgroup() {
    # shellcheck disable=SC2016 # the inner shell expands it
    bash -c 'echo $$ > "$0/cgroup.procs" && exec "$@"' "$cgroups$1" "${@:2}"
}

unit=/system.slice/scoped-one.service
systemctl reset-failed scoped-one.service 2> /dev/null
expect_ok "a unit runs" systemd-run -q --unit scoped-one.service sleep infinity
on_exit systemctl stop scoped-one.service
expect_ok "its cgroup is there" test -d "$cgroups$unit"
fake=/user.slice/user-$alice.slice/user@$alice.service
mkdir -p "$cgroups$unit/worker/deep" "$cgroups$fake/scoped-one.service" "$cgroups$fake/docker-$container.scope" \
    "$cgroups/system.slice/docker-$container.scope" "$cgroups/scope-test/below"
on_exit "rmdir $cgroups$unit/worker/deep $cgroups$unit/worker $cgroups$fake/* $cgroups$fake \
    $cgroups/system.slice/docker-$container.scope $cgroups/scope-test/below $cgroups/scope-test 2> /dev/null"

rule() { # NUMBER FILE SCOPE [KEY]
    cat << RULE
title: Scope of $2
id: 26262626-2626-4262-8262-26262626260$1
logsource: {product: linux, category: file_access}
detection: {selection: {TargetFilename: $work/$2}, condition: selection}
guard: {action: block, ${4:-}scope: {$3}}
---
RULE
}

rules() {
    rule 1 inside "unit: [scoped-*.service, other.service]"
    rule 2 outside "not: {unit: scoped-one.service}"
    rule 3 below "cgroup: /scope-test"
    rule 4 contained "container: ${container:0:12}"
    rule 5 grouped "group: games"
    rule 6 spaced "mount_namespace: other"
    rule 7 logged "login_user: alice"
    rule 8 users "user: alice, not: {group: games}"
    rule 9 deep "unit: scoped-one.service" "on_unknown: deny, "
    cat << RULES
title: A program
id: 26262626-2626-4262-8262-262626262610
logsource: {product: linux, category: process_creation}
detection: {selection: {Image: $work/program}, condition: selection}
guard: {action: block, scope: {unit: scoped-one.service, mount_namespace: host}}
---
title: A file that has been there for long
id: 26262626-2626-4262-8262-262626262611
logsource: {product: linux, category: file_access}
detection: {selection: {TargetFilename: $old, SystemdUnit: scoped-one.service}, condition: selection}
guard: {action: block}
RULES
}

expect_errno OK "control: in the unit the file opens" in_cgroup "$unit" act open "$work/inside"
expect_errno OK "control: and the program runs" in_cgroup "$unit" act exec "$work/program"
expect_errno OK "control: outside, too" act open "$work/outside"
push_rules "rules with scopes go live" < <(rules)

expect_errno EPERM "in the unit the file is refused" in_cgroup "$unit" act open "$work/inside"
expect_errno EPERM "to a child" in_cgroup "$unit" act child open "$work/inside"
expect_errno EPERM "in a cgroup of the unit's own" in_cgroup "$unit/worker/deep" act open "$work/inside"
expect_errno EPERM "in a cgroup namespace" in_cgroup "$unit/worker" unshare -C act open "$work/inside"
expect_errno EPERM "to a user in namespaces of his own" \
    in_cgroup "$unit" setpriv --reuid alice --regid alice --clear-groups unshare -UrCm act open "$work/inside"
expect_errno EPERM "its name can't be taken away" in_cgroup "$unit" act unlink "$work/inside"
expect_errno OK "outside it opens" act open "$work/inside"
expect_errno OK "also where only the name is the same" in_cgroup "$fake/scoped-one.service" act open "$work/inside"
audit_has "the denial is in the trail, with the unit" file.denied "$work/inside" '"unit":"scoped-one.service"' EPERM
expect_errno EPERM "a service of that name" \
    systemd-run -q --unit scoped-two.service --wait --pipe /usr/lib/guard-tests/act open "$work/inside"

expect_errno EPERM "in the unit the program is refused" in_cgroup "$unit" act exec "$work/program"
expect_errno OK "not in another mount namespace" in_cgroup "$unit" unshare -m act exec "$work/program"
expect_errno OK "outside it runs" act exec "$work/program"
audit_has "the denied exec is in the trail" exec.denied "$work/program" '"unit":"scoped-one.service"'

expect_errno EPERM "what only the unit may is refused outside" act open "$work/outside"
expect_errno OK "and not in it" in_cgroup "$unit" act open "$work/outside"
expect_errno EPERM "a name that somebody else gave exempts nobody" \
    in_cgroup "$fake/scoped-one.service" act open "$work/outside"

expect_errno EPERM "a cgroup by its path" in_cgroup /scope-test act open "$work/below"
expect_errno EPERM "with what is below it" in_cgroup /scope-test/below act open "$work/below"
expect_errno OK "and no other" act open "$work/below"
expect_errno EPERM "a container by the beginning of its id" \
    in_cgroup "/system.slice/docker-$container.scope" act open "$work/contained"
expect_errno OK "not where a user has called a cgroup so" in_cgroup "$fake/docker-$container.scope" act open "$work/contained"
audit_has "the record has the container" file.denied "$work/contained" "\"containerId\":\"$container\""

expect_errno EPERM "a group" setpriv --regid games --clear-groups act open "$work/grouped"
expect_errno OK "no other group" act open "$work/grouped"
expect_errno EPERM "another mount namespace" unshare -m act open "$work/spaced"
expect_errno OK "the host's" act open "$work/spaced"
expect_errno EPERM "somebody who has logged in" bash -c "echo $alice > /proc/self/loginuid && exec act open $work/logged"
expect_errno OK "and nobody else" act open "$work/logged"
expect_errno EPERM "a user" act as "$alice" open "$work/users"
expect_errno OK "outside of what is left out" setpriv --reuid alice --regid games --clear-groups act open "$work/users"

# One process that moves, and opens by itself.
# shellcheck disable=SC2016 # the inner shell expands it
moved=$(bash -c '
    try() { if : < "$1"; then echo -n "opened "; else echo -n "refused "; fi 2> /dev/null; }
    for turn in 1 2 3; do
        echo $$ > "$2/cgroup.procs"; try "$3"
        echo $$ > "$1/cgroup.procs"; try "$3"
    done' - "$cgroups$unit" "$cgroups$home" "$work/inside" 2> /dev/null)
expect_equal "opened refused opened refused opened refused " "$moved" "who moves is where he is at the next open"
# shellcheck disable=SC2016
moved=$(bash -c '
    try() { if : < "$1"; then echo -n "opened "; else echo -n "refused "; fi 2> /dev/null; }
    for turn in 1 2 3; do
        echo $$ > "$2/cgroup.procs"; try "$3"; try "$3"
        echo $$ > "$1/cgroup.procs"; try "$3"
    done' - "$cgroups$unit" "$cgroups$home" "$old" 2> /dev/null)
expect_equal "opened opened refused opened opened refused opened opened refused " "$moved" \
    "also with a file that is remembered elsewhere"

# Longer than a path can be: nobody knows the beginning any more.
name=$(printf 'n%.0s' {1..250})
deep() { # COMMAND...
    (
        cd "$cgroups$unit/worker" || exit
        for _ in {1..17}; do
            mkdir -p "$name" && cd "$name" || exit
        done
        # shellcheck disable=SC2016
        bash -c 'echo $$ > cgroup.procs && exec "$@"' - "$@"
    )
}
on_exit "find $cgroups$unit/worker -depth -type d -delete 2> /dev/null"
expect_errno EPERM "where the path is too long, on_unknown decides" deep act open "$work/deep"
expect_errno OK "and allows where it says so" deep act open "$work/inside"
audit_has "the record says why" file.denied "$work/deep" cgroup_unknown unknown

few_decided() { # TEXT - of 2000 opens, those that are decided in full
    local before after
    before=$(hook_count file_open decisions)
    act repeat open 2000 "$old" 1 > /dev/null
    after=$(hook_count file_open decisions)
    if [[ $before =~ ^[1-9][0-9]*$ && $after =~ ^[1-9][0-9]*$ ]] && ((after >= before && after - before < 1000)); then
        ok "$1 ($((after - before)))"
    else
        not_ok "$1" "decided before: '$before', and after: '$after'"
    fi
}
few_decided "outside, opens of a file that a scoped rule names are decided once"
expect_errno EPERM "and inside it is refused" in_cgroup "$unit" act open "$old"

push_rules "a rule without a file goes live" << RULES
title: Reads and no more
id: 26262626-2626-4262-8262-262626262620
logsource: {product: linux, category: file_access}
detection: {selection: {Access: [write, create]}, condition: selection}
guard: {action: block, scope: {unit: scoped-one.service}}
RULES
expect_errno EPERM "in the unit nothing is written" in_cgroup "$unit" act open "$work/open/new" create
expect_errno OK "but read" in_cgroup "$unit" act open "$old"
expect_errno OK "outside it is" act open "$work/open/new" create
few_decided "and is decided once for each file"

expect_ok "rules can be taken out" guardctl policy remove --all
expect_errno OK "then the unit may" in_cgroup "$unit" act open "$work/inside"
expect_errno OK "and everybody else" act open "$work/outside"
