/* log.h - lines for the system's journal or a terminal, from threads that must not wait for it.
 *
 * A line goes into a pipe; a thread of its own takes it from there to stderr. When that is held up for
 * longer than the pipe holds, lines are dropped, and how many is said once it goes on. */
#ifndef HIL_LINUX_LOG_H
#define HIL_LINUX_LOG_H

#include <stdbool.h>

enum { LOG_TEXT = 512 };

enum log_level {
    LOG_LEVEL_ERROR = 3,
    LOG_LEVEL_WARNING = 4,
    LOG_LEVEL_NOTE = 5,
    LOG_LEVEL_INFO = 6
};

/* Until then, and after log_close(), lines go to stderr straight. False: errno says why. */
bool log_open(void);

/* One line, without its end. */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* All that was said is out. */
void log_close(void);

#endif
