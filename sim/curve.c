/* curve.c - cubics in Bernstein form.  Checked by tests/sim/test_curve.c. */
#include "curve.h"

#include <math.h>

/* The curve's polar form: symmetric, linear in each, and the curve where all three are equal. */
static double polar(const struct curve *c, double q, double r, double s)
{
    double ab = c->b[0] + q * (c->b[1] - c->b[0]);
    double bc = c->b[1] + q * (c->b[2] - c->b[1]);
    double cd = c->b[2] + q * (c->b[3] - c->b[2]);
    double abc = ab + r * (bc - ab);
    double bcd = bc + r * (cd - bc);

    return abc + s * (bcd - abc);
}

struct curve curve_part(const struct curve *c, struct slice s)
{
    return (struct curve){{polar(c, s.q0, s.q0, s.q0), polar(c, s.q0, s.q0, s.q1),
                           polar(c, s.q0, s.q1, s.q1), polar(c, s.q1, s.q1, s.q1)}};
}

double curve_at(const struct curve *c, double q)
{
    return polar(c, q, q, q);
}

double curve_mean_product(const struct curve *c, const struct curve *d)
{
    const double *x = c->b;
    const double *y = d->b;
    double sum = x[0] * (20.0 * y[0] + 10.0 * y[1] + 4.0 * y[2] + y[3]) +
                 x[1] * (10.0 * y[0] + 12.0 * y[1] + 9.0 * y[2] + 4.0 * y[3]) +
                 x[2] * (4.0 * y[0] + 9.0 * y[1] + 12.0 * y[2] + 10.0 * y[3]) +
                 x[3] * (y[0] + 4.0 * y[1] + 10.0 * y[2] + 20.0 * y[3]);

    return sum * (1.0 / 140.0);
}

/* A third of the slope is (1-q)^2 d0 + 2 q (1-q) d1 + q^2 d2 with the steps d between coefficients:
 * a q^2 + 2 b q + d0 with a = d0 - 2 d1 + d2 and b = d1 - d0. It rises through zero where
 * q = (-b + sqrt(b^2 - a d0)) / a, written so that nothing cancels. */
static double turning_place(const struct curve *c)
{
    double d0 = c->b[1] - c->b[0];
    double d1 = c->b[2] - c->b[1];
    double a = d0 - 2.0 * d1 + (c->b[3] - c->b[2]);
    double b = d1 - d0;
    double root = sqrt(fmax(b * b - a * d0, 0.0));

    return b > 0.0 ? -d0 / (b + root) : a != 0.0 ? (root - b) / a : 1.0;
}

double curve_least(const struct curve *c)
{
    double end = c->b[3] < c->b[0] ? 1.0 : 0.0;

    if (c->b[1] >= c->b[0] && c->b[2] >= c->b[0] && c->b[3] >= c->b[0]) {
        return 0.0;
    }
    if (c->b[0] > c->b[3] && c->b[1] >= c->b[3] && c->b[2] >= c->b[3]) {
        return 1.0;
    }
    double q = turning_place(c);
    bool turns = q > 0.0 && q < 1.0 && curve_at(c, q) < fmin(c->b[0], c->b[3]);

    return turns ? q : end;
}
