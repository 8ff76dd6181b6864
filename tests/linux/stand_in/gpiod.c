/* gpiod.c - stands in for libgpiod where there are no pins: those of one chip, gpiochip0, are files in
 * $POWERGAP_PINS.
 *
 *   level-N   '0' or '1', what the input N is at
 *   edges-N   a FIFO of struct gpiod_line_event
 *   out       each level that an output was given, "N 0" or "N 1" a line
 *
 * Line 5 is named SMBALERT, line 31 is in use by somebody else. */
#include <errno.h>
#include <fcntl.h>
#include <gpiod.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINES = 32, NAMED = 5, IN_USE = 31 };

struct gpiod_chip {
    int none;
};
struct gpiod_line {
    unsigned offset;
    int fd; /* of its edges; -1 */
};

static struct gpiod_chip chip;
static struct gpiod_line lines[LINES];

static int open_file(const char *name, unsigned offset, int flags)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s-%u", getenv("POWERGAP_PINS"), name, offset);
    return open(path, flags | O_CLOEXEC);
}

struct gpiod_chip *gpiod_chip_open_lookup(const char *descr)
{
    if (strcmp(descr, "gpiochip0") != 0 && strcmp(descr, "/dev/gpiochip0") != 0) {
        errno = ENOENT;
        return NULL;
    }
    return &chip;
}

void gpiod_chip_close(struct gpiod_chip *c)
{
    (void)c;
}

struct gpiod_line *gpiod_chip_get_line(struct gpiod_chip *c, unsigned int offset)
{
    (void)c;
    if (offset >= LINES) {
        errno = EINVAL;
        return NULL;
    }
    lines[offset] = (struct gpiod_line){.offset = offset, .fd = -1};
    return &lines[offset];
}

struct gpiod_line *gpiod_line_find(const char *name)
{
    errno = strcmp(name, "SMBALERT") == 0 ? 0 : ENOENT;
    return errno == 0 ? gpiod_chip_get_line(&chip, NAMED) : NULL;
}

struct gpiod_line *gpiod_chip_find_line(struct gpiod_chip *c, const char *name)
{
    (void)c;
    return gpiod_line_find(name);
}

const char *gpiod_line_consumer(struct gpiod_line *l)
{
    return l->offset == IN_USE ? "somebody" : NULL;
}

int gpiod_line_request_both_edges_events(struct gpiod_line *l, const char *consumer)
{
    (void)consumer;
    if (l->offset == IN_USE) {
        errno = EBUSY;
        return -1;
    }
    l->fd = open_file("edges", l->offset, O_RDWR | O_NONBLOCK);
    return l->fd < 0 ? -1 : 0;
}

int gpiod_line_set_value(struct gpiod_line *l, int value)
{
    char path[512];

    snprintf(path, sizeof path, "%s/out", getenv("POWERGAP_PINS"));
    FILE *out = fopen(path, "ae");
    if (out == NULL) {
        return -1;
    }
    fprintf(out, "%u %d\n", l->offset, value);
    return fclose(out);
}

int gpiod_line_request_output(struct gpiod_line *l, const char *consumer, int value)
{
    (void)consumer;
    return gpiod_line_set_value(l, value);
}

int gpiod_line_get_value(struct gpiod_line *l)
{
    char level = '1';
    int fd = open_file("level", l->offset, O_RDONLY);

    if (fd < 0 || read(fd, &level, 1) != 1) {
        level = '1';
    }
    if (fd >= 0) {
        close(fd);
    }
    return level == '1';
}

int gpiod_line_event_get_fd(struct gpiod_line *l)
{
    return l->fd;
}

int gpiod_line_event_wait(struct gpiod_line *l, const struct timespec *timeout)
{
    struct pollfd p = {.fd = l->fd, .events = POLLIN};

    return poll(&p, 1, (int)(timeout->tv_sec * 1000 + timeout->tv_nsec / 1000000));
}

int gpiod_line_event_read(struct gpiod_line *l, struct gpiod_line_event *event)
{
    return read(l->fd, event, sizeof *event) == (ssize_t)sizeof *event ? 0 : -1;
}

void gpiod_line_close_chip(struct gpiod_line *l)
{
    if (l->fd >= 0) {
        close(l->fd);
    }
    l->fd = -1;
}
