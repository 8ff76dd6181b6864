/* model_error.c - play at the ends of the bounds, compare the rulings. */
#include "model_error.h"

#include <math.h>
#include <string.h>

#include "fit_model.h"

struct trial {
    double margin;
    enum verdict verdict;
};

/* Each ruling with one parameter at an end of its bounds, or at the limit of what it may be: *value is
 * what it became. False: it could not be played. */
static bool try_end(const struct run *r, const struct fit_param *p, double *value,
                    struct trial trials[])
{
    struct diag *d = diag_new();
    struct run_options o = {.plant = r->options.plant, .stop = r->options.stop};

    *value = fit_model_set(r->scenario, p, *value);
    struct run *other = run_play(r->scenario, &o, d);
    (void)fit_model_set(r->scenario, p, p->value);
    bool good = other != NULL && judge_rulings(other->judge) == judge_rulings(r->judge);
    for (int32_t i = 0; good && i < judge_rulings(r->judge); i++) {
        const struct ruling *x = judge_ruling(other->judge, i);
        bool same = x->quantity == judge_ruling(r->judge, i)->quantity;
        trials[i] = (struct trial){same ? x->margin : (double)NAN, x->verdict};
    }
    run_free(other);
    diag_free(d);
    return good;
}

/* Does one end pass where the run itself fails, or the other way round? */
static bool turns(const struct ruling *own, const struct trial *trial)
{
    return trial->verdict != VERDICT_UNRESOLVED && own->verdict != VERDICT_UNRESOLVED &&
           trial->verdict != own->verdict;
}

void model_error_add(struct run *r)
{
    const struct fitted *f = r->scenario->fitted;
    struct arena *a = arena_new();
    int32_t n = judge_rulings(r->judge);
    struct trial *low = arena_array(a, (size_t)n + 1, sizeof *low);
    struct trial *high = arena_array(a, (size_t)n + 1, sizeof *high);
    double *moved = arena_array(a, (size_t)n * (size_t)f->n + 1, sizeof *moved); /* [n][f->n] */
    bool *turned = arena_array(a, (size_t)n + 1, sizeof *turned);

    memset(turned, 0, (size_t)n + 1);
    for (int32_t k = 0; k < f->n; k++) {
        const struct fit_param *p = &f->param[k];
        double from = p->value - p->half, to = p->value + p->half;
        bool good = try_end(r, p, &from, low) && try_end(r, p, &to, high) && to > from;
        for (int32_t i = 0; i < n; i++) {
            const struct ruling *own = judge_ruling(r->judge, i);
            double d = (high[i].margin - low[i].margin) / (to - from) * p->half;
            moved[i * f->n + k] = good && isfinite(d) ? d : 0.0;
            turned[i] = turned[i] || !good || turns(own, &low[i]) || turns(own, &high[i]);
        }
    }
    for (int32_t i = 0; i < n; i++) {
        double u2 = 0.0;
        for (int32_t k = 0; k < f->n; k++) {
            for (int32_t m = 0; m < f->n; m++) {
                u2 += f->correlation[k * f->n + m] * moved[i * f->n + k] * moved[i * f->n + m];
            }
        }
        judge_widen(r->judge, i, sqrt(fmax(u2, 0.0)), turned[i]);
    }
    arena_free(a);
}
