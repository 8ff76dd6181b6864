/* board.h - all that differs from board to board; everything else is shared.
 *
 * A board is BOARD.c (these functions), BOARD.ld (where its memory is) and a line in firmware.mk. */
#ifndef HIL_BOARDS_BOARD_H
#define HIL_BOARDS_BOARD_H

#include "hil/link.h"

#include <stdbool.h>
#include <stdint.h>

extern const char board_name[LINK_NAME];
extern const uint32_t board_clock_Hz; /* of the core, and so of the ticks that a step costs */

/* Clocks, pins and the serial port of the link: 115200 baud, 8 bits, no parity. */
void board_start(void);

/* An emulated board may have these two from semihosting.c instead of from its own file. */
#define OWN_LINK __attribute__((weak))

/* The next byte that has come; false: none. */
bool board_get(uint8_t *byte);

/* Send a byte; waits until the transmitter has room. */
void board_put(uint8_t byte);

/* Of a variable that the start-up code leaves as it finds it. */
#define KEPT_BY_A_RESET __attribute__((section(".noinit")))

/* A register of the hardware. */
static inline volatile uint32_t *reg(uintptr_t address)
{
    return (volatile uint32_t *)address; /* NOLINT(performance-no-int-to-ptr) */
}

#endif
