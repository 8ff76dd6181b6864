/* contact.h - one switch as the controller believes it to be. */
#ifndef CONTROLLER_CONTACT_H
#define CONTROLLER_CONTACT_H

#include <stdbool.h>
#include <stdint.h>

struct contact {
    bool wanted;         /* by the plan */
    bool told;           /* by the output register of the expander */
    bool read;           /* what the pin was last read as */
    bool moving;         /* its operate time has not passed yet */
    bool proven;         /* the pin was read back as told, since it was last told */
    bool resting;        /* its dwell has not passed yet */
    bool stuck;          /* does not follow: planned around */
    uint8_t misses;      /* read-backs in a row that disagreed */
    uint8_t stuck_count; /* times it was found stuck: each doubles the pause before a new attempt */
    uint32_t operations; /* since the start */
    uint32_t since_us;   /* when it was last told something new */
    uint32_t stuck_us;   /* when it was found stuck */
};

#endif
