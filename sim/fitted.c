/* fitted.c - `fitted:` of a file of overrides. */
#include "fitted.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool number(struct diag *d, const struct yaml *y, double least, double most, double *value)
{
    char *end = NULL;

    *value = y != NULL && y->is == YAML_SCALAR ? strtod(y->text, &end) : (double)NAN;
    if (y == NULL || end == NULL || end == y->text || *end != '\0' ||
        !(*value >= least && *value <= most)) {
        diag_error(d, y != NULL ? y->at : (struct place){.in = NULL},
                   "'fitted' wants a number from %g to %g here", least, most);
        return false;
    }
    return true;
}

/* "b.c" of the rack, with the value that the file has given it. */
static bool find(struct loader *l, const struct yaml *y, struct fit_param *p)
{
    const char *dot = strrchr(y->key, '.');
    size_t n = dot != NULL ? (size_t)(dot - y->key) : 0;

    p->name = y->key;
    p->part = n > 0 ? rack_find(&l->rack, y->key, n) : NO_PART;
    const struct part *part = p->part != NO_PART ? &l->rack.parts[p->part] : NULL;
    p->field = part != NULL ? kind_field(part->kind, dot + 1, strlen(dot + 1)) : NULL;
    if (p->field == NULL || (p->field->type != FIELD_REAL && p->field->type != FIELD_TIME)) {
        diag_error(l->diag, y->key_at, "'%.60s' is no parameter of this rack that can be fitted",
                   y->key);
        return false;
    }
    p->start = p->value = field_value(p->field, part->params);
    return true;
}

static bool read_one(struct loader *l, const struct yaml *y, struct fit_param *p, int32_t i,
                     int32_t n, double *correlation)
{
    const struct yaml *with = yaml_get(y, "with");
    const struct yaml *c = with != NULL ? with->first : NULL;
    bool good = find(l, y, p) && number(l->diag, yaml_get(y, "half"), 0.0, 1e300, &p->half);

    correlation[i * n + i] = 1.0;
    for (int32_t k = 0; good && k < i; k++) {
        double rho = 0.0;
        good = number(l->diag, c != NULL ? c : y, -1.0, 1.0, &rho);
        correlation[i * n + k] = correlation[k * n + i] = rho;
        c = c != NULL ? c->next : NULL;
    }
    return good;
}

const struct fitted *fitted_read(struct loader *l, const struct yaml *y)
{
    struct fitted *f = arena_get(l->arena, sizeof *f);
    bool good = y->is == YAML_MAP && y->n <= FIT_PARAMS_MAX;
    struct fit_param *params = arena_array(l->arena, FIT_PARAMS_MAX, sizeof *params);
    double *correlation =
        arena_array(l->arena, (size_t)FIT_PARAMS_MAX * FIT_PARAMS_MAX, sizeof *correlation);

    if (!good) {
        diag_error(l->diag, y->at, "'fitted' wants a map of at most %d parameters", FIT_PARAMS_MAX);
        return NULL;
    }
    *f = (struct fitted){.n = y->n, .param = params, .correlation = correlation};
    int32_t i = 0;
    for (const struct yaml *e = y->first; e != NULL; e = e->next, i++) {
        params[i] = (struct fit_param){.part = NO_PART};
        good = read_one(l, e, &params[i], i, y->n, correlation) && good;
    }
    return good ? f : NULL;
}
