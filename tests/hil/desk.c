/* desk.c - hil/boards/main.c with file descriptors for a serial port. A reset starts its main loop
 * anew and clears what start-up code would clear. */
#define _XOPEN_SOURCE 700 /* posix_openpt() */
#include "desk.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "hil/link.h"

static void say(struct link_frame *f, void (*put)(void *to, uint8_t byte), void *to);

#define main      board_main
#define link_send say
int board_main(void);
#include "hil/boards/main.c" /* NOLINT(bugprone-suspicious-include): with another serial port */
#undef link_send
#undef main

static struct {
    int in, out;
    struct desk_trouble trouble;
    int frames;
    long said;
    uint8_t unread[4096], unsent[8192];
    size_t at, n, n_unsent;
    struct link_frame last;
    jmp_buf power;
} here;

/* ---- the board's hardware ---------------------------------------------------------------------- */

const char board_name[LINK_NAME] = "desk";
const uint32_t board_clock_Hz = 1000000;

void board_start(void)
{
}

bool board_get(uint8_t *byte)
{
    if (here.at == here.n) {
        ssize_t k = read(here.in, here.unread, sizeof here.unread);
        if (k <= 0) {
            _exit(0); /* the bench has gone */
        }
        here.at = 0;
        here.n = (size_t)k;
    }
    *byte = here.unread[here.at++];
    return true;
}

static void flush(void)
{
    for (size_t sent = 0; sent < here.n_unsent;) {
        ssize_t k = write(here.out, here.unsent + sent, here.n_unsent - sent);
        if (k <= 0) {
            _exit(0);
        }
        sent += (size_t)k;
    }
    here.n_unsent = 0;
}

void board_put(uint8_t byte)
{
    const struct desk_trouble *t = &here.trouble;

    here.said++;
    if (here.said == t->cut_at) {
        flush();
        _exit(0);
    }
    if (t->mute_at == 0 || here.said < t->mute_at) {
        here.unsent[here.n_unsent++] = here.said == t->flip_at ? byte ^ 0x11 : byte;
    }
}

void ticks_start(void)
{
}

uint32_t ticks_begin(void)
{
    return 0;
}

uint32_t ticks_since(uint32_t begun)
{
    return begun + 7;
}

void restart(void)
{
    longjmp(here.power, 1);
}

/* ---- what it says ------------------------------------------------------------------------------ */

static bool is_twisted(enum desk_twist twist)
{
    return here.trouble.twist == twist && here.frames >= here.trouble.frame;
}

static void other_greeting(struct link_frame *f)
{
    struct link_hello h;

    f->reading = true;
    f->at = 2;
    link_hello(f, &h);
    h.version = is_twisted(DESK_OLD_LINK) ? LINK_VERSION - 1 : h.version;
    h.supplies = is_twisted(DESK_SMALL) ? 1 : h.supplies;
    h.servers = is_twisted(DESK_LARGE) ? 1000 : h.servers;
    if (is_twisted(DESK_OLD_FIRMWARE)) {
        strcpy(h.firmware, "0.0.9+1");
    }
    link_begin(f, LINK_HELLO, f->bytes[1]);
    link_hello(f, &h);
}

static void say(struct link_frame *f, void (*to_put)(void *to, uint8_t byte), void *to)
{
    struct link_frame now = *f;
    enum { KEPT = 4, HASH = 5, OP = 2 + 4 + 4 + 1 }; /* of LINK_READY, LINK_DONE */

    if (f->bytes[0] == LINK_HELLO) {
        other_greeting(&now);
    } else if (f->bytes[0] == LINK_READY) {
        now.bytes[HASH] ^= is_twisted(DESK_MISHEARS) ? 1 : 0;
        now.bytes[KEPT] = is_twisted(DESK_FORGETS) ? 0 : now.bytes[KEPT];
    }
    if (is_twisted(DESK_REBOOTS)) {
        say_hello(0);
        now = frame;
    } else if (is_twisted(DESK_REFUSES)) {
        refuse(f->bytes[1], LINK_NOT_READY);
        now = frame;
    } else if (is_twisted(DESK_STALE)) {
        now = here.last;
    } else if (is_twisted(DESK_WILD) && f->bytes[0] == LINK_DONE) {
        now.bytes[OP] = 77;
    }
    here.last = now;
    for (int i = is_twisted(DESK_REPEATS) ? 2 : 1; i > 0; i--) {
        struct link_frame copy = now;
        link_send(&copy, to_put, to);
    }
    here.frames++;
    flush();
    link_begin(f, LINK_HELLO, 0);
    f->n = 0; /* as link_send() leaves it */
}

/* ---- where it stands --------------------------------------------------------------------------- */

static _Noreturn void run_board(int hears, int says)
{
    here.in = hears;
    here.out = says;
    (void)setjmp(here.power);
    memset(&frame, 0, sizeof frame);
    has_table = false;
    (void)board_main();
    _exit(0);
}

static _Noreturn void serve_socket(int listener)
{
    int fd = accept(listener, NULL, NULL);

    if (fd < 0) {
        _exit(1);
    }
    run_board(fd, fd);
}

static int listen_at(const struct sockaddr *at, socklen_t n)
{
    int fd = socket(at->sa_family, SOCK_STREAM, 0);

    cr_assert(fd >= 0 && bind(fd, at, n) == 0 && listen(fd, 1) == 0);
    return fd;
}

static int listen_unix(struct desk *d)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};

    snprintf(at.sun_path, sizeof at.sun_path, "%s/board", d->home);
    snprintf(d->link, sizeof d->link, "unix:%s/board", d->home);
    return listen_at((const struct sockaddr *)&at, sizeof at);
}

static int listen_tcp(struct desk *d)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int fd = listen_at((const struct sockaddr *)&at, n);

    cr_assert_eq(getsockname(fd, (struct sockaddr *)&at, &n), 0);
    snprintf(d->link, sizeof d->link, "tcp:127.0.0.1:%d", ntohs(at.sin_port));
    return fd;
}

static _Noreturn void serve_pipes(const struct desk *d)
{
    char says[80];
    char hears[80];

    snprintf(says, sizeof says, "%s/says", d->home);
    snprintf(hears, sizeof hears, "%s/hears", d->home);
    int hearing = open(hears, O_RDONLY);
    run_board(hearing, open(says, O_WRONLY));
}

static void make_pipes(struct desk *d)
{
    char path[80];

    snprintf(path, sizeof path, "%s/says", d->home);
    cr_assert_eq(mkfifo(path, 0600), 0);
    snprintf(path, sizeof path, "%s/hears", d->home);
    cr_assert_eq(mkfifo(path, 0600), 0);
    snprintf(d->link, sizeof d->link, "pipe:%s/says,%s/hears", d->home, d->home);
}

/* The bench opens the slave; until then the master must not hear an echo of what it says. */
static int make_serial(struct desk *d)
{
    int fd = posix_openpt(O_RDWR | O_NOCTTY);
    struct termios t;

    cr_assert(fd >= 0 && grantpt(fd) == 0 && unlockpt(fd) == 0);
    snprintf(d->link, sizeof d->link, "serial:%s@921600", ptsname(fd));
    int slave = open(ptsname(fd), O_RDWR | O_NOCTTY); /* stays open: else reads fail until then */
    cr_assert(slave >= 0 && tcgetattr(slave, &t) == 0);
    t.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
    t.c_iflag &= ~(tcflag_t)(ICRNL | IXON);
    t.c_oflag &= ~(tcflag_t)OPOST;
    cr_assert_eq(tcsetattr(slave, TCSANOW, &t), 0);
    return fd;
}

void desk_put(struct desk *d, enum desk_link kind, const struct desk_trouble *trouble)
{
    int fd = -1;

    strcpy(d->home, "/tmp/powergap-desk-XXXXXX");
    cr_assert(mkdtemp(d->home) != NULL);
    if (kind == DESK_PIPE) {
        make_pipes(d);
    } else {
        fd = kind == DESK_UNIX ? listen_unix(d) : kind == DESK_TCP ? listen_tcp(d) : make_serial(d);
    }
    d->board = fork();
    cr_assert_geq(d->board, 0);
    if (d->board == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)signal(SIGPIPE, SIG_IGN);
        here.trouble = *trouble;
        if (kind == DESK_PIPE) {
            serve_pipes(d);
        }
        if (kind == DESK_SERIAL) {
            run_board(fd, fd);
        }
        serve_socket(fd);
    }
    if (fd >= 0 && kind != DESK_SERIAL) {
        close(fd);
    }
}

void desk_clear(struct desk *d)
{
    static const char *const files[] = {"board", "says", "hears"};
    char path[80];

    (void)kill(d->board, SIGKILL);
    (void)waitpid(d->board, NULL, 0);
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", d->home, files[i]);
        (void)unlink(path);
    }
    (void)rmdir(d->home);
}
