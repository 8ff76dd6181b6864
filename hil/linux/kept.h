/* kept.h - the controller's memory in a file, so that it outlives this process as a board's outlives a
 * reset: after a crash or a kill the journal is still there. In /run, a reboot is a power-on.
 *
 *   checked   tests/linux/test_powergapd.c */
#ifndef HIL_LINUX_KEPT_H
#define HIL_LINUX_KEPT_H

#include "controller/controller.h"

enum { KEPT_WHY = 512 };

struct kept;

/* Open or make it, for ourselves alone. NULL: `why` is a sentence. */
struct kept *kept_open(const char *path, char why[KEPT_WHY]);

/* Start the controller in it: again, if the file is of this build and of this table (true), or anew. */
bool kept_start(struct kept *k, struct ctl_config *cfg, uint32_t now_us);

struct controller *kept_controller(struct kept *k);

/* The file stays. */
void kept_close(struct kept *k);

#endif
