/* emulator.h - a board that nobody has on the desk, played by QEMU. */
#ifndef HIL_EMULATOR_H
#define HIL_EMULATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* What an instruction takes on an emulated board, so that a cost in ticks is one in instructions. */
enum { EMULATOR_INSTRUCTION_ns = 128 };

struct emulator {
    pid_t process; /* 0: none */
    int in, out;   /* what the board says, what it is told */
    int log;       /* what the emulator itself says */
};

/* How the board and we speak: by its serial port, or by semihosting, which is faster. */
enum emulator_port { EMULATOR_SEMIHOSTING, EMULATOR_SERIAL };

/* Boards there are images for (machine names of QEMU); ends with NULL. */
extern const char *const emulator_boards[];

/* Where the image of a board is: built here (`make firmware`), or in the folder `installed` (NULL: there
 * is none). False: nowhere. */
bool emulator_image(const char *installed, const char *board, enum emulator_port port, char *path,
                    size_t room);

/* Start the image on the board. It ends when this process does, however; Ctrl-C is not for it.
 * False: errno says why it could not even be tried; a board that QEMU refuses closes its link. */
bool emulator_start(struct emulator *e, const char *board, enum emulator_port port,
                    const char *image);

void emulator_stop(struct emulator *e);

/* The last line of what the emulator itself has said, "" if nothing. */
void emulator_said(const struct emulator *e, char *line, size_t room);

/* Ticks of a clock of clock_Hz in instructions. */
uint32_t emulator_instructions(uint32_t ticks, uint32_t clock_Hz);

#endif
