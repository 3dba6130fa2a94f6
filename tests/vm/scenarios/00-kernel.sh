# shellcheck shell=bash
# guest: --no-guardd
# What Guard needs of a kernel, before Guard: if this fails, nothing after it
# means anything.
# shellcheck source=tests/vm/lib.sh
. /usr/lib/guard-tests/lib.sh

expect_output '(^|,)bpf(,|$)' "bpf is in the kernel's list of LSMs" cat /sys/kernel/security/lsm
expect_ok "the kernel describes its types (BTF)" test -s /sys/kernel/btf/vmlinux
expect_equal 2 "$(nproc)" "the guest has two CPUs"
expect_output ' type bpf ' "the BPF file system is mounted" mount
expect_ok "a map can be made" act bpf
expect_output ' / ext4 ' "the root is ext4, as on servers" cat /proc/mounts
expect_output '\(voluntary\)' "preemption is Debian's default" cat /sys/kernel/debug/sched/preempt
expect_errno OK "a test program runs" act exec /usr/lib/guard-tests/noop
expect_errno EACCES "users have no more rights than elsewhere" act as "$(id -u alice)" open /etc/shadow
