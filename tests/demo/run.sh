#!/bin/bash
# make demo, make demo-shell: from a fresh Debian 12 machine to Guard at work.
# Installs what is missing, builds, boots a throwaway server and shows it
# (tests/demo/guest.sh). Exits with 1 if anything did not go as expected.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
repo=$PWD
logs=$repo/artifacts/demo
kernel=${GUARD_DEMO_KERNEL:-6.1}
mkdir -p "$logs"

# step NAME LOG COMMAND... - one line while it runs, the log if it fails.
step() {
    local name=$1 log=$logs/$2.log started=$SECONDS
    shift 2
    printf '%-45s' "$name ..."
    if "$@" > "$log" 2>&1 < /dev/null; then
        printf ' %4d s\n' "$((SECONDS - started))"
    else
        printf ' failed after %d s\n' "$((SECONDS - started))"
        tail -n 20 "$log" | sed 's/^/    /'
        echo "demo: this step failed: $name; its log is $log"
        exit 1
    fi
}

step "installing what is missing" deps tests/deps vm
step "building the package (minutes, once)" deb tests/ensure-deb
step "making the server's disk (minutes, once)" image tests/vm/run --build

if [[ ${1:-} == --shell ]]; then
    echo "booting; a root shell follows"
    exec tests/vm/run --kernel "$kernel" --systemd --timeout 86400 --interactive -- \
        bash -c "bash '$repo/tests/demo/guest.sh' --prepare; cd /root; exec bash -l"
fi

color=0
[[ ! -t 1 ]] || color=1
echo "booting Debian 12 with kernel $kernel and systemd (about half a minute) ..."
status=0
tests/vm/run --kernel "$kernel" --systemd --timeout 400 -- \
    env "GUARD_DEMO_COLOR=$color" bash "$repo/tests/demo/guest.sh" 2>&1 | tee "$logs/guest.log" || status=$?
if [[ $status != 0 ]]; then
    echo "demo: failed with exit code $status; the log is $logs/guest.log," \
        "the server's console $repo/artifacts/vm-logs/last/console.log"
    exit 1
fi
echo "make demo-shell gives you the same server with a root shell."
