/* desk.h - a board on the desk: the firmware's own main loop in a process, at the other end of any
 * link, and whatever can go wrong with it. */
#ifndef TESTS_HIL_DESK_H
#define TESTS_HIL_DESK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum desk_link { DESK_UNIX, DESK_TCP, DESK_PIPE, DESK_SERIAL, DESK_LINKS };

/* What is wrong with a frame that it says. */
enum desk_twist {
    DESK_SOUND,
    DESK_OLD_LINK,     /* its greeting: another version of the link */
    DESK_OLD_FIRMWARE, /* ... other firmware */
    DESK_SMALL,        /* ... room for one supply */
    DESK_LARGE,        /* ... for a thousand servers */
    DESK_MISHEARS,     /* hash of another configuration */
    DESK_FORGETS,      /* its memory does not outlive a reset */
    DESK_REBOOTS,      /* greets instead of answering */
    DESK_REPEATS,      /* answers twice */
    DESK_STALE,        /* gives the answer before this once more, instead of this one */
    DESK_REFUSES,
    DESK_WILD /* asks for a bus operation that does not exist */
};

struct desk_trouble {
    enum desk_twist twist;
    int frame; /* the first that it is true of, its own greeting at the start being 0 */
    /* Bytes that it says, counted from 1; 0: never. At this one ... */
    long cut_at;  /* ... the link is closed */
    long mute_at; /* ... it falls silent */
    long flip_at; /* ... it is another byte */
};

struct desk {
    pid_t board;
    char link[192]; /* as remote_open() wants it */
    char home[32];
};

/* Put a board there. desk_clear() takes it away. */
void desk_put(struct desk *d, enum desk_link kind, const struct desk_trouble *trouble);
void desk_clear(struct desk *d);

#endif
