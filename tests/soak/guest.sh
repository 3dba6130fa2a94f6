# shellcheck shell=bash
# The guest's half of make soak: SOAK_SECONDS, a third each for races under every preemption with exact counts, for
# policies that take turns, and for kills of guardd under load.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh
# shellcheck source=tests/vm/race.sh
. "$(dirname "${BASH_SOURCE[0]}")/../vm/race.sh"
# shellcheck source=tests/vm/publish.sh
. "$(dirname "${BASH_SOURCE[0]}")/../vm/publish.sh"

third=$((${SOAK_SECONDS:-1800} / 3))

soak_races() {
    race_files
    race_rules 1 > "$work/1.yml"
    race_rules 2 > "$work/2.yml"
    push_policy "rules go live" "$work/1.yml"
    race_all $((third / 6)) 200 200
}

soak_publishing() {
    publish_files
    publish_bundles
    race_mode full
    push_policy "bundle A goes live" "$work/A.yml"
    act mark "$work/mark" A > /dev/null
    publish_race "$third"
    publish_expect
}

# Verdicts only: what guardd had in hand when it was killed is a gap of the trail that it proves when it is back.
soak_kills() {
    local opens execs rounds=0
    push_policy "rules go live again" "$work/1.yml"
    nice -n 19 act race open 4 "$third" "$work/denied" "$work/allowed" > "$work/opens" &
    opens=$!
    nice -n 19 act race exec 2 "$third" "$work/denied-tool" "$work/allowed-tool" > "$work/execs" &
    execs=$!
    while kill -0 "$opens" 2> /dev/null; do
        guardctl policy push "$work/$((rounds % 2 + 1)).yml" > /dev/null 2>&1
        if ((rounds % 3 == 2)); then
            guardd_stop KILL
            # shellcheck disable=SC2119 # no arguments here
            guardd_start > /dev/null 2>&1
        fi
        rounds=$((rounds + 1))
        echo "soak: round $rounds, $SECONDS s"
    done
    wait "$opens" "$execs"
    race_verdicts "guardd is killed, opens" "$(cat "$work/opens")"
    race_verdicts "guardd is killed, execs" "$(cat "$work/execs")"
}

soak_races
soak_publishing
soak_kills
wait_for 120 "Guard is enforcing" bash -c 'guardctl status -o json | grep -q "\"state\":\"enforcing\""'
expect_output '"failures":\{\}' "the engine never failed to decide" guardctl status -o json
# lib.sh counts them.
# shellcheck disable=SC2154
((failures == 0))
