/* fit.c - the door to GSL's nonlinear least squares.  Checked by tests/sim/test_fit.sh. */
#include "fit.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fit_model.h"
#include "measure.h"
#include "spell.h"

static const struct place COMMAND_LINE = {.in = NULL};

/* ---- which parameters ------------------------------------------------------------------------------- */

static void unknown_key(struct diag *d, const struct part *p, const char *key, size_t n)
{
    struct spell near = spell_begin(key, n);

    diag_error(d, COMMAND_LINE, "%s '%s' has no '%.*s' to fit: no number of a physical kind",
               p->kind->name, p->name, (int)n, key);
    for (const struct field *f = p->kind->fields; f->key != NULL; f++) {
        spell_try(&near, f->key,
                  f->type == FIELD_REAL || f->type == FIELD_TIME ? strlen(f->key) : 0);
    }
    if (spell_best(&near) != NULL) {
        diag_hint(d, "did you mean '%s.%s'?", p->name, spell_best(&near));
    }
}

static bool find_param(struct fit_param *p, struct diag *d, const struct scenario *s)
{
    const char *dot = strrchr(p->name, '.');
    size_t n = dot != NULL ? (size_t)(dot - p->name) : strlen(p->name);

    p->part = rack_find(&s->rack, p->name, n);
    if (dot == NULL || p->part == NO_PART) {
        struct spell near = spell_begin(p->name, n);
        for (int32_t i = 0; i < s->rack.n_parts; i++) {
            spell_try(&near, s->rack.parts[i].name, strlen(s->rack.parts[i].name));
        }
        diag_error(d, COMMAND_LINE, "'%s' is no parameter of a part, such as 'bus_a.c'", p->name);
        if (dot != NULL && spell_best(&near) != NULL) {
            diag_hint(d, "did you mean '%s%s'?", spell_best(&near), dot);
        }
        return false;
    }
    const struct part *part = &s->rack.parts[p->part];
    p->field = kind_field(part->kind, dot + 1, strlen(dot + 1));
    if (p->field == NULL || (p->field->type != FIELD_REAL && p->field->type != FIELD_TIME)) {
        unknown_key(d, part, dot + 1, strlen(dot + 1));
        return false;
    }
    p->start = field_value(p->field, part->params);
    if (p->start == 0.0) {
        diag_error(d, COMMAND_LINE,
                   "'%s' is 0 in the scenario: a fit begins with a value near the true one",
                   p->name);
    }
    return p->start != 0.0;
}

bool fit_params(struct fit *f, struct arena *a, struct diag *d, const struct scenario *s,
                const char *list, double shift_s)
{
    bool good = true;

    f->shift_s = shift_s;
    for (const char *at = list; *at != '\0';) {
        size_t n = strcspn(at, ",");
        if (f->n_params == FIT_PARAMS_MAX) {
            diag_error(d, COMMAND_LINE, "at most %d parameters at once", FIT_PARAMS_MAX);
            return false;
        }
        struct fit_param *p = &f->param[f->n_params++];
        *p = (struct fit_param){.name = arena_text(a, at, n), .part = NO_PART, .start = shift_s};
        for (int32_t i = 0; i + 1 < f->n_params; i++) {
            if (strcmp(f->param[i].name, p->name) == 0) {
                diag_error(d, COMMAND_LINE, "'%s' twice", p->name);
                good = false;
            }
        }
        good = (strcmp(p->name, "shift") == 0 || find_param(p, d, s)) && good;
        p->value = p->start;
        at += n + (at[n] == ',');
    }
    if (f->n_params == 0) {
        diag_error(d, COMMAND_LINE, "which parameters? --params sw1.gate_current,bus_a.c");
    }
    return good && f->n_params > 0;
}

/* ---- least squares ---------------------------------------------------------------------------------- */

struct solving {
    struct fit *fit;
    const struct fit_model *model;
    double shift_s;   /* where it is no parameter */
    double *residual; /* [n_points]: GSL's own may be a column of a matrix */
    bool good;
};

/* Parameters are fitted in parts of their start; the shift, which may be 0, in milliseconds. */
static double unit_of(const struct fit_param *p)
{
    return p->field != NULL ? fabs(p->start) : 1e-3;
}

static double begin_of(const struct fit_param *p)
{
    return p->start / unit_of(p);
}

static int residuals(const gsl_vector *x, void *ctx, gsl_vector *f)
{
    struct solving *s = ctx;
    double shift_s = s->shift_s;

    if (s->fit->stop != NULL && *s->fit->stop != 0) {
        return GSL_EBADFUNC;
    }
    for (int32_t i = 0; i < s->fit->n_params; i++) {
        struct fit_param *p = &s->fit->param[i];
        double wanted = gsl_vector_get(x, (size_t)i) * unit_of(p);
        p->value = fit_model_set(s->model->scenario, p, wanted);
        p->at_limit = p->value != wanted;
        shift_s = p->field == NULL ? p->value : shift_s;
    }
    s->fit->runs++;
    s->good = fit_model_play(s->model, shift_s, s->residual) && s->good;
    for (size_t i = 0; i < f->size; i++) {
        gsl_vector_set(f, i, s->residual[i]);
    }
    return s->good ? GSL_SUCCESS : GSL_ENOMEM;
}

static double rms_of(const gsl_vector *f)
{
    return gsl_blas_dnrm2(f) / sqrt((double)f->size);
}

static void each_step(const size_t iteration, void *ctx, const gsl_multifit_nlinear_workspace *w)
{
    const struct solving *s = ctx;

    (void)iteration;
    if (s->fit->progress != NULL) {
        s->fit->progress(s->fit, rms_of(gsl_multifit_nlinear_residual(w)));
    }
}

/* From covariance to bounds and correlation. */
static void judge_params(struct fit *f, gsl_multifit_nlinear_workspace *w)
{
    size_t p = (size_t)f->n_params;
    double dof = (double)f->n_points - (double)p;
    double chi2 = f->rms_after * f->rms_after * (double)f->n_points;
    double wider = fmax(1.0, sqrt(chi2 / dof));
    gsl_matrix *cov = gsl_matrix_alloc(p, p);

    gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(w), 0.0, cov);
    for (size_t i = 0; i < p; i++) {
        double sigma = sqrt(gsl_matrix_get(cov, i, i));
        f->param[i].half = gsl_cdf_tdist_Pinv(0.975, dof) * wider * sigma * unit_of(&f->param[i]);
        for (size_t k = 0; k < p; k++) {
            f->correlation[i][k] = gsl_matrix_get(cov, i, k) /
                                   sqrt(gsl_matrix_get(cov, i, i) * gsl_matrix_get(cov, k, k));
        }
    }
    gsl_matrix_free(cov);
}

static bool solve(struct solving *s, size_t n)
{
    struct fit *f = s->fit;
    size_t p = (size_t)f->n_params;
    gsl_multifit_nlinear_parameters how = gsl_multifit_nlinear_default_parameters();
    gsl_vector *x = gsl_vector_alloc(p);

    how.fdtype = GSL_MULTIFIT_NLINEAR_CTRDIFF;
    how.h_df = 1e-3;
    gsl_multifit_nlinear_workspace *w =
        gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &how, n, p);
    gsl_multifit_nlinear_fdf fdf = {.f = residuals, .n = n, .p = p, .params = s};
    int info = 0;
    for (size_t i = 0; i < p; i++) {
        gsl_vector_set(x, i, begin_of(&f->param[i]));
    }
    bool good = gsl_multifit_nlinear_init(x, &fdf, w) == GSL_SUCCESS;
    if (good) {
        f->rms_before = rms_of(gsl_multifit_nlinear_residual(w));
        int status = gsl_multifit_nlinear_driver(100, 1e-7, 1e-10, 1e-10, each_step, s, &info, w);
        f->converged = status == GSL_SUCCESS || status == GSL_ENOPROG;
        f->rms_after = rms_of(gsl_multifit_nlinear_residual(w));
        (void)residuals(gsl_multifit_nlinear_position(w), s, gsl_multifit_nlinear_residual(w));
        judge_params(f, w);
    }
    gsl_multifit_nlinear_free(w);
    gsl_vector_free(x);
    return good && s->good;
}

bool fit(struct fit *f, struct arena *a, struct diag *d, const struct scenario *s,
         const struct waveforms *capture)
{
    struct fit_model m;
    struct solving solving = {.fit = f, .model = &m, .shift_s = f->shift_s, .good = true};

    if (!fit_model_init(&m, a, d, s, capture, solving.shift_s)) {
        return false;
    }
    f->n_signals = m.n_signals;
    f->n_points = (m.to - m.from) * m.n_signals;
    if (f->n_points < 3 * f->n_params) {
        diag_error(d, COMMAND_LINE,
                   "%d cells of the capture lie within the scenario: too few for %d parameters",
                   f->n_points, f->n_params);
        return false;
    }
    solving.residual = arena_array(a, (size_t)f->n_points, sizeof *solving.residual);
    gsl_set_error_handler_off();
    if (!solve(&solving, (size_t)f->n_points)) {
        if (f->stop == NULL || *f->stop == 0) {
            diag_error(d, COMMAND_LINE, "the scenario could not be played with its own values");
        }
        return false;
    }
    return true;
}

/* ---- what came of it -------------------------------------------------------------------------------- */

/* A time in whole nanoseconds, all else in its SI unit. */
static void write_value(FILE *out, const struct fit_param *p)
{
    if (p->field->type == FIELD_TIME) {
        fprintf(out, "  %s: %" PRId64 " ns\n", p->field->key, ns_from_s(p->value));
    } else {
        fprintf(out, "  %s: %.9g %s\n", p->field->key, p->value, quantity_unit(p->field->quantity));
    }
}

static bool is_first_of_part(const struct fit *f, int32_t i)
{
    for (int32_t k = 0; k < i; k++) {
        if (f->param[k].part == f->param[i].part) {
            return false;
        }
    }
    return true;
}

/* How well they are known, for verdicts: fitted.h. */
static void write_fitted(FILE *out, const struct fit *f)
{
    fputs("fitted:\n", out);
    for (int32_t i = 0; i < f->n_params; i++) {
        const char *before = ", with: [";
        if (f->param[i].field == NULL) {
            continue;
        }
        fprintf(out, "  %s: {half: %.6g", f->param[i].name, f->param[i].half);
        for (int32_t k = 0; k < i; k++) {
            if (f->param[k].field != NULL) {
                fprintf(out, "%s%.6f", before, f->correlation[i][k]);
                before = ", ";
            }
        }
        fputs(before[2] == 'w' ? "}\n" : "]}\n", out);
    }
}

void fit_write(FILE *out, const struct fit *f, const struct scenario *s)
{
    fprintf(out, "# Fitted to a capture, for: powergap run --override\n");
    for (int32_t i = 0; i < f->n_params; i++) {
        const struct fit_param *p = &f->param[i];
        if (p->field == NULL || !is_first_of_part(f, i)) {
            continue;
        }
        fprintf(out, "%s:\n", s->rack.parts[p->part].name);
        for (int32_t k = i; k < f->n_params; k++) {
            if (f->param[k].part == p->part) {
                write_value(out, &f->param[k]);
            }
        }
    }
    write_fitted(out, f);
}
