/* clock.c - waits that grow.  Checked by tests/controller/test_storm.c, test_shorted.c. */
#include "clock.h"

uint32_t grown_us(uint32_t first_us, uint32_t times, uint32_t most_us)
{
    uint32_t us = first_us;

    for (uint32_t n = 1; (n < times) && (us < most_us); n++) {
        us = backed_off_us(us, most_us);
    }
    return us;
}
