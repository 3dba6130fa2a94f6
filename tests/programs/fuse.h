/* The kernel's side of a file system that a program serves: what its servers here share. See fuse(4). */
#ifndef FUSE_H
#define FUSE_H

#include <linux/fuse.h>
#include <stddef.h>

/* Mounts one whose requests come out of the descriptor; -1 and errno when that fails. The root is a directory. */
int fuse_mount(const char *at);

/* The answer to a request; the error is 0 or an errno value. Ends the program when the kernel does not take it. */
void fuse_answer(int fuse, uint64_t unique, int error, const void *body, size_t size);

/* FUSE_INIT, with these flags. */
void fuse_begin(int fuse, uint64_t unique, uint32_t flags);

/* Answers requests by one function, until the file system is unmounted. body is what follows the head. */
void fuse_serve(int fuse, void (*serve_one)(int fuse, const struct fuse_in_header *head, const void *body));

#endif
