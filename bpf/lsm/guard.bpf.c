// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one compiled unit: every attach point on one screen, in the order in which a process meets them. Logic is in
 * one header per subject. A verdict never depends on the ring buffer or on guardd.
 */
#include "kernel_types.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#include "hook_exec.h"
#include "hook_file.h"
#include "hook_task.h"

char LICENSE[] SEC("license") = "GPL";

SEC("lsm/task_alloc")
int BPF_PROG(task_alloc, struct task_struct *task, unsigned long clone_flags, int ret)
{
	return ret ? ret : inherit(task, clone_flags);
}

SEC("lsm/bprm_check_security")
int BPF_PROG(bprm_check_security, struct linux_binprm *bprm, int ret)
{
	return ret ? ret : check_exec(bprm);
}

SEC("lsm.s/bprm_committed_creds")
void BPF_PROG(bprm_committed_creds, struct linux_binprm *bprm)
{
	exec_committed(bprm);
}

SEC("lsm/file_open")
int BPF_PROG(file_open, struct file *file, int ret)
{
	return ret ? ret : check_open(file);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(sched_process_exit, struct task_struct *task)
{
	ended(task);
	return 0;
}

SEC("lsm/task_free")
void BPF_PROG(task_free, struct task_struct *task)
{
	forget(task);
}

/* Read by guardd after task_alloc is attached, until a pass seeds nobody. A line with 1 for each that was new. */
SEC("iter/task")
int iter_seed(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	static const char one[] = "1\n";

	if (task && seed(task))
		bpf_seq_write(ctx->meta->seq, one, sizeof(one) - 1);
	return 0;
}

/* Read by guardd after a push, until a pass finds nobody to be renewed: only then the push is reported. */
SEC("iter/task")
int iter_renew(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	static const char one[] = "1\n";

	if (task && renew(task))
		bpf_seq_write(ctx->meta->seq, one, sizeof(one) - 1);
	return 0;
}
