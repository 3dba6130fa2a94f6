# shellcheck shell=bash
# What scenarios are written with. A scenario begins with
#     . /usr/lib/guard-tests/lib.sh
# and states what must hold; each statement prints one line:
#     ok - text | not ok - text | skip - text # reason
# Lines of any other shape are detail and shown as such.
set -uo pipefail

export PATH=/usr/lib/guard-tests:$PATH
work=$(mktemp -d /var/lib/guard-test.XXXXXX)
chmod 755 "$work"
results=0 failures=0

# Called by the shell at exit; a scenario adds its own with on_exit.
exit_commands=()
on_exit() { exit_commands+=("$*"); }
_leave() {
    local code=$? command
    for command in "${exit_commands[@]}"; do
        eval "$command"
    done
    # What waits for a scenario that has ended early may be a grandchild, or in a session of its own: all that name its
    # directory, which nobody else does. Not by KILL, which `act starve` could not clean up after.
    pkill -f -- "$work/" 2> /dev/null
    if [[ -e $work/.pushed ]]; then
        guardctl policy remove --all > /dev/null 2>&1
    fi
    jobs -p | xargs -r kill 2> /dev/null
    rm -rf "$work"
    # A scenario whose statements failed has said so; only dying is an error.
    exit "$code"
}
trap _leave EXIT

ok() {
    results=$((results + 1))
    echo "ok - $1"
}

not_ok() {
    results=$((results + 1)) failures=$((failures + 1))
    echo "not ok - $1"
    [[ $# -lt 2 ]] || printf '%s\n' "${@:2}" | sed 's/^/    /'
}

skip() {
    results=$((results + 1))
    echo "skip - $1 # $2"
}

# Runs the rest of the arguments; leaves $status and $output.
_run() {
    status=0
    output=$("$@" 2>&1) || status=$?
}

# expect_ok TEXT COMMAND... - exits with 0.
expect_ok() {
    local text=$1
    shift
    _run "$@"
    if [[ $status == 0 ]]; then
        ok "$text"
    else
        not_ok "$text" "$* exited with $status" "$output"
    fi
}

# expect_exit CODE TEXT COMMAND...
expect_exit() {
    local code=$1 text=$2
    shift 2
    _run "$@"
    if [[ $status == "$code" ]]; then
        ok "$text"
    else
        not_ok "$text" "$* exited with $status, not $code" "$output"
    fi
}

# expect_errno ERRNO TEXT act ACTION... - the action got this errno; OK for
# none. The program's JSON says it, not a message in some language.
expect_errno() {
    local errno=$1 text=$2
    shift 2
    _run "$@"
    if [[ $output == *"\"errno\":\"$errno\""* ]]; then
        ok "$text"
    else
        not_ok "$text" "$* did not get $errno" "$output"
    fi
}

# expect_output PATTERN TEXT COMMAND... - exits with 0 and prints a line that
# the extended regular expression matches.
expect_output() {
    local pattern=$1 text=$2
    shift 2
    _run "$@"
    if [[ $status == 0 ]] && grep -Eq -- "$pattern" <<< "$output"; then
        ok "$text"
    else
        not_ok "$text" "$* exited with $status; no line matches $pattern in:" "$output"
    fi
}

# expect_equal EXPECTED ACTUAL TEXT
expect_equal() {
    if [[ $1 == "$2" ]]; then
        ok "$3"
    else
        not_ok "$3" "expected: $1" "actual:   $2"
    fi
}

# expect_match PATTERN ACTUAL TEXT - a pattern of the shell.
expect_match() {
    # shellcheck disable=SC2053 # the pattern is meant as one
    if [[ $2 == $1 ]]; then
        ok "$3"
    else
        not_ok "$3" "no match for $1:" "$2"
    fi
}

# wait_for SECONDS TEXT COMMAND... - exits with 0 within that time. A guest
# under software emulation is slow: be generous.
wait_for() {
    local deadline=$((SECONDS + $1)) text=$2 limit=$1
    shift 2
    while :; do
        _run "$@"
        if [[ $status == 0 ]]; then
            ok "$text"
            return
        fi
        if ((SECONDS >= deadline)); then
            not_ok "$text" "not within $limit s: $*" "$output"
            return
        fi
        sleep 0.3
    done
}

# let_go FIFO - what waits in `act after` goes on. Only for a while: where nothing waits, nobody would ever read.
let_go() {
    # shellcheck disable=SC2016 # the inner shell expands it
    timeout 20 bash -c 'echo > "$0"' "$1" || not_ok "something waits for ${1##*/}" "nobody has read within 20 s"
}

_audit_lines_with() {
    local lines pattern
    # JSON: a table cuts long paths to the width of a terminal.
    # Not by guardctl: starting .NET takes seconds under emulation, and this is asked again and again.
    lines=$(curl -sf --unix-socket /run/guard/guardd.sock "http://guard/v1/audit?newest=true&limit=1000" 2>&1) || return 1
    # One record per line, so that all the words are of the same one.
    lines=${lines//'{"seq":'/$'\n{"seq":'}
    for pattern in "$@"; do
        lines=$(grep -F -- "$pattern" <<< "$lines") || return 1
    done
}

# audit_has TEXT WORD... - the audit trail has a record with all the words.
audit_has() {
    local text=$1
    shift
    wait_for 40 "$text" _audit_lines_with "$@"
}

# push_rules TEXT < rules - the documents on standard input, put in force.
# They are taken out again when the scenario ends.
push_rules() {
    local text=$1
    rm -rf "$work/rules"
    mkdir "$work/rules"
    cat > "$work/rules/rules.yml"
    push_policy "$text" "$work/rules"
}

push_policy() {
    touch "$work/.pushed"
    expect_ok "$1" guardctl policy push "$2"
}

# hook_count HOOK COUNTER - decisions, denied, audited of one hook since guardd's first start.
hook_count() {
    guardctl status -o json | grep -oE "\"hook\":\"$1\",[^}]*" | grep -oE "\"$2\":[0-9]+" | grep -oE '[0-9]+$'
}

has_systemd() { [[ -d /run/systemd/system ]]; }

guardd_pid() {
    if has_systemd; then
        systemctl show -p MainPID --value guardd.service
    else
        cat /run/guard-vm/guardd.pid
    fi
}

guardd_start() {
    if has_systemd; then
        systemctl start guardd.service
    else
        /run/guard-vm/guardd-start "$@"
    fi
}

# guardd_stop [SIGNAL] - and waits until it is gone.
guardd_stop() {
    local pid
    if has_systemd && [[ $# == 0 ]]; then
        systemctl stop guardd.service
        return
    fi
    pid=$(guardd_pid)
    kill "-${1:-TERM}" "$pid" 2> /dev/null
    while kill -0 "$pid" 2> /dev/null; do
        sleep 0.2
    done
}
