/* identity.c - see identity.h.  Checked by tests/controller/test_identity.c. */
#include "identity.h"

#include "clock.h"
#include "controller.h"

#include <stddef.h>

/* FNV-1a, 32 bits. */
static const uint32_t HASH_START = 2166136261U;
static const uint32_t HASH_PRIME = 16777619U;

/* Not 0, which stands for none. */
static uint32_t number_of(const uint8_t rx[])
{
    uint32_t hash = HASH_START;

    for (uint8_t i = 1; i <= rx[0]; i++) {
        hash = (hash ^ rx[i]) * HASH_PRIME;
    }
    return (hash == 0U) ? 1U : hash;
}

static bool has_number(const uint8_t rx[])
{
    return (rx != NULL) && (rx[0] > 0U) && (rx[0] <= (uint8_t)IDENTITY_BYTES);
}

/* The other supply that has this number; CTL_NOBODY: none. */
static uint8_t owner(const struct controller *c, uint8_t s, uint32_t number)
{
    for (uint8_t i = 0; i < c->cfg.n_supplies; i++) {
        if ((i != s) && (c->supplies[i].state != (uint8_t)SUPPLY_ABSENT) &&
            (c->identities[i].number == number)) {
            return i;
        }
    }
    return (uint8_t)CTL_NOBODY;
}

/* Whoever answered in its place is looked at next: that one may be shown in the wrong place itself. */
static void lead_back(struct controller *c, uint8_t s, uint8_t other)
{
    c->count.strangers++;
    if (other != (uint8_t)CTL_NOBODY) {
        c->identities[other].wanted = true;
    }
    if (c->cfg.supplies[s].mux_address != (uint8_t)CTL_NO_MUX) {
        wire_reset_mux(c, c->cfg.supplies[s].bus);
    }
}

void identity_count(struct controller *c, uint8_t s, uint8_t letters)
{
    struct identity *d = &c->identities[s];

    d->length = (letters > (uint8_t)IDENTITY_BYTES) ? (uint8_t)IDENTITY_BYTES : letters;
    d->whole = false;
    d->strange = 0;
}

bool identity_learn(struct controller *c, uint8_t s, const uint8_t rx[])
{
    struct identity *d = &c->identities[s];
    uint32_t number = has_number(rx) ? number_of(rx) : 0U;
    uint8_t other = (number == 0U) ? (uint8_t)CTL_NOBODY : owner(c, s, number);

    if (other != (uint8_t)CTL_NOBODY) {
        lead_back(c, s, other);
        return false;
    }
    d->number = number;
    d->length = (number == 0U) ? 0U : rx[0];
    d->strange = 0;
    d->sure = true;
    d->doubted = false;
    d->wanted = false;
    /* Their turns are spread over the period. */
    d->at_us = c->now_us - (((uint32_t)IDENTITY_us / (uint32_t)CTL_SUPPLIES) * s);
    return true;
}

bool identity_check(struct controller *c, uint8_t s, const uint8_t rx[])
{
    struct identity *d = &c->identities[s];

    d->wanted = false;
    d->whole = false;
    if (has_number(rx) && (number_of(rx) == d->number)) {
        d->strange = 0;
        d->sure = true;
        d->doubted = false;
        d->at_us = c->now_us;
        return true;
    }
    uint8_t other = has_number(rx) ? owner(c, s, number_of(rx)) : (uint8_t)CTL_NOBODY;

    d->sure = false;
    if (d->strange < (uint8_t)IDENTITY_TRIES) {
        d->strange++;
        d->at_us = c->now_us;
        d->known_other = other != (uint8_t)CTL_NOBODY;
        lead_back(c, s, other);
    } else if (passed(c->now_us, d->at_us, (uint32_t)IDENTITY_us)) {
        d->at_us = c->now_us;
        lead_back(c, s, other);
    } else {
        /* a mux that a reset does not help is not reset in every turn */
    }
    return false;
}

uint8_t identity_bytes(const struct controller *c, uint8_t s)
{
    const struct identity *d = &c->identities[s];
    bool whole = d->whole || (d->strange > 0U);

    return (uint8_t)(1U + (whole ? (uint32_t)IDENTITY_BYTES : d->length));
}

void identity_doubt(struct controller *c, uint8_t s)
{
    c->identities[s].doubted = c->identities[s].number != 0U;
}

bool identity_comes_first(const struct controller *c, uint8_t s)
{
    return c->identities[s].doubted || (c->identities[s].strange > 0U);
}

bool identity_is_due(const struct controller *c, uint8_t s)
{
    const struct identity *d = &c->identities[s];

    return (d->number != 0U) &&
           (d->wanted || (d->strange > 0U) || (!d->sure && supply_is_lost(&c->supplies[s])) ||
            passed(c->now_us, d->at_us, (uint32_t)IDENTITY_us));
}

bool identity_is_new(const struct controller *c, uint8_t s)
{
    const struct identity *d = &c->identities[s];

    return (d->strange >= (uint8_t)IDENTITY_TRIES) && !d->known_other;
}

bool identity_is_sure(const struct controller *c, uint8_t s)
{
    return c->identities[s].sure || (c->identities[s].number == 0U);
}
