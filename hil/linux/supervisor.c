/* supervisor.c - sd_notify().  Checked by tests/linux/test_powergapd.c. */
#include "supervisor.h"

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-daemon.h>

static struct {
    bool ready;
    ns_t every; /* half of what the watchdog allows; 0: there is none */
    ns_t last;
} told;

void supervisor_kick(ns_t now)
{
    uint64_t most_us = 0;

    if (!told.ready) {
        told.ready = true;
        told.every = sd_watchdog_enabled(0, &most_us) > 0 ? (ns_t)(most_us / 2) * US(1) : 0;
        told.last = now;
        (void)sd_notify(0, "READY=1\nWATCHDOG=1");
    } else if (told.every > 0 && now - told.last >= told.every) {
        told.last = now;
        (void)sd_notify(0, "WATCHDOG=1");
    }
}

void supervisor_stopping(void)
{
    (void)sd_notify(0, "STOPPING=1");
}
