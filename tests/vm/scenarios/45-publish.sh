# shellcheck shell=bash
# guest:
# timeout: 600
# when: long
# Two policies take turns while processes open and exec: each decision is that of one of them, and of the new one as soon
# as the push has been acknowledged. `make soak` does it for longer.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh
# shellcheck source=tests/vm/race.sh
. "$(dirname "${BASH_SOURCE[0]}")/../race.sh"
# shellcheck source=tests/vm/publish.sh
. "$(dirname "${BASH_SOURCE[0]}")/../publish.sh"

publish_files
publish_bundles
race_mode full
push_policy "bundle A goes live" "$work/A.yml"
act mark "$work/mark" A > /dev/null
publish_race 180
publish_expect
expect_output '"failures":\{\}' "the engine never failed to decide" guardctl status -o json
