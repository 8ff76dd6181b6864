/* supervisor.h - whoever started us and watches over us: systemd, by libsystemd; the one door to it.
 * Without one these do nothing.
 *
 * A thread speaks with it, so that a systemd that does not listen holds nobody up.
 *
 *   checked   tests/linux/test_powergapd.c */
#ifndef HIL_LINUX_SUPERVISOR_H
#define HIL_LINUX_SUPERVISOR_H

#include "models/ns.h"

#include <stdbool.h>

/* False: errno says why. */
bool supervisor_open(void);

/* Call after each step that was sound: the first says that we are ready, the others, now and then, that
 * we live. Without it for WatchdogSec= systemd ends us and starts us again. */
void supervisor_kick(ns_t now);

/* We are about to end of our own will. */
void supervisor_stopping(void);

/* All that was to be said is said. */
void supervisor_close(void);

#endif
