/* lm3s6965evb.c - Stellaris LM3S6965 evaluation board: Cortex-M3, 12.5 MHz out of reset, UART0.
 * Source: LM3S6965 data sheet, chapters 6 (system control), 9 (GPIO) and 13 (UART). */
#include "board.h"

const char board_name[LINK_NAME] = "lm3s6965evb";
const uint32_t board_clock_Hz = 12500000;

enum { RCGC1 = 0x400FE104, RCGC2 = 0x400FE108, PORTA = 0x40004000, UART0 = 0x4000C000 };
enum { GPIO_AFSEL = 0x420, GPIO_DEN = 0x51C };
enum { DR = 0x00, FR = 0x18, IBRD = 0x24, FBRD = 0x28, LCRH = 0x2C, CTL = 0x30 };
enum { FR_RX_EMPTY = 1 << 4, FR_TX_FULL = 1 << 5 };

void board_start(void)
{
    *reg(RCGC1) |= 1; /* clock of UART0 ... */
    *reg(RCGC2) |= 1; /* ... and of port A, whose pins 0 and 1 are its */
    (void)*reg(RCGC2);
    *reg(PORTA + GPIO_AFSEL) |= 3;
    *reg(PORTA + GPIO_DEN) |= 3;
    *reg(UART0 + IBRD) = 6; /* 12.5 MHz / (16 * 115200) = 6 + 50 / 64 */
    *reg(UART0 + FBRD) = 50;
    *reg(UART0 + LCRH) = 0x70; /* 8 bits, FIFO */
    *reg(UART0 + CTL) = 0x301; /* on, both ways */
}

OWN_LINK bool board_get(uint8_t *byte)
{
    if ((*reg(UART0 + FR) & FR_RX_EMPTY) != 0) {
        return false;
    }
    *byte = (uint8_t)*reg(UART0 + DR);
    return true;
}

OWN_LINK void board_put(uint8_t byte)
{
    while ((*reg(UART0 + FR) & FR_TX_FULL) != 0) {
    }
    *reg(UART0 + DR) = byte;
}
