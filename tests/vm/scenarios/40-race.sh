# shellcheck shell=bash
# guest:
# timeout: 600
# when: long
# Many processes decide at once, on two CPUs and on one, preempted nowhere, here and there and anywhere: nothing denied
# gets through, nothing allowed is refused, every denial is in the trail or counted as lost.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh
# shellcheck source=tests/vm/race.sh
. "$(dirname "${BASH_SOURCE[0]}")/../race.sh"

race_files
race_rules 1 > "$work/rules.yml"
push_policy "rules go live" "$work/rules.yml"
race_all 6 120 40
