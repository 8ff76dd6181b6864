/* contact.h - one switch as the controller believes it to be. */
#ifndef CONTROLLER_CONTACT_H
#define CONTROLLER_CONTACT_H

#include <stdbool.h>
#include <stdint.h>

/* What only current tells, whatever the pin says: welds.h. */
enum contact_fault {
    CONTACT_SOUND,
    CONTACT_WELDED, /* closed, though told to be open */
    CONTACT_DEAD    /* open, though told to be closed */
};

struct contact {
    bool wanted : 1;     /* by the plan */
    bool told : 1;       /* by the output register of the expander */
    bool read : 1;       /* what the pin was last read as */
    bool moving : 1;     /* its operate time has not passed yet */
    bool proven : 1;     /* the pin was read back as told, since it was last told */
    bool resting : 1;    /* its dwell has not passed yet */
    bool stuck : 1;      /* does not follow: planned around */
    bool made : 1;       /* has carried current since it was told to close */
    uint8_t fault;       /* enum contact_fault */
    uint8_t odd;         /* readings in a row that say otherwise */
    uint8_t misses;      /* read-backs in a row that disagreed */
    uint8_t stuck_count; /* times it was found stuck: each doubles the pause before a new attempt */
    uint32_t operations; /* since the start */
    uint32_t since_us;   /* when it was last told something new */
    uint32_t stuck_us;   /* when it was found stuck */
};

/* Does it join its supply to its bar, as far as is known? */
static inline bool contact_is_closed(const struct contact *k)
{
    bool closed = k->stuck ? k->read : k->told;

    return (k->fault == (uint8_t)CONTACT_WELDED) || (closed && (k->fault != (uint8_t)CONTACT_DEAD));
}

#endif
