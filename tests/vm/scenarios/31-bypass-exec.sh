# shellcheck shell=bash
# guest:
# timeout: 300
# when: long 6.12
# Published ways to execute a program that a rule forbids: each has the outcome that bypasses.tsv says.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh
# shellcheck source=tests/vm/bypasses/harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/../bypasses/harness.sh"

try_bypasses exec
