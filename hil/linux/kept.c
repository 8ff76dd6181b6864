/* kept.c - a file mapped into memory.  Checked by tests/linux/test_powergapd.c. */
#define _DEFAULT_SOURCE /* flock */
#include "kept.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hil/link.h"

enum { MARK = 0x4B455054 };

/* What the file holds. */
struct memory {
    uint32_t mark;
    uint32_t size;
    uint32_t config_hash;
    char firmware[LINK_NAME]; /* a controller of other sources would find nonsense */
    struct controller controller;
};

struct kept {
    int fd;
    struct memory *memory;
    struct link_frame scratch;
};

static bool say(char why[KEPT_WHY], const char *path, int error)
{
    if (error == ENOENT) {
        (void)snprintf(
            why, KEPT_WHY,
            "there is no folder for %.200s: systemd makes /run/powergapd for its service; make it, "
            "or say --state FILE",
            path);
    } else if (error == EWOULDBLOCK) {
        (void)snprintf(why, KEPT_WHY, "another powergapd runs: it has %.200s", path);
    } else {
        (void)snprintf(why, KEPT_WHY, "%.200s: %s", path, strerror(error));
    }
    return false;
}

/* Its blocks are taken now: a full disk is to be met here and not in the middle of a step. */
static bool map(struct kept *k, const char *path, char why[KEPT_WHY])
{
    k->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (k->fd < 0 || flock(k->fd, LOCK_EX | LOCK_NB) != 0) {
        return say(why, path, errno);
    }
    int failed = posix_fallocate(k->fd, 0, (off_t)sizeof(struct memory));
    if (failed != 0) {
        return say(why, path, failed);
    }
    void *at = mmap(NULL, sizeof(struct memory), PROT_READ | PROT_WRITE, MAP_SHARED, k->fd, 0);
    if (at == MAP_FAILED) {
        return say(why, path, errno);
    }
    k->memory = at;
    return true;
}

struct kept *kept_open(const char *path, char why[KEPT_WHY])
{
    struct kept *k = calloc(1, sizeof *k);

    if (k == NULL) {
        (void)snprintf(why, KEPT_WHY, "not enough memory");
    } else if (!map(k, path, why)) {
        kept_close(k);
        k = NULL;
    }
    return k;
}

bool kept_start(struct kept *k, struct ctl_config *cfg, uint32_t now_us)
{
    struct memory *m = k->memory;
    uint32_t hash = link_config_hash(cfg, &k->scratch);
    struct link_hello us;

    link_this_build(&us);
    bool ours = m->mark == MARK && m->size == sizeof *m && m->config_hash == hash &&
                memcmp(m->firmware, us.firmware, sizeof us.firmware) == 0;
    m->mark = 0;
    if (ours) {
        controller_restart(&m->controller, cfg, now_us);
    } else {
        controller_init(&m->controller, cfg, now_us);
    }
    m->size = sizeof *m;
    m->config_hash = hash;
    memcpy(m->firmware, us.firmware, sizeof m->firmware);
    m->mark = MARK;
    return ours;
}

struct controller *kept_controller(struct kept *k)
{
    return &k->memory->controller;
}

void kept_close(struct kept *k)
{
    if (k->memory != NULL) {
        (void)munmap(k->memory, sizeof *k->memory);
    }
    if (k->fd >= 0) {
        (void)close(k->fd);
    }
    free(k);
}
