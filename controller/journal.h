/* journal.h - what the controller has seen and done, in a ring that outlives a reset.
 *
 * Entries are 12 bytes, each with a check of its own: memory that a reset has left as it was gives the
 * old entries back, an entry that was being written is dropped, memory after a power-on gives none.
 * When the first bar goes dark the entries up to then are set aside, so that whatever is tried
 * afterwards can't push the story out.
 *
 *   source    hardware facts 6 (black box of a supply); the sizes are estimates
 *   checked   tests/controller/test_journal.c */
#ifndef CONTROLLER_JOURNAL_H
#define CONTROLLER_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

enum {
    JOURNAL_ENTRIES = 36,
    JOURNAL_LIT_us = 600000000 /* a story is kept until all bars were lit for so long, and longer */
};

enum journal_what {
    JOURNAL_NOTHING,
    JOURNAL_START,    /* detail: enum config_fault; who: 1 after a reset, 0 after a power-on */
    JOURNAL_SUPPLY,   /* who: supply; detail: its state before * 256 + its state */
    JOURNAL_PLAN,     /* who: bars served, a bit each; detail: bars redundant */
    JOURNAL_SWITCH,   /* who: switch; detail: 1 told to close, 0 to open */
    JOURNAL_STUCK,    /* who: switch; detail: 1 stays closed, 0 stays open */
    JOURNAL_RECOVERY, /* who: serial bus */
    JOURNAL_GIVEN_UP, /* who: serial bus */
    JOURNAL_DARK,     /* who: bar: none of its supplies' readings is in its window */
    JOURNAL_LIT,      /* who: bar */
    JOURNAL_DEAF,     /* who: alert line, ignored for a while; detail: 1 it stays low, 0 a storm */
    JOURNAL_BROKEN,   /* an invariant of our own: the safe state follows */
    JOURNAL_FORETOLD, /* who: supply; detail: minutes until it fails, 65535: not in sight, or more */
    JOURNAL_PREEMPT,  /* who: supply; detail: 1 replaced before it fails, 0 taken back */
    JOURNAL_DOUBT,    /* who: supply whose readings are not believed; detail: enum journal_doubt */
    JOURNAL_FAULT,    /* who: supply; detail: status register * 256 + bits that are news */
    JOURNAL_LACKS,    /* who: supply; detail: what it does not know, a bit of lacks.h each */
    JOURNAL_SHORT,    /* who: bar believed shorted; detail: times in a row, 0 it is over */
    JOURNAL_WHATS
};

/* Why readings are not believed. */
enum journal_doubt { DOUBT_STRANGER, DOUBT_NEW_UNIT, DOUBT_FROZEN, DOUBT_ABSURD };

/* Time is in microseconds since the start that it belongs to: wraps * 2^32 + at_us. */
struct journal_entry {
    uint32_t at_us;
    uint16_t wraps;
    uint16_t detail;
    uint8_t what;  /* enum journal_what */
    uint8_t who;   /* index of a supply, switch, bus, bar, line; by `what` */
    uint8_t times; /* it happened so often in a row, at_us being the first time; 255: or more */
    uint8_t check;
};

struct journal_ring {
    uint8_t next; /* is written next: the oldest, once the ring is full */
    struct journal_entry entry[JOURNAL_ENTRIES];
};

struct journal {
    uint32_t started_us; /* of the controller's clock */
    uint32_t last_us;    /* since then, when last looked at */
    uint32_t lit_us;     /* all bars are lit since then, if none is dark */
    uint16_t wraps;
    uint8_t dark; /* bars, a bit each, that were lit once and are no more */
    uint8_t lit;
    struct journal_ring ring;
    struct journal_ring story; /* set aside when the first bar went dark; empty: none has */
};

struct controller;

/* At a start. `kept`: memory is as a reset has left it, so sound entries in it are taken over. */
void journal_open(struct journal *j, bool kept, uint32_t now_us);

/* Write an entry, or count it with the newest one when that says the same. */
void journal_note(struct controller *c, enum journal_what what, uint8_t who, uint16_t detail);

/* The same about a supply whose state has become another one than `before`. */
void journal_supply(struct controller *c, uint8_t s, uint8_t before);

/* Now and then, at least once an hour: time, and which bars are dark. */
void journal_tick(struct controller *c);

/* Entry n of a ring, 0 the newest. False: it holds no such entry. */
bool journal_entry(const struct journal_ring *ring, uint8_t n, struct journal_entry *entry);

const char *journal_word(enum journal_what what);

#endif
