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

struct curve curve_part(const struct curve *c, const struct island *isl, ns_t t0, ns_t t1)
{
    double q0 = ns_to_s(t0 - isl->t0) / isl->h_s;
    double q1 = ns_to_s(t1 - isl->t0) / isl->h_s;

    if (isl->settled || (q0 == 0.0 && q1 == 1.0)) {
        return *c;
    }
    return (struct curve){
        {polar(c, q0, q0, q0), polar(c, q0, q0, q1), polar(c, q0, q1, q1), polar(c, q1, q1, q1)}};
}

double curve_mean(const struct curve *c)
{
    return 0.25 * (c->b[0] + c->b[1] + c->b[2] + c->b[3]);
}

struct curve curve_beyond(const struct curve *c, double sign, double level)
{
    struct curve y;

    for (int i = 0; i < 4; i++) {
        y.b[i] = sign * (c->b[i] - level);
    }
    return y;
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
    bool turns = q > 0.0 && q < 1.0 && polar(c, q, q, q) < fmin(c->b[0], c->b[3]);

    return turns ? q : end;
}
