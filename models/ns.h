/* ns.h - simulated time: whole nanoseconds in 64 bits (292 years), and the ways in and out of it.
 *
 * Seconds as `double` exist only inside the integrator, measured from the start of its step. */
#ifndef MODELS_NS_H
#define MODELS_NS_H

#include <stdint.h>

typedef int64_t ns_t;

#define NS_NEVER INT64_MAX /* a due time that does not come */

#define US(n)      ((ns_t)(n)*1000)
#define MS(n)      ((ns_t)(n)*1000000)
#define SECONDS(n) ((ns_t)(n)*1000000000)

/* The longest span that ns_from_s() can give: 200 years; what is longer is NS_NEVER. */
#define NS_LONGEST_S 6.3e9

/* Seconds to the nearest nanosecond; halves away from zero. Not a number or too long: NS_NEVER. */
static inline ns_t ns_from_s(double s)
{
    if (!(s < NS_LONGEST_S)) {
        return NS_NEVER;
    }
    if (s < -NS_LONGEST_S) {
        return -NS_NEVER;
    }
    double ns = s * 1e9;
    return (ns_t)(ns < 0.0 ? ns - 0.5 : ns + 0.5);
}

static inline double ns_to_s(ns_t ns)
{
    return (double)ns * 1e-9;
}

/* t + span, where NS_NEVER stays NS_NEVER. Both >= 0. */
static inline ns_t ns_after(ns_t t, ns_t span)
{
    return span >= NS_NEVER - t ? NS_NEVER : t + span;
}

#endif
