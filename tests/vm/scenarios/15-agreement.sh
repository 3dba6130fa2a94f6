# shellcheck shell=bash
# guest: --no-guardd
# timeout: 1200
# when: long
# This kernel, running the decision core under BPF_PROG_TEST_RUN, decides random requests under random policies as the
# simulator does over the same bytes: policies of all kinds, at the bounds, by target and cgroup, about sockets.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

artifacts=$(dirname "${BASH_SOURCE[0]}")/../../../artifacts
export GUARD_DECIDE_OBJECT=$artifacts/bpf/decide_test.bpf.o GUARD_ROUNDS=${GUARD_ROUNDS:-10}
expect_output '^kernel and simulator agree$' "kernel and simulator agree" "$artifacts/agreement/Guard.Abi.Tests"
echo "$output"
# An older program that lies in artifacts/agreement makes fewer.
expect_equal 4 "$(grep -c '^compared: ' <<< "$output")" "by four comparisons"
