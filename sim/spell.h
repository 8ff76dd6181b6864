/* spell.h - "did you mean": the known word nearest to the one that was written. */
#ifndef SIM_SPELL_H
#define SIM_SPELL_H

#include <stdbool.h>
#include <stddef.h>

enum { SPELL_LONGEST = 64 };

struct spell {
    const char *word;
    size_t length;
    char best[SPELL_LONGEST + 1];
    int distance; /* of best */
};

/* Begin a search for the word nearest to `word`, which need not end with a 0. */
struct spell spell_begin(const char *word, size_t length);

/* Offer a known word. */
void spell_try(struct spell *s, const char *known, size_t length);

/* Offer every word of "open|closed". */
void spell_try_choices(struct spell *s, const char *choices);

/* The nearest, when it is near enough to be meant; else NULL. Lives as long as *s. */
const char *spell_best(const struct spell *s);

#endif
