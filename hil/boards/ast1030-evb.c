/* ast1030-evb.c - Aspeed AST1030 evaluation board: Cortex-M4F, 200 MHz, UART5 as its console.
 * Its boot ROM has set up clocks and pins before it starts an image. The UART is a 16550 with its
 * registers four bytes apart.
 * Source: National Semiconductor PC16550D data sheet, 8; memory map: QEMU, hw/arm/aspeed_ast10x0.c */
#include "board.h"

const char board_name[LINK_NAME] = "ast1030-evb";
const uint32_t board_clock_Hz = 200000000;

enum { UART5 = 0x7E784000 };
enum { DATA = 0x00, DIVISOR = 0x00, DIVISOR_HIGH = 0x04, FIFO = 0x08, LINE = 0x0C, STATUS = 0x14 };
enum { STATUS_RX_READY = 1 << 0, STATUS_TX_EMPTY = 1 << 5 };

void board_start(void)
{
    *reg(UART5 + LINE) = 0x83; /* the divisor's turn */
    *reg(UART5 + DIVISOR) = 1; /* 24 MHz / 13 / 16 = 115385 */
    *reg(UART5 + DIVISOR_HIGH) = 0;
    *reg(UART5 + LINE) = 0x03; /* 8 bits */
    *reg(UART5 + FIFO) = 0x87; /* on, empty, 8 bytes at a time */
}

OWN_LINK bool board_get(uint8_t *byte)
{
    if ((*reg(UART5 + STATUS) & STATUS_RX_READY) == 0) {
        return false;
    }
    *byte = (uint8_t)*reg(UART5 + DATA);
    return true;
}

OWN_LINK void board_put(uint8_t byte)
{
    while ((*reg(UART5 + STATUS) & STATUS_TX_EMPTY) == 0) {
    }
    *reg(UART5 + DATA) = byte;
}
