/* emulator.c - QEMU as a child process, its serial port a socket.  Checked by tests/hil/lockstep.sh. */
#include "emulator.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Virtual time is counted in instructions (-icount), 2^7 ns each: the same run costs the same. */
_Static_assert(EMULATOR_INSTRUCTION_ns == 1 << 7, "shift=7 below");

const char *const emulator_boards[] = {"ast1030-evb", "lm3s6965evb", "mps2-an385", NULL};

bool emulator_image(const char *board, char *path, size_t room)
{
    (void)snprintf(path, room, "build/arm-%s/firmware.elf", board);
    if (access(path, R_OK) != 0) {
        (void)snprintf(path, room, "%s/firmware/%s.elf", POWERGAP_DATADIR, board);
    }
    return access(path, R_OK) == 0;
}

static void play(int link, const char *board, const char *image, pid_t parent)
{
    (void)setsid(); /* the terminal's Ctrl-C is for powergap, which then stops the board */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent || dup2(link, 0) < 0 ||
        dup2(link, 1) < 0) {
        _exit(127);
    }
    execlp("qemu-system-arm", "qemu-system-arm", "-machine", board, "-kernel", image, "-display",
           "none", "-monitor", "none", "-serial", "stdio", "-icount", "shift=7", (char *)NULL);
    perror("qemu-system-arm");
    _exit(127);
}

bool emulator_start(struct emulator *e, const char *board, const char *image)
{
    pid_t parent = getpid();
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
        return false;
    }
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    e->link = ends[0];
    e->process = fork();
    if (e->process == 0) {
        play(ends[1], board, image, parent);
    }
    (void)close(ends[1]);
    if (e->process < 0) {
        (void)close(e->link);
        e->process = 0;
    }
    return e->process > 0;
}

void emulator_stop(struct emulator *e)
{
    (void)kill(e->process, SIGKILL);
    (void)waitpid(e->process, NULL, 0);
    (void)close(e->link);
}

uint32_t emulator_instructions(uint32_t ticks, uint32_t clock_Hz)
{
    uint64_t ns = (uint64_t)ticks * 1000000000u / clock_Hz;

    return (uint32_t)((ns + EMULATOR_INSTRUCTION_ns / 2) / EMULATOR_INSTRUCTION_ns);
}
