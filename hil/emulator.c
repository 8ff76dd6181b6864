/* emulator.c - QEMU as a child process, two pipes to it.  Checked by tests/hil/lockstep.sh. */
#include "emulator.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Virtual time is counted in instructions (-icount), 2^7 ns each: the same run costs the same. */
_Static_assert(EMULATOR_INSTRUCTION_ns == 1 << 7, "shift=7 below");

const char *const emulator_boards[] = {"ast1030-evb", "lm3s6965evb", "mps2-an385", NULL};

bool emulator_image(const char *installed, const char *board, enum emulator_port port, char *path,
                    size_t room)
{
    const char *name = port == EMULATOR_SERIAL ? "firmware" : "semihosting";

    (void)snprintf(path, room, "build/arm-%s/%s.elf", board, name);
    if (access(path, R_OK) != 0 && installed != NULL) {
        (void)snprintf(path, room, "%s/%s/%s.elf", installed, board, name);
    }
    return access(path, R_OK) == 0;
}

enum { READS, WRITES }; /* ends of a pipe */

struct pipes {
    int hears[2], says[2], log[2];
};

static void play(const struct pipes *p, const char *board, enum emulator_port port,
                 const char *image, pid_t parent)
{
    bool serial = port == EMULATOR_SERIAL;

    (void)setsid(); /* the terminal's Ctrl-C is for powergap, which then stops the board */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent ||
        dup2(p->hears[READS], 0) < 0 || dup2(p->says[WRITES], 1) < 0 ||
        dup2(p->log[WRITES], 2) < 0) {
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
    (void)close(ends[READS]);
    (void)close(ends[WRITES]);
}

static bool make_pipe(int ends[2])
{
    return pipe(ends) == 0 && fcntl(ends[READS], F_SETFD, FD_CLOEXEC) == 0 &&
           fcntl(ends[WRITES], F_SETFD, FD_CLOEXEC) == 0;
}

static bool make_pipes(struct pipes *p)
{
    if (make_pipe(p->hears)) {
        if (make_pipe(p->says)) {
            if (make_pipe(p->log)) {
                return true;
            }
            close_both(p->says);
        }
        close_both(p->hears);
    }
    return false;
}

bool emulator_start(struct emulator *e, const char *board, enum emulator_port port,
                    const char *image)
{
    pid_t parent = getpid();
    struct pipes p;

    e->process = 0;
    if (!make_pipes(&p)) {
        return false;
    }
    pid_t child = fork();
    if (child == 0) {
        play(&p, board, port, image, parent);
    }
    (void)close(p.hears[READS]);
    (void)close(p.says[WRITES]);
    (void)close(p.log[WRITES]);
    *e = (struct emulator){.out = p.hears[WRITES], .in = p.says[READS], .log = p.log[READS]};
    if (child < 0) {
        (void)close(e->in);
        (void)close(e->out);
        (void)close(e->log);
        return false;
    }
    e->process = child;
    return true;
}

void emulator_said(const struct emulator *e, char *line, size_t room)
{
    char text[4096];
    ssize_t n = 0;

    line[0] = '\0';
    if (e->process > 0 && fcntl(e->log, F_SETFL, O_NONBLOCK) == 0) {
        n = read(e->log, text, sizeof text - 1);
    }
    if (n > 0) {
        text[n] = '\0';
        text[strcspn(text, "\r")] = '\0';
        if (text[strlen(text) - 1] == '\n') {
            text[strlen(text) - 1] = '\0';
        }
        const char *last = strrchr(text, '\n');
        (void)snprintf(line, room, "%s", last != NULL ? last + 1 : text);
    }
}

void emulator_stop(struct emulator *e)
{
    (void)kill(e->process, SIGKILL);
    (void)waitpid(e->process, NULL, 0);
    (void)close(e->in);
    (void)close(e->out);
    (void)close(e->log);
    e->process = 0;
}

uint32_t emulator_instructions(uint32_t ticks, uint32_t clock_Hz)
{
    uint64_t ns = (uint64_t)ticks * 1000000000u / clock_Hz;

    return (uint32_t)((ns + EMULATOR_INSTRUCTION_ns / 2) / EMULATOR_INSTRUCTION_ns);
}
