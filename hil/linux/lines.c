/* lines.c - libgpiod 1.x, which is what Debian 12 has.  Checked by tests/linux/test_powergapd.c. */
#include "lines.h"

#include <errno.h>
#include <gpiod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char US[] = "powergapd";

struct line {
    struct gpiod_line *line; /* its chip is open as long as it is */
};

static struct gpiod_line *find_on_chip(const char *chip_name, const char *name)
{
    struct gpiod_chip *chip = gpiod_chip_open_lookup(chip_name);
    char *end;
    unsigned long offset = strtoul(name, &end, 10);

    if (chip == NULL) {
        return NULL;
    }
    struct gpiod_line *l = name[0] != '\0' && *end == '\0'
                               ? gpiod_chip_get_line(chip, (unsigned)offset)
                               : gpiod_chip_find_line(chip, name);
    if (l == NULL) {
        int error = errno;
        gpiod_chip_close(chip);
        errno = error;
    }
    return l;
}

/* By CHIP:LINE, or by LINE on any chip. */
static struct gpiod_line *find(const char *pin)
{
    char chip[128];
    const char *colon = strrchr(pin, ':');

    if (colon == NULL) {
        return gpiod_line_find(pin);
    }
    (void)snprintf(chip, sizeof chip, "%.*s", (int)(colon - pin), pin);
    return find_on_chip(chip, colon + 1);
}

static void say(const char *pin, struct gpiod_line *l, char why[LINE_WHY])
{
    const char *user = l != NULL ? gpiod_line_consumer(l) : NULL;

    if (l == NULL && (errno == EACCES || errno == EPERM)) {
        (void)snprintf(why, LINE_WHY, "no permission for the GPIO chip of %.100s: run as root",
                       pin);
    } else if (l == NULL) {
        (void)snprintf(
            why, LINE_WHY,
            "there is no pin %.100s (%s); it is written CHIP:LINE, as in gpiochip0:5, or as the "
            "line's name: 'gpioinfo' lists them",
            pin, errno != 0 ? strerror(errno) : "no such line");
    } else if (errno == EBUSY) {
        (void)snprintf(why, LINE_WHY, "the pin %.100s is in use%s%.60s: free it first", pin,
                       user != NULL ? " by " : "", user != NULL ? user : "");
    } else {
        (void)snprintf(why, LINE_WHY, "the pin %.100s: %s", pin, strerror(errno));
    }
}

static struct line *open_as(const char *pin, int (*request)(struct gpiod_line *l),
                            char why[LINE_WHY])
{
    errno = 0;
    struct gpiod_line *l = find(pin);

    if (l == NULL || request(l) != 0) {
        say(pin, l, why);
        if (l != NULL) {
            gpiod_line_close_chip(l);
        }
        return NULL;
    }
    struct line *made = malloc(sizeof *made);
    if (made == NULL) {
        (void)snprintf(why, LINE_WHY, "not enough memory");
        gpiod_line_close_chip(l);
    } else {
        made->line = l;
    }
    return made;
}

static int as_input(struct gpiod_line *l)
{
    return gpiod_line_request_both_edges_events(l, US);
}

static int as_output(struct gpiod_line *l)
{
    return gpiod_line_request_output(l, US, 1);
}

struct line *line_open_input(const char *pin, char why[LINE_WHY])
{
    return open_as(pin, as_input, why);
}

struct line *line_open_output(const char *pin, char why[LINE_WHY])
{
    return open_as(pin, as_output, why);
}

int line_fd(const struct line *l)
{
    return gpiod_line_event_get_fd(l->line);
}

bool line_next_edge(struct line *l, bool *level, ns_t *at)
{
    const struct timespec no_wait = {.tv_sec = 0};
    struct gpiod_line_event e;

    if (gpiod_line_event_wait(l->line, &no_wait) != 1 || gpiod_line_event_read(l->line, &e) != 0) {
        return false;
    }
    *level = e.event_type == GPIOD_LINE_EVENT_RISING_EDGE;
    *at = (ns_t)e.ts.tv_sec * SECONDS(1) + e.ts.tv_nsec;
    return true;
}

bool line_level(struct line *l)
{
    return gpiod_line_get_value(l->line) != 0;
}

bool line_pulse(struct line *l, unsigned us)
{
    struct timespec t = {.tv_nsec = (long)us * 1000};
    bool driven = gpiod_line_set_value(l->line, 0) == 0;

    (void)nanosleep(&t, NULL);
    return gpiod_line_set_value(l->line, 1) == 0 && driven;
}

void line_close(struct line *l)
{
    if (l != NULL) {
        gpiod_line_close_chip(l->line);
        free(l);
    }
}
