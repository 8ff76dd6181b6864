/* fake_bus.c - see fake_bus.h. */
#include "fake_bus.h"

#include <stdlib.h>
#include <string.h>

static void transferred(struct world *w, int32_t part, int32_t bus, const struct i2c_reply *re)
{
    (void)bus;
    struct fake_master *s = world_state(w, part);

    s->done = true;
    s->at = world_now(w);
    s->re = *re;
}

static void input(struct world *w, int32_t part, int32_t pin, bool level)
{
    struct fake_master *s = world_state(w, part);

    s->edges++;
    s->pin = pin;
    s->level = level;
    s->edge_at = world_now(w);
}

const struct kind fake_master_kind = {
    .name = "fake_master",
    .tie = TIE_CONTROLLER,
    .state_size = sizeof(struct fake_master),
    .transferred = transferred,
    .input = input,
};

struct device_params {
    struct i2c_path i2c;
};

static const struct field device_fields[] = {
    {.key = "i2c", .type = FIELD_I2C, .offset = offsetof(struct device_params, i2c)},
    {.key = NULL},
};

static void wire(struct world *w, int32_t part)
{
    const struct device_params *p = world_params(w, part);

    i2c_attach(w, part, &p->i2c);
}

static void wire_by_byte(struct world *w, int32_t part)
{
    const struct device_params *p = world_params(w, part);

    i2c_attach_by_byte(w, part, &p->i2c);
}

static bool device_i2c(struct world *w, int32_t part, const struct i2c_request *rq,
                       struct i2c_reply *re)
{
    struct fake_device *s = world_state(w, part);

    s->calls++;
    s->last = *rq;
    s->last_at = world_now(w);
    for (int i = 0; i < rq->n_rx && !s->refuses; i++) {
        re->rx[i] &= s->data[i];
    }
    re->cause = s->cause;
    s->cause = 0;
    return !s->refuses;
}

static ns_t device_stretch(const struct world *w, int32_t part, const struct i2c_request *rq)
{
    const struct fake_device *s = world_state_const(w, part);

    (void)rq;
    return s->stretch;
}

static bool device_alerts(const struct world *w, int32_t part)
{
    const struct fake_device *s = world_state_const(w, part);

    return s->alerts;
}

static void device_heard(struct world *w, int32_t part)
{
    fake_device(w, part)->alerts = false;
}

const struct kind fake_device_kind = {
    .name = "fake_device",
    .fields = device_fields,
    .params_size = sizeof(struct device_params),
    .state_size = sizeof(struct fake_device),
    .wire = wire,
    .i2c = device_i2c,
    .stretch = device_stretch,
    .alerts = device_alerts,
    .alert_heard = device_heard,
};

const struct kind fake_byte_device_kind = {
    .name = "fake_byte_device",
    .fields = device_fields,
    .params_size = sizeof(struct device_params),
    .state_size = sizeof(struct fake_device),
    .wire = wire_by_byte,
    .i2c = device_i2c,
};

int32_t fake_add_behind(struct world *w, const char *name, int32_t bus, int32_t mux,
                        int32_t channel, int32_t address)
{
    int32_t part = fake_add(w, &fake_device_kind, name);

    fake_set_i2c(w, part, "i2c", (struct i2c_path){bus, mux, channel, address});
    return part;
}

int32_t fake_add_device(struct world *w, const char *name, int32_t bus, int32_t address)
{
    return fake_add_behind(w, name, bus, NO_PART, 0, address);
}

static void begin(struct world *w, int32_t bus, int32_t master, const struct i2c_request *rq)
{
    ((struct fake_master *)world_state(w, master))->done = false;
    i2c_start(w, bus, master, rq, world_now(w));
}

void fake_begin(struct world *w, int32_t bus, int32_t master, uint8_t address, const uint8_t tx[],
                uint8_t n_tx, uint8_t n_rx)
{
    struct i2c_request rq = {.op = I2C_TRANSFER, .address = address, .n_tx = n_tx, .n_rx = n_rx};

    if (n_tx > 0) {
        memcpy(rq.tx, tx, n_tx);
    }
    begin(w, bus, master, &rq);
}

struct i2c_reply fake_wait(struct world *w, int32_t master)
{
    const struct fake_master *m = world_state_const(w, master);

    while (!m->done) {
        if (!fake_next(w)) {
            abort(); /* nothing is due, and the transfer has not ended */
        }
    }
    return m->re;
}

struct i2c_reply fake_transfer(struct world *w, int32_t bus, int32_t master, uint8_t address,
                               const uint8_t tx[], uint8_t n_tx, uint8_t n_rx)
{
    fake_begin(w, bus, master, address, tx, n_tx, n_rx);
    return fake_wait(w, master);
}

struct i2c_reply fake_ask(struct world *w, int32_t bus, int32_t master, enum i2c_op op)
{
    begin(w, bus, master, &(struct i2c_request){.op = op});
    return fake_wait(w, master);
}
