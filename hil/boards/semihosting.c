/* semihosting.c - a link by the debugger instead of the serial port: for emulated boards, ten times as
 * fast, for the emulator then waits with the board and takes a frame at a time.
 *
 * Not for a real board without a debugger: the breakpoint would be a fault.
 * Source: Arm, Semihosting for AArch32 and AArch64, 2.0 (SYS_OPEN, SYS_WRITE, SYS_READ). */
#include <stddef.h>

#include "board.h"

enum { SYS_OPEN = 0x01, SYS_WRITE = 0x05, SYS_READ = 0x06 };
enum { MODE_READ = 1, MODE_WRITE = 5 }; /* "rb", "wb" */
enum { ROOM = 256 };

static uint32_t call(uint32_t operation, const void *arguments)
{
    register uint32_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = arguments;

    __asm__ volatile("bkpt 0xAB" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

static uint32_t opened(const char *path, uint32_t length, uint32_t mode)
{
    const struct {
        const char *path;
        uint32_t mode, length;
    } arguments = {path, mode, length};

    return call(SYS_OPEN, &arguments);
}

struct block {
    uint32_t file;
    const void *at;
    uint32_t n;
};

/* hil/emulator.c gives the emulator pipes for its standard input and output. */
bool board_get(uint8_t *byte)
{
    static uint8_t bytes[ROOM];
    static uint32_t file, at, n;
    static bool open;

    if (!open) {
        file = opened("/dev/fd/0", 9, MODE_READ);
        open = true;
    }
    if (at == n) {
        const struct block b = {file, bytes, ROOM};
        at = 0;
        n = ROOM - call(SYS_READ, &b); /* which says how much is missing */
    }
    if (at == n) {
        return false;
    }
    *byte = bytes[at++];
    return true;
}

/* A frame at a time: its second LINK_END is its last byte. */
void board_put(uint8_t byte)
{
    static uint8_t bytes[ROOM];
    static uint32_t file, n;
    static bool open;

    if (!open) {
        file = opened("/dev/fd/1", 9, MODE_WRITE);
        open = true;
    }
    bytes[n++] = byte;
    if (n == ROOM || (n > 1 && byte == LINK_END)) {
        const struct block b = {file, bytes, n};
        (void)call(SYS_WRITE, &b);
        n = 0;
    }
}
