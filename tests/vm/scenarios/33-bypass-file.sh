# shellcheck shell=bash
# guest:
# timeout: 300
# when: long
# Published ways to read or change a file that a rule protects: each has the outcome that bypasses.tsv says.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh
# shellcheck source=tests/vm/bypasses/harness.sh
. "$(dirname "${BASH_SOURCE[0]}")/../bypasses/harness.sh"

try_bypasses file
