/* test_fork.c - a copy of the plant is the run: forks at any instant end as the straight run does,
 * and looking at a run changes nothing. */
#include <criterion/criterion.h>
#include <string.h>

#include "cases.h"

struct ending {
    uint64_t hash;
    int64_t steps;
    double x[64];
};

static struct ending ending_of(struct world *w, ns_t end)
{
    struct ending e = {0};

    plant_run(w, end);
    plant_flush(w);
    e.hash = w->plant->hash;
    e.steps = w->plant->counts.steps;
    memcpy(e.x, plant_x0(w), (size_t)w->plant->net.n_states * sizeof e.x[0]);
    return e;
}

static struct ending straight(const struct circuit_case *k)
{
    struct circuit *c = circuit_new();

    k->build(c);
    struct world *w = circuit_start(c, (struct plant_options){0});
    struct ending e = ending_of(w, ns_from_s(k->end_s));
    circuit_free(c, w);
    return e;
}

/* Equal bit for bit: memcmp sees what == on a double does not. */
static void same(const struct ending *a, const struct ending *b, const char *name, int fork)
{
    cr_assert_eq(a->hash, b->hash, "%s, fork %d", name, fork);
    cr_assert_eq(a->steps, b->steps, "%s, fork %d", name, fork);
    cr_assert_arr_eq(a->x, b->x, sizeof a->x, "%s, fork %d", name, fork);
}

/* Fork at every instant at which anything is due; the fork runs to the end before the trunk goes
 * on, so whatever the two share by mistake is spoiled for the trunk. */
static void fork_everywhere(const struct circuit_case *k)
{
    struct ending expected = straight(k);
    ns_t end = ns_from_s(k->end_s);
    struct circuit *c = circuit_new();
    int forks = 0;

    k->build(c);
    struct world *w = circuit_start(c, (struct plant_options){0});
    static struct circuit_log log;
    do {
        struct world *fork = circuit_fork(w, &log);
        struct ending e = ending_of(fork, end);
        same(&e, &expected, k->name, forks++);
        plant_free_fork(fork);
    } while (plant_next(w, end));
    struct ending e = ending_of(w, end);
    same(&e, &expected, k->name, -1);
    cr_assert_gt(forks, 10);
    circuit_free(c, w);
}

Test(fork, every_fork_ends_as_the_straight_run)
{
    for (int i = 0; i < CASES; i++) {
        fork_everywhere(&cases[i]);
    }
}

/* What a world keeps of an island beside the plant may be older than the fork's: a guard that has been
 * disarmed since is nobody's end in either. */
Test(fork, a_guard_disarmed_within_a_segment_leaves_no_trace)
{
    static struct circuit_log log;
    struct circuit *c = circuit_new();

    circuit_add(c, &node_kind, "bus", "c=1e-3 v0=12");
    circuit_add(c, &source_kind, "p", "at=bus e=2 r=1 reverse=1");
    circuit_add(c, &load_kind, "web", "at=bus p=1e-3 off_below=8");
    struct world *w = circuit_start(c, (struct plant_options){0});
    plant_run(w, US(100));
    for (int32_t i = 0; i < w->plant->net.n_guards; i++) {
        net_arm(w, i, false);
    }
    struct world *fork = circuit_fork(w, &log);
    struct ending a = ending_of(w, MS(10));
    struct ending b = ending_of(fork, MS(10));
    same(&b, &a, "disarmed", 0);
    plant_free_fork(fork);
    circuit_free(c, w);
}

/* Two runs from scratch, with other memory in between. */
Test(fork, a_run_repeats_bit_for_bit)
{
    for (int i = 0; i < CASES; i++) {
        struct ending a = straight(&cases[i]);
        straight(&cases[(i + 1) % CASES]);
        struct ending b = straight(&cases[i]);
        same(&a, &b, cases[i].name, 0);
    }
}

/* ---- observers --------------------------------------------------------------------------------- */

/* Reads every signal of every part at seven places of every span. */
static void look_at_everything(void *ctx, struct world *w, int32_t island, ns_t t0, ns_t t1)
{
    double *sum = ctx;

    (void)island;
    for (int32_t i = 0; i < world_parts(w); i++) {
        const struct signal *s = world_kind(w, i)->signals;
        for (; s != NULL && s->key != NULL; s++) {
            for (int k = 0; k <= 6 && plant_island_of(w)[0] == island; k++) {
                *sum += s->read(w, i, t0 + (t1 - t0) * k / 6);
            }
        }
    }
}

Test(fork, observers_do_not_steer)
{
    for (int i = 0; i < CASES; i++) {
        struct ending expected = straight(&cases[i]);
        struct circuit *c = circuit_new();
        double sum = 0.0;
        cases[i].build(c);
        struct world *w = circuit_start(c, (struct plant_options){0});
        w->sink = (struct sink){.ctx = &sum, .span = look_at_everything};
        struct ending e = ending_of(w, ns_from_s(cases[i].end_s));
        same(&e, &expected, cases[i].name, 0);
        cr_assert(sum != 0.0);
        w->sink = (struct sink){0};
        circuit_free(c, w);
    }
}

Test(fork, nobody_looking_changes_nothing)
{
    for (int i = 0; i < CASES; i++) {
        struct ending expected = straight(&cases[i]);
        struct circuit *c = circuit_new();
        cases[i].build(c);
        struct world *w = circuit_start(c, (struct plant_options){0});
        w->sink = (struct sink){0};
        struct ending e = ending_of(w, ns_from_s(cases[i].end_s));
        same(&e, &expected, cases[i].name, 0);
        circuit_free(c, w);
    }
}
