/* transport.h - bytes to a board and back, whatever lies between.
 *
 *   qemu:BOARD[@uart][:IMAGE]  an emulated board, which is started for it: by semihosting, or, slower, by
 *                            the serial port that a real one would use
 *   serial:DEVICE[@BAUD]     a serial port or pseudo-terminal; 115200 baud unless it says otherwise
 *   tcp:HOST:PORT            a serial-port server, a debugger's bridge; HOST may be [::1]
 *   unix:PATH                a socket in the file system
 *   pipe:IN,OUT              two named pipes: what the board says, what it is told
 *
 *   checked   tests/hil/test_transport.c */
#ifndef HIL_TRANSPORT_H
#define HIL_TRANSPORT_H

#include "emulator.h"
#include "models/ns.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TRANSPORT_TEXT = 256 };

struct transport {
    int in, out; /* file descriptors, not blocking; the same but for pipes */
    bool is_serial;
    struct emulator emulator;
    char board[32]; /* of qemu:BOARD; "": any */
    /* Set before it is opened: */
    const char *images;                /* folder of installed images; NULL: none */
    const volatile sig_atomic_t *stop; /* not 0: don't wait any longer; NULL: never */
};

/* Open it. False: `why` says what stands against it, as the end of a sentence. */
bool transport_open(struct transport *t, const char *link, ns_t patience, char why[TRANSPORT_TEXT]);
void transport_close(struct transport *t);

enum transport_end { TRANSPORT_MORE, TRANSPORT_SILENT, TRANSPORT_CLOSED, TRANSPORT_STOPPED };

/* What has come, at most `room` bytes, waiting for the first of them no longer than until `deadline`
 * of transport_now(). TRANSPORT_MORE: *n, above 0, have come. */
enum transport_end transport_read(struct transport *t, uint8_t bytes[], size_t room, size_t *n,
                                  ns_t deadline);

/* Hand over all of them. */
enum transport_end transport_write(struct transport *t, const uint8_t bytes[], size_t n,
                                   ns_t deadline);

/* The wall's clock, monotonic. */
ns_t transport_now(void);

#endif
