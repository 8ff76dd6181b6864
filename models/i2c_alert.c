/* i2c_alert.c - the alert response address: whoever pulls its alert line answers with its address.
 *
 *   read 0x0C    every such device that can be heard acknowledges, and sends its address, high bit
 *                first; bit 0 is 0
 *   arbitration  one that sends 1 and finds 0 on the line falls silent: the lowest address wins
 *   released     who has sent its whole address lets go of the line; the others keep it low, and
 *                answer the next one. Devices of equal address behind two open channels all win
 *
 * Source: SMBus 3.0, appendix A.2; hardware facts 5.1 [S77, S79].
 * Checked by tests/models/test_alert.c. */
#include "i2c_state.h"
#include "world.h"

enum { ADDRESS_BITS = 7 };

bool i2c_is_alert_response(const struct i2c_state *s)
{
    return s->rq.address == I2C_ALERT_RESPONSE && s->rq.n_tx == 0 && s->rq.n_rx > 0;
}

static bool has(uint64_t set, int32_t seat)
{
    return (set >> seat & 1) != 0;
}

uint64_t i2c_alerting(const struct world *w, const struct i2c_state *s)
{
    uint64_t set = 0;

    for (int32_t i = 0; i < s->seats; i++) {
        const struct kind *kind = world_kind(w, s->seat[i].device);
        bool answers =
            has(s->open, i) && kind->alerts != NULL && kind->alerts(w, s->seat[i].device);
        set |= (uint64_t)answers << i;
    }
    return set;
}

/* Bit by bit on the wired AND. Returns those who have sent all of their address. */
static uint64_t arbitrate(const struct i2c_state *s, uint64_t set, uint8_t *address)
{
    *address = 0;
    for (int bit = ADDRESS_BITS - 1; bit >= 0; bit--) {
        uint64_t zeros = 0;
        for (int32_t i = 0; i < s->seats; i++) {
            bool sends_0 = has(set, i) && (s->seat[i].address >> bit & 1) == 0;
            zeros |= (uint64_t)sends_0 << i;
        }
        *address = (uint8_t)(*address << 1 | (zeros == 0));
        set = zeros != 0 ? zeros : set;
    }
    return set;
}

void i2c_alert_response(struct world *w, const struct i2c_state *s, struct i2c_reply *re)
{
    uint64_t set = s->alerting & i2c_alerting(w, s); /* who went away in the middle sends ones */
    uint32_t cause = world_cause(w);
    uint8_t address;

    if (set == 0) {
        return;
    }
    uint64_t won = arbitrate(s, set, &address);
    re->rx[0] = (uint8_t)(address << 1);
    for (int32_t i = 0; i < s->seats; i++) {
        if (has(won, i)) {
            world_blame(w, cause);
            world_kind(w, s->seat[i].device)->alert_heard(w, s->seat[i].device);
        }
    }
    world_blame(w, cause);
}
