/* servers.h - the channel to the servers: reports come in, requests go out, over TCP, a serial port or
 * a socket, in the frames of hil/link.h. At the other end one program speaks for all of them (a chassis
 * manager, say), by their numbers in the table.
 *
 * Whatever the other end does, the controller does not wait: a thread connects, again and again, each
 * second. A request that can't be sent is lost, as one on a wire may be; the controller asks again.
 *
 *   checked   tests/linux/test_powergapd.c */
#ifndef HIL_LINUX_SERVERS_H
#define HIL_LINUX_SERVERS_H

#include "controller/ctl_config.h"
#include "controller/ctl_io.h"

#include <stdbool.h>

enum { SERVERS_WHY = 512 };

struct servers;

/* Begin, in a thread of its own. `link` is tcp:HOST:PORT, serial:DEVICE@BAUD or unix:PATH.
 *
 *   cfg       the table: how many servers there are, and of what its hash is told to the other end
 *   returns   NULL: `why` is a sentence */
struct servers *servers_open(const char *link, struct ctl_config *cfg, char why[SERVERS_WHY]);

/* Readable when a report has come. */
int servers_fd(const struct servers *s);

/* The next report into in->report, its age as of now. False: there is none; the server is SILENT. */
bool servers_heard(struct servers *s, struct ctl_in *in);

/* Send out->ask. */
void servers_ask(struct servers *s, const struct ctl_out *out);

void servers_close(struct servers *s);

#endif
