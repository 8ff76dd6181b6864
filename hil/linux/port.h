/* port.h - the controller's port on Linux: fills ctl_in from adapters, pins and servers, takes a step,
 * carries out ctl_out. controller/DESIGN.md, "How to port", is what it promises.
 *
 * Starting and stopping it changes no switch: the controller reads before it writes, and what stands at
 * the end stays as it is.
 *
 *   checked   tests/linux/test_powergapd.c */
#ifndef HIL_LINUX_PORT_H
#define HIL_LINUX_PORT_H

#include "bus.h"
#include "kept.h"
#include "lines.h"
#include "servers.h"
#include "sim/rack_table.h"

struct port {
    struct rack_table *table;
    struct bus *buses[CTL_BUSES];    /* NULL: the rack has none */
    struct line *alerts[CTL_ALERTS]; /* the first alert.n_lines */
    struct servers *servers;         /* NULL: nobody speaks for them */
    struct kept *kept;
};

enum port_end { PORT_STOPPED, PORT_BROKEN, PORT_UNSOUND };

/* From now on SIGTERM and SIGINT mean stop, SIGUSR1 means tell the status; they are heard only while
 * port_run() waits, and by no thread begun after this. */
void port_hear_signals(void);

/* Until a signal says stop (PORT_STOPPED), the controller's own state is broken, in which case a new start
 * is what helps (PORT_BROKEN), or, at once, its table is none (PORT_UNSOUND). The buses have been started. */
enum port_end port_run(struct port *p);

#endif
