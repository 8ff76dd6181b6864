/* remote_inside.h - the controller behind a link from the inside: for remote.c and remote_ask.c only. */
#ifndef HIL_REMOTE_INSIDE_H
#define HIL_REMOTE_INSIDE_H

#include "link.h"
#include "remote.h"
#include "transport.h"

struct seat {
    struct remote face; /* first: the one is the other */
    struct remote_options options;
    struct transport transport;
    struct link_hello hello;
    struct ctl_config cfg;
    struct controller_view said;
    struct link_frame frame; /* what is asked, then what came */
    char what[48];           /* that is awaited, for messages */
    uint8_t sequence;
    uint8_t unread[4096];
    size_t at, n;
    size_t begun; /* bytes since the last LINK_END */
};

/* The link has failed, and why: a sentence. Only the first reason is kept. Returns false. */
bool remote_fail(struct seat *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What the next answer will be, for messages. */
void remote_expect(struct seat *s, const char *what);

/* Begin a question with a number of its own; its payload follows. */
void remote_begin(struct seat *s, enum link_type type);

/* Send it, within that time; send it and await an answer of this type. False: it has failed. */
bool remote_send(struct seat *s, ns_t within);
bool remote_ask(struct seat *s, enum link_type answer);

/* Was the answer read in full, and was it sound? False: it has failed. */
bool remote_is_whole(struct seat *s);

/* Say hello until the board does; noise and what is left of an earlier run don't matter. Before
 * `silent_until` nothing is said, unless the board greets first. */
bool remote_greet(struct seat *s, ns_t silent_until);

#endif
