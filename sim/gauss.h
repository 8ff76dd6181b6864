/* gauss.h - Gauss's rule with four points on [0, 1], exact for polynomials of degree 7 and so for
 * the product of two cubics.  M. Abramowitz, I. Stegun, Handbook, table 25.4. */
#ifndef SIM_GAUSS_H
#define SIM_GAUSS_H

enum { GAUSS = 4 };

static const double gauss_at[GAUSS] = {0.06943184420297371, 0.33000947820757187,
                                       0.66999052179242813, 0.93056815579702629};
static const double gauss_weight[GAUSS] = {0.17392742256872693, 0.32607257743127307,
                                           0.32607257743127307, 0.17392742256872693};

#endif
