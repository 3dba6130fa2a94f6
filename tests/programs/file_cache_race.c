/* A directory goes to and fro between plain/ and vault/, by rename or by moving a mount, while others open the file in
 * it by both names. Who moves it publishes a number: odd while it moves, a multiple of four when it rests in plain/.
 * An open during which the number did not change knows where the file was, and what the answer had to be. */
#define _GNU_SOURCE
#include "file_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { OPENERS = 4 };

static struct shared {
    atomic_uint position;
    atomic_uint vault_opened, vault_refused, plain_opened, plain_refused, other;
    atomic_bool ended;
} *shared;

/* What moves, opened before it does. */
static int held_directory;

static void rest(unsigned microseconds)
{
    struct timespec time = { 0, (long)microseconds * 1000 };

    nanosleep(&time, NULL);
}

static void moved(bool mounts, const char *from, const char *to)
{
    if (mounts)
        must(mount(from, to, NULL, MS_MOVE, NULL) == 0, "move");
    else
        must(rename(from, to) == 0, "rename");
}

static void move_to_and_fro(bool mounts)
{
    const char *plain = mounts ? "plain/moving" : "plain/race", *vault = mounts ? "vault/moving" : "vault/race";

    while (!atomic_load(&shared->ended)) {
        rest((unsigned)rand() % 3000);
        atomic_fetch_add(&shared->position, 1);
        moved(mounts, plain, vault);
        atomic_fetch_add(&shared->position, 1);
        rest((unsigned)rand() % 1000);
        atomic_fetch_add(&shared->position, 1);
        moved(mounts, vault, plain);
        atomic_fetch_add(&shared->position, 1);
    }
}

static void judge(bool in_vault, int error)
{
    if (error != 0 && error != EPERM)
        atomic_fetch_add(&shared->other, 1);
    else if (in_vault)
        atomic_fetch_add(error ? &shared->vault_refused : &shared->vault_opened, 1);
    else
        atomic_fetch_add(error ? &shared->plain_refused : &shared->plain_opened, 1);
}

/* Every second opener goes through a directory that it holds open, so that no name is looked up. */
static void keep_opening(bool mounts, bool held)
{
    const char *plain = mounts ? "plain/moving/file" : "plain/race/below/file";
    const char *vault = mounts ? "vault/moving/file" : "vault/race/below/file";

    while (!atomic_load(&shared->ended)) {
        unsigned before = atomic_load(&shared->position);
        bool in_vault = before % 4 == 2;
        int error;

        if (before & 1)
            continue;
        if (held) {
            int fd = openat(held_directory, "file", O_RDONLY | O_CLOEXEC);

            error = fd < 0 ? errno : 0;
            if (fd >= 0)
                close(fd);
        } else {
            error = open_once(in_vault ? vault : plain);
        }
        if (atomic_load(&shared->position) == before)
            judge(in_vault, error);
    }
}

/* Renames that have nothing to do with it, and dentries that go away. */
static void disturb(void)
{
    int caches = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);

    must(caches >= 0, "drop_caches");
    for (unsigned i = 0; !atomic_load(&shared->ended); i++) {
        rename("plain/storm/a", "plain/storm/b");
        rename("plain/storm/b", "plain/storm/a");
        if (i % 16 == 0 && write(caches, "2", 1) != 1)
            must(false, "drop_caches");
        rest(2000);
    }
}

static pid_t started(void (*run)(bool, bool), bool mounts, bool held)
{
    pid_t child = fork();

    must(child >= 0, "fork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        run(mounts, held);
        _exit(0);
    }
    return child;
}

static void mover(bool mounts, bool held) { (void)held, srand((unsigned)getpid()), move_to_and_fro(mounts); }
static void disturber(bool mounts, bool held) { (void)mounts, (void)held, disturb(); }

int race(const char *how, int seconds)
{
    bool mounts = strcmp(how, "race-mount") == 0;
    pid_t children[OPENERS + 2];
    int failed = 0, status;

    shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(shared != MAP_FAILED, "mmap");
    if (mounts)
        must(mount("plain/tree", "plain/moving", NULL, MS_BIND, NULL) == 0, "bind mount");
    held_directory = open(mounts ? "plain/moving" : "plain/race/below", O_PATH | O_DIRECTORY | O_CLOEXEC);
    must(held_directory >= 0, "open the directory");
    for (int i = 0; i < OPENERS; i++)
        children[i] = started(keep_opening, mounts, i % 2);
    children[OPENERS] = started(disturber, mounts, false);
    children[OPENERS + 1] = started(mover, mounts, false);
    sleep((unsigned)seconds);
    atomic_store(&shared->ended, true);
    for (int i = 0; i < OPENERS + 2; i++) {
        must(waitpid(children[i], &status, 0) == children[i], "waitpid");
        failed += status != 0;
    }
    must(failed == 0, "a process of the race failed");
    close(held_directory);
    if (mounts)
        umount2("plain/moving", MNT_DETACH);
    printf("{\"case\":\"%s\",\"moves\":%u,\"vault\":{\"opened\":%u,\"refused\":%u},", how, shared->position / 2,
           shared->vault_opened, shared->vault_refused);
    printf("\"plain\":{\"opened\":%u,\"refused\":%u},\"other\":%u}\n", shared->plain_opened, shared->plain_refused,
           shared->other);
    return shared->vault_opened || shared->plain_refused || shared->other ? 1 : 0;
}
