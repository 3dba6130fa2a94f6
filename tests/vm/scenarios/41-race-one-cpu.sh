# shellcheck shell=bash
# guest: --smp 1
# timeout: 600
# One CPU, every kind of preemption: no verdict leaks from one task to another, and the counts are exact.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh
# shellcheck source=tests/vm/race.sh
. "$(dirname "${BASH_SOURCE[0]}")/../race.sh"

expect_equal 1 "$(nproc)" "the guest has one CPU"
race_files
race_rules 1 > "$work/rules.yml"
push_policy "rules go live" "$work/rules.yml"
race_all "${RACE_SECONDS:-15}"
