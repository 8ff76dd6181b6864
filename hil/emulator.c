/* emulator.c - QEMU as a child process, two pipes to it.  Checked by tests/hil/lockstep.sh. */
#include "emulator.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Virtual time is counted in instructions (-icount), 2^7 ns each: the same run costs the same. */
_Static_assert(EMULATOR_INSTRUCTION_ns == 1 << 7, "shift=7 below");

const char *const emulator_boards[] = {"ast1030-evb", "lm3s6965evb", "mps2-an385", NULL};

bool emulator_image(const char *board, enum emulator_port port, char *path, size_t room)
{
    const char *name = port == EMULATOR_SERIAL ? "firmware" : "semihosting";

    (void)snprintf(path, room, "build/arm-%s/%s.elf", board, name);
    if (access(path, R_OK) != 0) {
        (void)snprintf(path, room, "%s/firmware/%s/%s.elf", POWERGAP_DATADIR, board, name);
    }
    return access(path, R_OK) == 0;
}

static void play(const int hears[2], const int says[2], const char *board, enum emulator_port port,
                 const char *image, pid_t parent)
{
    bool serial = port == EMULATOR_SERIAL;

    (void)setsid(); /* the terminal's Ctrl-C is for powergap, which then stops the board */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent || dup2(hears[0], 0) < 0 ||
        dup2(says[1], 1) < 0) {
        _exit(127);
    }
    execlp("qemu-system-arm", "qemu-system-arm", "-machine", board, "-kernel", image, "-display",
           "none", "-monitor", "none", "-serial", serial ? "stdio" : "none", "-icount", "shift=7",
           serial ? NULL : "-semihosting-config", "enable=on,target=native", (char *)NULL);
    perror("qemu-system-arm");
    _exit(127);
}

static void close_both(const int ends[2])
{
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static bool make_pipe(int ends[2])
{
    return pipe(ends) == 0 && fcntl(ends[0], F_SETFD, FD_CLOEXEC) == 0 &&
           fcntl(ends[1], F_SETFD, FD_CLOEXEC) == 0;
}

bool emulator_start(struct emulator *e, const char *board, enum emulator_port port,
                    const char *image)
{
    pid_t parent = getpid();
    int hears[2];
    int says[2];

    e->process = 0;
    if (!make_pipe(hears)) {
        return false;
    }
    if (!make_pipe(says)) {
        close_both(hears);
        return false;
    }
    pid_t child = fork();
    if (child == 0) {
        play(hears, says, board, port, image, parent);
    }
    (void)close(hears[0]);
    (void)close(says[1]);
    e->out = hears[1];
    e->in = says[0];
    if (child < 0) {
        (void)close(e->in);
        (void)close(e->out);
        return false;
    }
    e->process = child;
    return true;
}

void emulator_stop(struct emulator *e)
{
    (void)kill(e->process, SIGKILL);
    (void)waitpid(e->process, NULL, 0);
    (void)close(e->in);
    (void)close(e->out);
    e->process = 0;
}

uint32_t emulator_instructions(uint32_t ticks, uint32_t clock_Hz)
{
    uint64_t ns = (uint64_t)ticks * 1000000000u / clock_Hz;

    return (uint32_t)((ns + EMULATOR_INSTRUCTION_ns / 2) / EMULATOR_INSTRUCTION_ns);
}
