/* What the cases of file-cache share. */
#ifndef FILE_CACHE_H
#define FILE_CACHE_H

#include <stdbool.h>

/* Ends the program with 2 if it is not so: a case that can't be set up shows nothing. */
void must(bool done, const char *what);

/* A name made as printf does; valid until the eighth call after it. */
const char *at(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* 0 or an errno value. */
int open_once(const char *path);

/* The worst of several: an open that went through, or failed for a reason of its own, stays. */
int worst(int so_far, int error);

/* Cases about directories. */
int known_names(void);
int known_renamed(void);
int known_elsewhere(void);
int known_above(void);
int known_lengths(void);
int known_zeros(void);
int known_bound(void);
int known_reused(void);

/* A file goes to and fro between plain/ and vault/ while others open it by both names. */
int race(const char *how, int seconds);

#endif
