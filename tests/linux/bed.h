/* bed.h - a pretend rack behind the files of a kernel: adapters by umockdev, pins by a stand-in for
 * libgpiod, and powergapd, the shipped program, run against them as a process of its own.
 *
 * What the rack does on its buses is tests/controller/rack.h: mux, expander and supplies after their data
 * sheets. One bed a test. */
#ifndef TESTS_LINUX_BED_H
#define TESTS_LINUX_BED_H

#include <stdbool.h>
#include <sys/types.h>
#include <umockdev-1.0/umockdev.h>

#include "hil/link.h"
#include "tests/controller/rack.h"

#define BED_RACK "tests/linux/rack.yaml"
enum { BED_ALERT = 5, BED_RESET = 9 }; /* lines of gpiochip0 */

struct bed {
    char folder[64];
    UMockdevTestbed *kernel;
    GMutex lock; /* of what follows, up to `pid`: the kernel answers in a thread of its own */
    struct rack rack;
    struct timespec since;
    unsigned long funcs; /* that the adapters say they have */
    unsigned long timeout_10ms[2], retries[2];
    int fail;    /* errno of all transfers; 0: none */
    int hold_ms; /* the next transfer takes that long */
    int transfers;
    int clears;
    pid_t pid;  /* of powergapd; 0: none runs */
    int notify; /* systemd's end of its socket; -1: there is no systemd */
};

/* Supply 1 carries the bar, by an expander whose pins are outputs. */
struct bed *bed_new(void);

void bed_free(struct bed *b);

/* What the controller is to know of it: as powergapd itself reads it from BED_RACK. */
void bed_table(struct ctl_config *cfg);

/* Start powergapd with the adapters and pins of the bed and these words besides; ends with NULL. */
void bed_start(struct bed *b, const char *const words[]);

/* Its end: the exit status, or 1000 and the number of the signal. Its time is 10 s. */
int bed_wait(struct bed *b);

/* SIGTERM, and wait. */
int bed_stop(struct bed *b);

/* Wait until its log has this line, at most 10 s. Lines that were waited for are behind us. */
void bed_expect(struct bed *b, const char *line);

/* All that it has said; the next call overwrites it. */
const char *bed_log(const struct bed *b);

/* Has the whole log so far this text? */
bool bed_said(const struct bed *b, const char *text);

/* Wait until so many further transfers were made. */
void bed_pass(struct bed *b, int transfers);

/* Play systemd for what is started next, with a watchdog of 200 ms. */
void bed_watch(struct bed *b);

/* What systemd was told, up to this word; within 10 s. */
void bed_expect_notice(struct bed *b, const char *word);

/* The alert line's level changes, and the kernel tells of the edge. */
void bed_alert(struct bed *b, bool level);

/* Lines of the file of outputs so far: "9 1\n9 0\n..." */
void bed_outputs(const struct bed *b, char text[], size_t room);

/* Write this text to a file of the bed. */
void bed_write(const struct bed *b, const char *name, const char *text);

/* A driver of the kernel is bound to this device: "1-0058". */
void bed_bind(const struct bed *b, const char *device, const char *driver);

/* The converter of a supply dies. */
void bed_break(struct bed *b, int supply);

/* The bar draws 4.5 kW from now on; both supplies together have 4 kW. */
void bed_weaken(struct bed *b);

void bed_nap(int ms);

/* All transfers end with this errno from now on; 0: as they should. */
void bed_fail(struct bed *b, int error);

/* The next transfer is well, but takes so long; what is asked meanwhile, on any bus, waits for it. */
void bed_hold(struct bed *b, int ms);

int bed_transfers(struct bed *b);
int bed_clears(struct bed *b);     /* reads of an address that nobody has */
int bed_writes(struct bed *b);     /* to registers of the expander */
int bed_operations(struct bed *b); /* of switches */
bool bed_feeds(struct bed *b, int sw);

#endif
