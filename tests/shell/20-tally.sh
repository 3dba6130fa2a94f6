# shellcheck shell=bash
# tests/tally: nothing that failed may get lost in the sum.
set -uo pipefail
repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
# Whoever runs these tests may want it of the sum of all.
unset GUARD_NO_SKIP

# sums CODE LINE TEXT
sums() {
    local status=0 last
    last=$("$repo/tests/tally" "$directory" | tail -1) || status=$?
    if [[ $status == "$1" && $last == "$2" ]]; then
        echo "ok - $3"
    else
        echo "not ok - $3 (exit $status: $last)"
    fi
}

trx() {
    printf '<UnitTestResult testName="a" outcome="Failed" />\n<Counters total="%s" executed="%s" passed="%s" failed="%s" error="0" timeout="0" aborted="0" />\n' \
        "$@" > "$directory/$5.trx"
}

sums 1 '0 passed, 0 failed, 0 skipped' "no results at all are not a success"
trx 10 9 9 0 one
sums 0 '9 passed, 0 failed, 1 skipped' "passed and skipped tests of dotnet are counted"
trx 3 3 2 1 two
sums 1 '11 passed, 1 failed, 1 skipped' "a failed test of dotnet fails the whole"
rm "$directory/two.trx"
printf 'vm 6.1\tx\tok\ta\nvm 6.1\tx\tskip\tb\n' > "$directory/vm.tsv"
sums 0 '10 passed, 0 failed, 2 skipped' "results of scenarios are added"
GUARD_NO_SKIP=1 sums 1 '10 passed, 2 failed, 0 skipped' "with GUARD_NO_SKIP=1 skips are failures"
printf 'vm 6.1\tx\tnot ok\ta\n' >> "$directory/vm.tsv"
sums 1 '10 passed, 1 failed, 2 skipped' "a failed scenario fails the whole"
printf 'garbage\n' > "$directory/vm.tsv"
sums 1 '9 passed, 1 failed, 1 skipped' "a line that cannot be read is a failure"
rm "$directory/vm.tsv"
echo '<TestRun>' > "$directory/cut.trx"
sums 1 '9 passed, 1 failed, 1 skipped' "a result file that was cut off is a failure"
rm "$directory/cut.trx"
cat > "$directory/said.trx" << 'TRX'
<UnitTestResult testName="Of(text: &quot;&amp;&quot;)" outcome="Failed" />
<Message>GUARD_SEED=7: a &lt; b</Message>
<Counters total="1" passed="0" failed="1" error="0" timeout="0" aborted="0" />
TRX
said=$("$repo/tests/tally" "$directory")
case $said in
    *'not ok: Of(text: "&")'*'GUARD_SEED=7: a < b'*) echo "ok - a failed test is named with its message" ;;
    *) echo "not ok - a failed test is named with its message ($said)" ;;
esac
cat > "$directory/said.trx" << 'TRX'
<UnitTestResult testName="Needs.Root" outcome="NotExecuted" />
<UnitTestResult testName="Passes" outcome="Passed" />
<Counters total="2" passed="1" failed="0" error="0" timeout="0" aborted="0" />
TRX
said=$(GUARD_NO_SKIP=1 "$repo/tests/tally" "$directory")
case $said in
    *'not ok: skipped: Needs.Root'*Passes*) echo "not ok - only what was skipped is named ($said)" ;;
    *'not ok: skipped: Needs.Root'*) echo "ok - what was skipped is named" ;;
    *) echo "not ok - what was skipped is named ($said)" ;;
esac
