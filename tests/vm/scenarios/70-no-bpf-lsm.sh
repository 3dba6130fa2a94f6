# shellcheck shell=bash
# guest: --append lsm=landlock,lockdown,yama,apparmor
# kernels: 6.12
# timeout: 200
# when: long
# A kernel that loads the programs and never calls them: Guard must not claim to enforce.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

expect_output '"state":"degraded"' "Guard says that it is degraded" guardctl status -o json
expect_exit 6 "doctor says so" guardctl doctor
expect_match '*lsm=*,bpf*' "$output" "and which boot parameter to change"
