# shellcheck shell=bash
# guest:
# timeout: 240
# when: long 6.12
# guardctl trace exec beside bpftrace: the same programs, each once, with their arguments.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

cp /usr/lib/guard-tests/noop "$work/launched"
guardctl trace exec -o json > "$work/guard" 2> "$work/guard.err" &
bpftrace -e 'tracepoint:syscalls:sys_enter_execve { printf("%d %s ", pid, str(args->filename)); join(args->argv); }' > "$work/bpftrace" 2> /dev/null &
wait_for 60 "bpftrace listens" grep -q Attaching "$work/bpftrace"
for _ in $(seq 60); do
    "$work/launched" warm-up
    grep -q warm-up "$work/guard" && grep -q warm-up "$work/bpftrace" && break
    sleep 0.5
done
for i in $(seq 200); do
    "$work/launched" "number-$i" "two words" -x
done
wait_for 40 "trace exec saw the last launch" grep -q '"number-200"' "$work/guard"
wait_for 20 "bpftrace did" grep -q 'number-200 ' "$work/bpftrace"

awk -v program="$work/launched" '$2 == program && $4 ~ /^number-/ { print $1, $4 }' "$work/bpftrace" | sort > "$work/theirs"
grep -F "\"$work/launched\"" "$work/guard" | grep -o '"pid":[0-9]*.*"number-[0-9]*"' |
    sed -E 's/"pid":([0-9]+).*"(number-[0-9]+)"/\1 \2/' | sort > "$work/ours"
expect_equal 200 "$(wc -l < "$work/ours")" "trace exec has each launch once"
expect_equal "$(cat "$work/theirs")" "$(cat "$work/ours")" "the same processes and arguments as bpftrace has"
expect_equal 200 "$(grep -c '"two words","-x"' "$work/guard")" "arguments are kept apart"
