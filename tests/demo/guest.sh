#!/bin/bash
# The demo inside the guest: the same acts before and after a policy, and what
# the trail says about them. Every act has an expected outcome; a different one
# makes the demo fail. With --prepare it only sets the stage.
set -uo pipefail
export LC_ALL=C

# What the starter policies speak of (policies/starter/block-*.yml).
policies=/usr/share/guard/policies/starter
user=alice             # an ordinary account: both rules apply to it
excluded_user=backup   # the secrets rule leaves it out
program=/tmp/guard-demo
secret=/etc/secrets/guard-demo.key

failures=0
bold='' green='' red='' plain=''
if [[ ${GUARD_DEMO_COLOR:-0} == 1 ]]; then
    bold=$'\e[1m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
fi

heading() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
verdict() {
    if [[ $1 == good ]]; then
        printf '    %s%s%s\n' "$green" "$2" "$plain"
    else
        failures=$((failures + 1))
        printf '    %sUNEXPECTED: %s%s\n' "$red" "$2" "$plain"
    fi
}

# Shows a command and what it printed; leaves $status and $output.
show() {
    status=0
    printf '  $ %s\n' "$*"
    output=$("$@" 2>&1) || status=$?
    [[ -z $output ]] || sed 's/^/    /' <<< "$output"
}

must_work() {
    show "$@"
    if [[ $status != 0 ]]; then
        verdict bad "exit code $status"
    fi
}

allowed() {
    local why=$1
    shift
    show "$@"
    if [[ $status == 0 ]]; then
        verdict good "allowed: $why"
    else
        verdict bad "exit code $status, this should have been allowed"
    fi
}

# Refused means EPERM, the errno that Guard's hooks return: file modes give
# EACCES ("Permission denied") instead.
refused() {
    local why=$1
    shift
    show "$@"
    if [[ $status != 0 && $output == *'Operation not permitted'* ]]; then
        verdict good "refused: $why"
    else
        verdict bad "exit code $status, this should have been refused with EPERM"
    fi
}

in_trail() {
    local deadline=$((SECONDS + 60)) path=$1 found=''
    while [[ -z $found && $SECONDS -lt $deadline ]]; do
        found=$(guardctl audit list --limit 1000 --output json 2> /dev/null | grep -F "$path" | grep -F denied || true)
    done
    if [[ -n $found ]]; then
        verdict good "recorded: the denial of $path"
    else
        verdict bad "no denial of $path is in the trail"
    fi
}

set_stage() {
    cp /usr/bin/id "$program"
    chmod 755 "$program"
    mkdir -p "$(dirname "$secret")"
    echo 'the key of the demo' > "$secret"
    # A mistaken mode, as it happens: the kernel's own check lets anybody read.
    chmod 644 "$secret"
}

set_stage
if [[ ${1:-} == --prepare ]]; then
    guardctl policy push "$policies"
    cat << TEXT

Guard is in force with the policies of $policies. To try:

  runuser -u $user -- $program            refused: exec from /tmp
  runuser -u $user -- cat $secret   refused: not root, not $excluded_user
  $program                                allowed: root is left out
  guardctl status;  guardctl policy list;  guardctl audit list

Leave with exit; the machine is thrown away.
TEXT
    exit 0
fi

heading "1. A Debian server with Guard installed, no policy yet"
show uname -r
must_work guardctl status
allowed "$user runs a program from /tmp" runuser -u "$user" -- "$program" -un
allowed "$user reads a key with a mistaken file mode" runuser -u "$user" -- cat "$secret"

heading "2. Policies are Sigma rules; they are checked, then pushed"
must_work guardctl policy check "$policies"
must_work guardctl policy push "$policies"
must_work guardctl policy list

heading "3. The same acts, decided in the kernel before they happen"
refused "exec from a world-writable directory" runuser -u "$user" -- "$program" -un
refused "the key is not for $user" runuser -u "$user" -- cat "$secret"

heading "4. Whom the rules leave out is not stopped"
allowed "root may run it" "$program" -un
allowed "$excluded_user may read it" runuser -u "$excluded_user" -- cat "$secret"
allowed "$user goes on with everything else" runuser -u "$user" -- cat /etc/hostname

heading "5. The trail"
in_trail "$program"
in_trail "$secret"
must_work guardctl audit list

heading "6. Policies off, and the acts are allowed again"
must_work guardctl policy remove --all
allowed "$user runs a program from /tmp" runuser -u "$user" -- "$program" -un
allowed "$user reads the key" runuser -u "$user" -- cat "$secret"

if [[ $failures == 0 ]]; then
    printf '\n%sEverything went as it should.%s\n' "$green" "$plain"
else
    printf '\n%s%s things did not go as they should.%s\n' "$red" "$failures" "$plain"
    exit 1
fi
