/* locate.c - root isolation in Bernstein form (de Casteljau halving).  The convex hull of the
 * coefficients encloses the curve: G. Farin, Curves and Surfaces for CAGD, ch. 5. */
#include "locate.h"

#include <math.h>

struct bernstein {
    double b[4];
};

static struct bernstein from_samples(const double y[4])
{
    return (struct bernstein){{y[0], (-5.0 * y[0] + 18.0 * y[1] - 9.0 * y[2] + 2.0 * y[3]) / 6.0,
                               (2.0 * y[0] - 9.0 * y[1] + 18.0 * y[2] - 5.0 * y[3]) / 6.0, y[3]}};
}

static bool stays_positive(const struct bernstein *c)
{
    return c->b[0] >= 0.0 && c->b[1] >= 0.0 && c->b[2] >= 0.0 && c->b[3] >= 0.0;
}

static void halve(const struct bernstein *c, struct bernstein *left, struct bernstein *right)
{
    double ab = 0.5 * (c->b[0] + c->b[1]);
    double bc = 0.5 * (c->b[1] + c->b[2]);
    double cd = 0.5 * (c->b[2] + c->b[3]);
    double abc = 0.5 * (ab + bc);
    double bcd = 0.5 * (bc + cd);
    double mid = 0.5 * (abc + bcd);

    *left = (struct bernstein){{c->b[0], ab, abc, mid}};
    *right = (struct bernstein){{mid, bcd, cd, c->b[3]}};
}

/* One change of sign among the coefficients: then the curve has one root (variation diminishing). */
static bool falls_once(const struct bernstein *c)
{
    return c->b[0] > 0.0 && c->b[3] < 0.0 && (c->b[1] >= 0.0 || c->b[2] < 0.0);
}

enum { NEWTON_TRIES = 16 };

/* That root, to the width, from above: by Newton's method within a bracket that shrinks, and by halving
 * where that is not soon there, on a curve that is all but flat. */
static double only_root(const struct bernstein *c, double width)
{
    double c1 = 3.0 * (c->b[1] - c->b[0]);
    double c2 = 3.0 * (c->b[0] - 2.0 * c->b[1] + c->b[2]);
    double c3 = c->b[3] - c->b[0] + 3.0 * (c->b[1] - c->b[2]);
    double lo = 0.0;
    double hi = 1.0;
    double q = c->b[0] / (c->b[0] - c->b[3]);

    for (int tries = 0; hi - lo > width; tries++) {
        double y = c->b[0] + q * (c1 + q * (c2 + q * c3));
        double slope = c1 + q * (2.0 * c2 + q * 3.0 * c3);
        *(y < 0.0 ? &hi : &lo) = q;
        double next = q - y / slope + (y < 0.0 ? -0.4 : 0.4) * width; /* a little beyond it */
        q = tries < NEWTON_TRIES && next > lo && next < hi ? next : 0.5 * (lo + hi);
    }
    return hi;
}

bool locate_fall(const double y[4], double width, double *at)
{
    enum { DEPTH = 64 };
    struct bernstein later[DEPTH]; /* right halves that wait, the nearest last */
    double from[DEPTH], size[DEPTH];
    int n = 1;

    later[0] = from_samples(y);
    from[0] = 0.0;
    size[0] = 1.0;
    if (!isfinite(y[0] + y[1] + y[2] + y[3])) {
        return false;
    }
    while (n > 0) {
        struct bernstein c = later[--n];
        double lo = from[n];
        double w = size[n];

        if (stays_positive(&c)) {
            continue;
        }
        if (falls_once(&c) && w > width) {
            *at = lo + w * only_root(&c, width / w);
            return true;
        }
        if (c.b[0] < 0.0 || w <= width || n + 2 > DEPTH) {
            if (c.b[0] < 0.0 || c.b[3] < 0.0) {
                *at = c.b[0] < 0.0 ? lo : lo + w;
                return true;
            }
            continue; /* touches within the width without getting through */
        }
        struct bernstein left;
        struct bernstein right;
        halve(&c, &left, &right);
        later[n] = right;
        from[n] = lo + 0.5 * w;
        size[n++] = 0.5 * w;
        later[n] = left;
        from[n] = lo;
        size[n++] = 0.5 * w;
    }
    return false;
}
