/* cortex_m.c - from reset to main() without a C library, and SysTick as a counter.
 * Source: Armv7-M Architecture Reference Manual, B1.5 (vector table, reset), B3.3 (SysTick). */
#include "cortex_m.h"

#include <string.h>

#include "board.h"

/* Of the linker script. */
extern uint32_t stack_top[];
extern uint8_t data_start[], data_end[], bss_start[], bss_end[];
extern const uint8_t data_image[];

int main(void);
void reset(void);

void reset(void)
{
    (void)memcpy(data_start, data_image, (size_t)((uintptr_t)data_end - (uintptr_t)data_start));
    (void)memset(bss_start, 0, (size_t)((uintptr_t)bss_end - (uintptr_t)bss_start));
    (void)main();
    for (;;) {
    }
}

static const uintptr_t AIRCR = 0xE000ED0C;
enum { AIRCR_RESET = 0x05FA0004 };

void restart(void)
{
    *reg(AIRCR) = AIRCR_RESET;
    for (;;) {
    }
}

/* Nothing is known any more: start anew. Expanders keep their pins, and the controller reads them
 * back. */
static void fault(void)
{
    restart();
}

struct vectors {
    uint32_t *stack;
    void (*handlers[15])(void); /* reset, NMI, faults and SysTick; no interrupt is enabled */
};

__attribute__((section(".vectors"), used)) static const struct vectors vectors = {
    stack_top,
    {reset, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault, fault,
     fault, fault}};

/* ---- SysTick ----------------------------------------------------------------------------------- */

static const uintptr_t CTRL = 0xE000E010, LOAD = 0xE000E014, VALUE = 0xE000E018;
enum { CTRL_RUN = 5, CTRL_WRAPPED = 1 << 16 }; /* by the core's clock; reading clears the flag */

void ticks_start(void)
{
    *reg(LOAD) = TICKS_MAX;
    *reg(VALUE) = 0;
    *reg(CTRL) = CTRL_RUN;
}

uint32_t ticks_begin(void)
{
    (void)*reg(CTRL);
    return *reg(VALUE);
}

/* It counts down. */
uint32_t ticks_since(uint32_t begun)
{
    uint32_t now = *reg(VALUE);
    uint32_t wrapped = *reg(CTRL) & CTRL_WRAPPED;

    return wrapped != 0 && now <= begun ? TICKS_MAX : (begun - now) & TICKS_MAX;
}
