# shellcheck shell=bash
# guest:
# timeout: 300
# when: long
# Programs whose path is not known: rules that deny on unknown refuse them.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh
# shellcheck source=tests/vm/bypasses/harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/../bypasses/harness.sh"

try_bypasses unknown
