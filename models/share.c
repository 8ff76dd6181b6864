/* share.c - a share line: its voltage is the mean of the per-unit currents of the supplies on it.
 *
 *   C dv/dt = sum over supplies that are on of g (i / i_rated - v)
 *
 * v is written per unit: 1 V here is the full-scale share voltage there (8.0 V, S8).
 * Checked by tests/models/test_psu.c. */
#include "share.h"

#include "terminal.h"

#define NONE                                                                                       \
    {                                                                                              \
        .key = NULL                                                                                \
    }

struct share_params {
    double c_F;
};

struct share_state {
    struct terminal terminal; /* first: terminal.h */
};

static const struct field share_fields[] = {
    {.key = "c",
     .type = FIELD_REAL,
     .quantity = QTY_FARAD,
     .min = 1e-9,
     .max = 1.0,
     .def = 100e-6,
     .offset = offsetof(struct share_params, c_F),
     .doc = "lag of the line: with each supply's 1 S this over their number is its time constant",
     .source = "E"},
    NONE,
};

static void share_wire(struct world *w, int32_t part)
{
    const struct share_params *p = world_params(w, part);
    struct share_state *s = world_state(w, part);

    s->terminal = (struct terminal){.node = net_add_node(w, part, p->c_F, 0.0), .taps = 1};
}

static double read_pu(const struct world *w, int32_t part, ns_t at)
{
    return net_v_V(w, terminal_node(w, part, 0), at);
}

static const struct signal share_signals[] = {
    {.key = "level",
     .quantity = QTY_RATIO,
     .continuous = true,
     .doc = "mean load of the supplies on the line, over their rating",
     .read = read_pu},
    NONE,
};

const struct kind share_kind = {
    .name = "share",
    .doc = "a share line: supplies on it trim their set-points until their loads are equal",
    .fields = share_fields,
    .signals = share_signals,
    .params_size = sizeof(struct share_params),
    .state_size = sizeof(struct share_state),
    .wire = share_wire,
};
