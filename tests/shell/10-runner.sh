# shellcheck shell=bash
# tests/vm/run: what it says before any guest starts.
set -uo pipefail
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# exits CODE PATTERN TEXT ARGUMENT...
exits() {
    local code=$1 pattern=$2 text=$3 status=0 output
    shift 3
    output=$("$repo/tests/vm/run" "$@" 2>&1) || status=$?
    if [[ $status == "$code" ]] && grep -q -- "$pattern" <<< "$output"; then
        echo "ok - $text"
    else
        echo "not ok - $text (exit $status)"
        echo "$output"
    fi
}

exits 0 '^Usage:' "--help prints the usage"  --help
exits 2 'unknown argument: --what' "an unknown option is an error" --what -- true
exits 2 'no such kernel: 5.4' "an unknown kernel is an error" --kernel 5.4 -- true
exits 2 'no command given' "a run without a command is an error" --no-guardd
exits 2 'needs a value' "an option without its value is an error" --no-guardd --timeout
exits 2 'takes seconds' "a time-out in words is an error" --timeout soon -- true
exits 2 'not a directory' "a share that is not there is an error" --share /nowhere -- true
exits 2 'no such package' "a package that is not there is an error" --deb /nowhere.deb -- true
exits 2 'runs on one CPU' "counting instructions on two CPUs is an error" --icount --smp 2 -- true
