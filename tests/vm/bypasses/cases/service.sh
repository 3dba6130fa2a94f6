# shellcheck shell=bash disable=SC2154
# Ways that lead through a service manager. $D as in exec.sh.
# Also under the rule that exempts nobody.
setup_X09() { cp /usr/lib/guard-tests/act "$gb/reader"; }
case_X09() {
    "$gb/reader" child exec /usr/bin/systemd-run -q --wait --pipe "$D" REACHED
    echo "# no errno: the manager keeps it for its journal"
}
