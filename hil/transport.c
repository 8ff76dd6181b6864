/* transport.c - opens what a LINK names, and waits no longer than it is told.
 * Checked by tests/hil/test_transport.c. */
#include "transport.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "serial.h"

static const ns_t LOOK_AGAIN = MS(50); /* has the user had enough? */

ns_t transport_now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (ns_t)t.tv_sec * SECONDS(1) + t.tv_nsec;
}

/* ---- waiting ----------------------------------------------------------------------------------- */

static enum transport_end wait_for(const struct transport *t, int fd, short what, ns_t deadline)
{
    for (;;) {
        if (t->stop != NULL && *t->stop != 0) {
            return TRANSPORT_STOPPED;
        }
        ns_t left = deadline - transport_now();
        ns_t slice = left < LOOK_AGAIN ? left : LOOK_AGAIN;
        struct pollfd p = {.fd = fd, .events = what};
        int ready = poll(&p, 1, slice <= 0 ? 0 : (int)(slice / MS(1)) + 1);
        if (ready > 0) {
            return (p.revents & what) != 0 ? TRANSPORT_MORE : TRANSPORT_CLOSED;
        }
        if (ready < 0 && errno != EINTR) {
            return TRANSPORT_CLOSED;
        }
        if (left <= 0) {
            return TRANSPORT_SILENT;
        }
    }
}

static bool is_not_yet(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

enum transport_end transport_read(struct transport *t, uint8_t bytes[], size_t room, size_t *n,
                                  ns_t deadline)
{
    for (;;) {
        enum transport_end end = wait_for(t, t->in, POLLIN, deadline);
        if (end != TRANSPORT_MORE) {
            return end;
        }
        ssize_t got = read(t->in, bytes, room);
        if (got > 0) {
            *n = (size_t)got;
            return TRANSPORT_MORE;
        }
        if (got == 0 || !is_not_yet()) {
            return TRANSPORT_CLOSED;
        }
    }
}

enum transport_end transport_write(struct transport *t, const uint8_t bytes[], size_t n,
                                   ns_t deadline)
{
    for (size_t sent = 0; sent < n;) {
        ssize_t put = write(t->out, bytes + sent, n - sent);
        if (put > 0) {
            sent += (size_t)put;
        } else if (put < 0 && !is_not_yet()) {
            return TRANSPORT_CLOSED;
        } else {
            enum transport_end end = wait_for(t, t->out, POLLOUT, deadline);
            if (end != TRANSPORT_MORE) {
                return end;
            }
        }
    }
    return TRANSPORT_MORE;
}

/* ---- opening ----------------------------------------------------------------------------------- */

static bool say(char why[TRANSPORT_TEXT], const char *what)
{
    (void)snprintf(why, TRANSPORT_TEXT, "%s", what);
    return false;
}

static bool say_errno(char why[TRANSPORT_TEXT], const char *what)
{
    (void)snprintf(why, TRANSPORT_TEXT, "%.160s: %s", what, strerror(errno));
    return false;
}

static bool is_board(const char *name)
{
    bool known = false;

    for (int i = 0; emulator_boards[i] != NULL; i++) {
        known = known || strcmp(emulator_boards[i], name) == 0;
    }
    return known;
}

/* Take BOARD out of BOARD@uart:IMAGE. */
static bool take_board(struct transport *t, const char **text)
{
    size_t n = strcspn(*text, "@:");

    (void)snprintf(t->board, sizeof t->board, "%.*s", (int)n, *text);
    *text += n;
    return n < sizeof t->board && is_board(t->board);
}

static bool open_qemu(struct transport *t, const char *text, ns_t deadline,
                      char why[TRANSPORT_TEXT])
{
    static const char uart[] = "@uart";
    char found[TRANSPORT_TEXT];
    const char *image = found;
    enum emulator_port port = EMULATOR_SEMIHOSTING;

    (void)deadline;
    if (!take_board(t, &text)) {
        return say(why, "there is firmware for the boards ast1030-evb, lm3s6965evb, mps2-an385");
    }
    if (strncmp(text, uart, sizeof uart - 1) == 0) {
        port = EMULATOR_SERIAL;
        text += sizeof uart - 1;
    }
    if (text[0] == ':') {
        image = text + 1;
    } else if (text[0] != '\0') {
        return say(why, "it is written qemu:BOARD, qemu:BOARD@uart, or with :IMAGE behind it");
    } else if (!emulator_image(t->images, t->board, port, found, sizeof found)) {
        return say(why, "it has no image yet: 'make firmware' builds it in build/arm-BOARD");
    }
    if (access(image, R_OK) != 0) {
        return say_errno(why, image);
    }
    if (!emulator_start(&t->emulator, t->board, port, image)) {
        return say_errno(why, "the emulator can't be started");
    }
    t->in = t->emulator.in;
    t->out = t->emulator.out;
    return (fcntl(t->in, F_SETFL, O_NONBLOCK) == 0 && fcntl(t->out, F_SETFL, O_NONBLOCK) == 0) ||
           say_errno(why, "the emulator can't be spoken to");
}

static bool take_number(const char *text, unsigned long most, unsigned long *x)
{
    char *end;

    errno = 0;
    *x = strtoul(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0 && *x <= most;
}

static bool open_serial(struct transport *t, const char *text, ns_t deadline,
                        char why[TRANSPORT_TEXT])
{
    char path[TRANSPORT_TEXT];
    const char *at = strrchr(text, '@');
    size_t n = at != NULL ? (size_t)(at - text) : strlen(text);
    unsigned long baud = 115200;

    (void)deadline;
    if (n == 0 || n >= sizeof path || (at != NULL && !take_number(at + 1, 4000000, &baud))) {
        return say(why, "it is written serial:DEVICE@BAUD, as in serial:/dev/ttyACM0@921600");
    }
    memcpy(path, text, n);
    path[n] = '\0';
    t->in = t->out = serial_open(path, (uint32_t)baud);
    t->is_serial = true;
    if (t->in >= 0) {
        return true;
    }
    return errno == EINVAL   ? say(why, "no serial port has that speed: 115200, 230400, 460800, "
                                          "500000, 921600, 1000000 ... baud")
           : errno == EBUSY  ? say(why, "another program uses it")
           : errno == ENOTTY ? say(why, "it is no serial port")
                             : say_errno(why, path);
}

/* Begin to connect, and wait until it has come about. */
static bool joined(struct transport *t, int fd, const struct sockaddr *to, socklen_t n,
                   ns_t deadline)
{
    int failed = 0;
    socklen_t room = sizeof failed;

    if (connect(fd, to, n) == 0) {
        return true;
    }
    if (errno != EINPROGRESS && errno != EAGAIN) {
        return false;
    }
    if (wait_for(t, fd, POLLOUT, deadline) == TRANSPORT_SILENT) {
        errno = ETIMEDOUT;
        return false;
    }
    (void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &room);
    errno = failed;
    return failed == 0;
}

static int socket_to(struct transport *t, int family, const struct sockaddr *to, socklen_t n,
                     ns_t deadline)
{
    int fd = socket(family, SOCK_STREAM, 0);

    if (fd >= 0 && (fcntl(fd, F_SETFL, O_NONBLOCK) != 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0 ||
                    !joined(t, fd, to, n, deadline))) {
        int why = errno;
        (void)close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

static bool open_tcp(struct transport *t, const char *text, ns_t deadline, char why[TRANSPORT_TEXT])
{
    const char *colon = strrchr(text, ':');
    bool bracketed = text[0] == '[' && colon != NULL && colon > text && colon[-1] == ']';
    char host[TRANSPORT_TEXT];
    unsigned long port = 0;
    struct addrinfo want = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int on = 1;

    if (colon == NULL || colon == text || (size_t)(colon - text) >= sizeof host ||
        !take_number(colon + 1, 65535, &port) || port == 0) {
        return say(why, "it is written tcp:HOST:PORT, as in tcp:bench3:3333");
    }
    (void)snprintf(host, sizeof host, "%.*s", (int)(colon - text) - 2 * bracketed,
                   text + bracketed);
    int failed = getaddrinfo(host, colon + 1, &want, &found);
    if (failed != 0) {
        (void)snprintf(why, TRANSPORT_TEXT, "%.100s: %s", host, gai_strerror(failed));
        return false;
    }
    t->in = -1;
    for (const struct addrinfo *a = found; a != NULL && t->in < 0; a = a->ai_next) {
        t->in = socket_to(t, a->ai_family, a->ai_addr, a->ai_addrlen, deadline);
    }
    freeaddrinfo(found);
    if (t->in < 0) {
        return say_errno(why, "nobody answers there");
    }
    (void)setsockopt(t->in, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    t->out = t->in;
    return true;
}

static bool open_unix(struct transport *t, const char *path, ns_t deadline,
                      char why[TRANSPORT_TEXT])
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};

    if (path[0] == '\0' || strlen(path) >= sizeof to.sun_path) {
        return say(why, "it is written unix:PATH, of a path of at most 107 characters");
    }
    memcpy(to.sun_path, path, strlen(path));
    t->in = t->out =
        socket_to(t, AF_UNIX, (const struct sockaddr *)&to, (socklen_t)sizeof to, deadline);
    return t->in >= 0 || say_errno(why, path);
}

/* A named pipe can be written to only while somebody has opened it to read. */
static int open_to_write(const struct transport *t, const char *path, ns_t deadline)
{
    int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);

    while (fd < 0 && errno == ENXIO && transport_now() < deadline &&
           (t->stop == NULL || *t->stop == 0)) {
        (void)poll(NULL, 0, 5);
        fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    }
    return fd;
}

static bool open_pipe(struct transport *t, const char *text, ns_t deadline,
                      char why[TRANSPORT_TEXT])
{
    const char *comma = strchr(text, ',');
    char in[TRANSPORT_TEXT];

    if (comma == NULL || comma == text || comma[1] == '\0' || strchr(comma + 1, ',') != NULL ||
        (size_t)(comma - text) >= sizeof in) {
        return say(why, "it is written pipe:IN,OUT: two named pipes, of what the board says and of "
                        "what it is told");
    }
    memcpy(in, text, (size_t)(comma - text));
    in[comma - text] = '\0';
    t->in = open(in, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (t->in < 0) {
        return say_errno(why, in);
    }
    t->out = open_to_write(t, comma + 1, deadline);
    if (t->out < 0 && errno == ENXIO) {
        return say(why, "nobody reads the pipe to the board");
    }
    return t->out >= 0 || say_errno(why, comma + 1);
}

static const struct opener {
    const char *scheme;
    bool (*open)(struct transport *t, const char *text, ns_t deadline, char why[TRANSPORT_TEXT]);
} openers[] = {{"qemu:", open_qemu},
               {"serial:", open_serial},
               {"tcp:", open_tcp},
               {"unix:", open_unix},
               {"pipe:", open_pipe}};

bool transport_open(struct transport *t, const char *link, ns_t patience, char why[TRANSPORT_TEXT])
{
    ns_t deadline = transport_now() + patience;

    t->in = t->out = -1;
    t->is_serial = false;
    t->emulator.process = 0;
    t->board[0] = '\0';
    for (size_t i = 0; i < sizeof openers / sizeof *openers; i++) {
        size_t n = strlen(openers[i].scheme);
        if (strncmp(link, openers[i].scheme, n) == 0) {
            if (openers[i].open(t, link + n, deadline, why)) {
                return true;
            }
            transport_close(t);
            return false;
        }
    }
    return say(why,
               "a link is qemu:BOARD, serial:DEVICE@BAUD, tcp:HOST:PORT, unix:PATH or pipe:IN,OUT");
}

void transport_close(struct transport *t)
{
    if (t->emulator.process > 0) {
        emulator_stop(&t->emulator);
    } else if (t->is_serial && t->in >= 0) {
        serial_close(t->in);
    } else {
        if (t->in >= 0) {
            (void)close(t->in);
        }
        if (t->out >= 0 && t->out != t->in) {
            (void)close(t->out);
        }
    }
    t->emulator.process = 0;
    t->in = t->out = -1;
}
