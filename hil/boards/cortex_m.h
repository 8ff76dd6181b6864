/* cortex_m.h - what every Cortex-M has: the start after a reset, and a counter of clock ticks. */
#ifndef HIL_BOARDS_CORTEX_M_H
#define HIL_BOARDS_CORTEX_M_H

#include "hil/link.h"

#include <stdint.h>

/* Reset the processor and its peripherals. Memory stays, but for what start-up code sets. */
_Noreturn void restart(void);

void ticks_start(void);

/* Measure what is done between the two, in ticks of the core's clock: 24 bits of them. */
enum { TICKS_MAX = LINK_COST_MAX };
uint32_t ticks_begin(void);
uint32_t ticks_since(uint32_t begun);

#endif
