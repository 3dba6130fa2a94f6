# shellcheck shell=bash
# guest:
# timeout: 400
# A push is seen whole or not at all, and from its acknowledgement on by everybody.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh
# shellcheck source=tests/vm/race.sh
. "$(dirname "${BASH_SOURCE[0]}")/../race.sh"
# shellcheck source=tests/vm/publish.sh
. "$(dirname "${BASH_SOURCE[0]}")/../publish.sh"

race_mode full
publish_files
publish_bundles
push_policy "bundle B is accepted" "$work/B.yml"
push_policy "bundle A goes live" "$work/A.yml"
act mark "$work/mark" A > /dev/null
expect_errno EPERM "control: A denies the even ones" "$work/worker" open "$work/open/n00"
expect_errno OK "control: and not the odd ones" "$work/worker" open "$work/open/n01"
expect_errno EPERM "control: also execs" "$work/worker" exec "$work/exec/n02"
expect_errno EPERM "control: what is always denied" "$work/worker" open "$work/open/always0"
expect_errno OK "control: what never is" "$work/worker" exec "$work/exec/never"
publish_race "${PUBLISH_SECONDS:-60}"
publish_expect
expect_output '"failures":\{\}' "the engine never failed to decide" guardctl status -o json
