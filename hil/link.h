/* link.h - ctl_config, ctl_in and ctl_out as frames of bytes: what travels between a bench and a board,
 * and between powergapd and whoever speaks for the servers.
 *
 *   frame     7E | type | sequence number | payload | FCS low | FCS high | 7E
 *             with 7E and 7D inside sent as 7D, byte ^ 20           source: RFC 1662, 4.2 and C.2
 *   payload   little-endian, member by member, so that neither compiler nor word size matter; of a
 *             table only the entries in use, of bytes read off a bus none of the FF at their end
 *
 *   bench to board                      board to bench, with the same sequence number
 *   LINK_HELLO    -                     LINK_HELLO   struct link_hello
 *   LINK_INIT     now_us, 1 after a     LINK_READY   struct link_ready, what it believes
 *                 reset, ctl_config
 *   LINK_STEP     ctl_in                LINK_DONE    cost in ticks, ctl_out, what it believes
 *   LINK_JOURNAL  ring, entry           LINK_ENTRY   1 and the entry, or 0: there is none
 *   LINK_RESET    -                     none: the board resets itself
 *                                       LINK_REFUSED enum link_refusal
 *
 *   powergapd to the servers' speaker   and back, unasked
 *   LINK_RACK     version, servers,     LINK_REPORT  ctl_in.report
 *                 hash of the table
 *   LINK_ASK      ctl_out.ask
 *
 * A board that has started says LINK_HELLO unasked, with sequence number 0. What it believes is a
 * struct controller_view, of which only that travels which has changed since LINK_INIT.
 *
 * A frame with a wrong check sequence, or one that is too long, is dropped; the next 7E begins anew.
 * One question is answered by one answer.
 *
 *   checked   tests/hil/test_link.c, tests/fuzz/fuzz_link.c; tests/hil/lockstep.sh on emulated boards */
#ifndef HIL_LINK_H
#define HIL_LINK_H

#include "controller/controller.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    LINK_VERSION = 4, /* of the frames and of what they carry */
    LINK_END = 0x7E,
    LINK_ESCAPE = 0x7D,
    LINK_FLIP = 0x20,
    LINK_OVERHEAD = 4,                                         /* type, sequence number, FCS */
    LINK_BYTES = LINK_OVERHEAD + 5 + sizeof(struct ctl_config) /* none longer; unescaped */
};

enum link_type {
    LINK_HELLO = 'H',
    LINK_INIT = 'I',
    LINK_STEP = 'S',
    LINK_JOURNAL = 'J',
    LINK_RESET = 'B',
    LINK_READY = 'R',
    LINK_DONE = 'D',
    LINK_ENTRY = 'E',
    LINK_RACK = 'V',
    LINK_REPORT = 'P',
    LINK_ASK = 'A',
    LINK_REFUSED = 'X'
};

enum link_ring { LINK_RING, LINK_STORY }; /* the journal, and what was set aside (journal.h) */

enum { LINK_COST_MAX = 0xFFFFFF }; /* ticks: so many, or more */

enum link_refusal {
    LINK_UNKNOWN = 1, /* no such question */
    LINK_MALFORMED,   /* too short or too long for what it says it is */
    LINK_NOT_READY    /* a step before a table */
};

enum { LINK_NAME = 24 };

struct link_hello {
    uint8_t version;
    uint8_t counters; /* of struct controller_counts */
    uint16_t supplies, bars, switches, expanders, servers, alerts, buses; /* it was built for */
    uint32_t tick_Hz;                                                     /* of a step's cost */
    char board[LINK_NAME];                                                /* ended by NUL */
    char firmware[LINK_NAME]; /* version, and a checksum of the sources it was built from */
};

struct link_ready {
    uint8_t mode;         /* enum controller_mode */
    uint8_t fault;        /* enum config_fault */
    bool kept;            /* it goes on with memory that a reset has left as it was */
    uint32_t config_hash; /* of the table as the board has understood it */
};

/* A frame being filled or taken apart. Its payload begins at bytes[2]. */
struct link_frame {
    uint16_t n;   /* bytes so far, type and sequence number included */
    uint16_t at;  /* payload read so far */
    bool reading; /* link_u8() ... take out of it; else they append */
    bool bad;     /* did not fit, or something is missing */
    bool escaped; /* the last byte received was LINK_ESCAPE */
    uint8_t bytes[LINK_BYTES];
};

/* Begin a frame to be sent. */
void link_begin(struct link_frame *f, enum link_type type, uint8_t sequence);

/* Hand all its bytes, checked and escaped, to put(); f may then take what comes back. */
void link_send(struct link_frame *f, void (*put)(void *to, uint8_t byte), void *to);

/* Take one received byte; true: f holds a whole frame, ready to be read. */
bool link_take(struct link_frame *f, uint8_t byte);

enum link_type link_type_of(const struct link_frame *f);
uint8_t link_sequence_of(const struct link_frame *f);

/* Read in full, and nothing is left? */
bool link_is_whole(const struct link_frame *f);

/* Append *x, or take it out, whichever the frame is for. */
void link_u8(struct link_frame *f, uint8_t *x);
void link_u16(struct link_frame *f, uint16_t *x);
void link_u32(struct link_frame *f, uint32_t *x);
void link_config(struct link_frame *f, struct ctl_config *cfg);
void link_in(struct link_frame *f, struct ctl_in *in);
void link_out(struct link_frame *f, struct ctl_out *out);
void link_report(struct link_frame *f, struct ctl_in *in); /* of them the report, and the request */
void link_ask(struct link_frame *f, struct ctl_out *out);
void link_hello(struct link_frame *f, struct link_hello *h);
void link_ready(struct link_frame *f, struct link_ready *r);
void link_entry(struct link_frame *f, struct journal_entry *e);

/* What differs between *now and *said, of a rack like this; then *said is what *now is. Taken out of a
 * frame, *now takes it over. */
void link_view(struct link_frame *f, struct controller_view *now, struct controller_view *said,
               const struct ctl_config *cfg);

/* What this build is: what a board must answer to LINK_HELLO to be the same controller. */
void link_this_build(struct link_hello *h);

/* FNV-1a over the table as it travels. */
uint32_t link_config_hash(struct ctl_config *cfg, struct link_frame *scratch);

#endif
