/* elementary.c - the door to SLEEF: its functions without fused multiply-add, which it promises to be
 * bit-identical on all platforms. */
#include "elementary.h"

#include <sleef.h>

double elementary_exp(double x)
{
    return Sleef_cinz_expd1_u10purec(x);
}

double elementary_log(double x)
{
    return Sleef_cinz_logd1_u10purec(x);
}

double elementary_pow(double x, double y)
{
    return Sleef_cinz_powd1_u10purec(x, y);
}

double elementary_cos(double x)
{
    return Sleef_cinz_cosd1_u10purec(x);
}
