/* log.c - see log.h.  Checked by tests/linux/test_powergapd.c. */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
    int in, out; /* ends of the pipe */
    bool runs;
    pthread_t thread;
    _Atomic unsigned dropped; /* since the last line that went through */
} pipe_of_lines = {.in = -1, .out = -1};

static void put(const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t put = write(STDERR_FILENO, bytes, n);
        if (put < 0 && errno != EINTR) {
            return; /* nobody can be told */
        }
        bytes += put > 0 ? put : 0;
        n -= put > 0 ? (size_t)put : 0;
    }
}

static void *work(void *unused)
{
    char bytes[4096];
    ssize_t n;

    (void)unused;
    while ((n = read(pipe_of_lines.out, bytes, sizeof bytes)) > 0 || (n < 0 && errno == EINTR)) {
        put(bytes, n > 0 ? (size_t)n : 0);
    }
    return NULL;
}

bool log_open(void)
{
    int ends[2];

    if (pipe(ends) != 0) {
        return false;
    }
    pipe_of_lines.out = ends[0];
    pipe_of_lines.in = ends[1];
    (void)fcntl(pipe_of_lines.in, F_SETFL, O_NONBLOCK);
    errno = pthread_create(&pipe_of_lines.thread, NULL, work, NULL);
    pipe_of_lines.runs = errno == 0;
    return pipe_of_lines.runs;
}

/* The journal of systemd reads a level before each line. */
static size_t begin(char text[LOG_TEXT], enum log_level level)
{
    int n = getenv("JOURNAL_STREAM") != NULL ? snprintf(text, LOG_TEXT, "<%d>", (int)level)
                                             : snprintf(text, LOG_TEXT, "powergapd: ");

    return (size_t)n;
}

static bool send_line(char text[LOG_TEXT], size_t n)
{
    n = n < LOG_TEXT - 1 ? n : LOG_TEXT - 2;
    text[n++] = '\n';
    if (!pipe_of_lines.runs) {
        put(text, n);
        return true;
    }
    return write(pipe_of_lines.in, text, n) == (ssize_t)n; /* whole or not at all: below PIPE_BUF */
}

static void say_dropped(void)
{
    char text[LOG_TEXT];
    size_t n = begin(text, LOG_LEVEL_WARNING);

    n += (size_t)snprintf(text + n, LOG_TEXT - n, "%u lines were dropped here: the log was held up",
                          pipe_of_lines.dropped);
    if (send_line(text, n)) {
        pipe_of_lines.dropped = 0;
    }
}

void log_line(enum log_level level, const char *format, ...)
{
    char text[LOG_TEXT];
    size_t n = begin(text, level);
    va_list args;

    if (pipe_of_lines.dropped > 0) {
        say_dropped();
    }
    va_start(args, format);
    n += (size_t)vsnprintf(text + n, LOG_TEXT - n, format, args);
    va_end(args);
    if (pipe_of_lines.dropped > 0 || !send_line(text, n)) {
        pipe_of_lines.dropped++;
    }
}

void log_close(void)
{
    if (pipe_of_lines.runs) {
        (void)close(pipe_of_lines.in);
        (void)pthread_join(pipe_of_lines.thread, NULL);
        (void)close(pipe_of_lines.out);
        pipe_of_lines.runs = false;
    }
}
