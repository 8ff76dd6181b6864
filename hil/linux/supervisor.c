/* supervisor.c - sd_notify(), which waits when systemd is slow.  Checked by tests/linux/test_powergapd.c. */
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

enum notice { READY, LIVES, STOPPING }; /* a byte each, through a pipe */

static struct {
    bool runs, ready;
    ns_t every; /* half of what the watchdog allows; 0: there is none */
    ns_t last;
    int in, out;
    pthread_t thread;
} us;

static void *work(void *unused)
{
    static const char *const words[] = {"READY=1\nWATCHDOG=1", "WATCHDOG=1", "STOPPING=1"};
    uint8_t notice;

    (void)unused;
    for (;;) {
        ssize_t n = read(us.out, &notice, 1);
        if (n == 1) {
            (void)sd_notify(0, words[notice]);
        } else if (n == 0 || errno != EINTR) {
            return NULL;
        }
    }
}

bool supervisor_open(void)
{
    uint64_t most_us = 0;
    int ends[2];

    us.every = sd_watchdog_enabled(0, &most_us) > 0 ? (ns_t)(most_us / 2) * US(1) : 0;
    if (pipe(ends) != 0) {
        return false;
    }
    us.out = ends[0];
    us.in = ends[1];
    (void)fcntl(us.in, F_SETFL, O_NONBLOCK);
    errno = pthread_create(&us.thread, NULL, work, NULL);
    us.runs = errno == 0;
    return us.runs;
}

static void tell(enum notice what)
{
    uint8_t notice = (uint8_t)what;

    (void)!write(us.in, &notice, 1); /* a full pipe: it has not listened for a long time */
}

void supervisor_kick(ns_t now)
{
    if (!us.ready) {
        us.ready = true;
        us.last = now;
        tell(READY);
    } else if (us.every > 0 && now - us.last >= us.every) {
        us.last = now;
        tell(LIVES);
    }
}

void supervisor_stopping(void)
{
    tell(STOPPING);
}

void supervisor_close(void)
{
    if (us.runs) {
        (void)close(us.in);
        (void)pthread_join(us.thread, NULL);
        (void)close(us.out);
        us.runs = false;
    }
}
