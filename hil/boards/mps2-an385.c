/* mps2-an385.c - Arm MPS2 with the Cortex-M3 image of application note 385: 25 MHz, UART0.
 * Source: Arm DAI 0385; CMSDK technical reference manual, 4.3 (APB UART). */
#include "board.h"

const char board_name[LINK_NAME] = "mps2-an385";
const uint32_t board_clock_Hz = 25000000;

enum { UART0 = 0x40004000 };
enum { DATA = 0x00, STATE = 0x04, CTRL = 0x08, BAUDDIV = 0x10 };
enum { STATE_TX_FULL = 1 << 0, STATE_RX_FULL = 1 << 1 };

void board_start(void)
{
    *reg(UART0 + BAUDDIV) = 217; /* 25 MHz / 115200 */
    *reg(UART0 + CTRL) = 3;      /* both ways */
}

OWN_LINK bool board_get(uint8_t *byte)
{
    if ((*reg(UART0 + STATE) & STATE_RX_FULL) == 0) {
        return false;
    }
    *byte = (uint8_t)*reg(UART0 + DATA);
    return true;
}

OWN_LINK void board_put(uint8_t byte)
{
    while ((*reg(UART0 + STATE) & STATE_TX_FULL) != 0) {
    }
    *reg(UART0 + DATA) = byte;
}
