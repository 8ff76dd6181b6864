/* text.c - reading a file that a person wrote: whole, bounded, and only if it is text. */
#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "arena.h"
#include "diag.h"

/* Length of the UTF-8 sequence at s (RFC 3629: no overlong forms, no surrogates), 0: none. */
static size_t utf8_length(const unsigned char *s, size_t n)
{
    static const struct {
        unsigned char first, last, low, high; /* of the first byte; of the second */
        size_t length;
    } forms[] = {
        {0x00, 0x7F, 0x00, 0x00, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };

    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
        size_t length = forms[f].length;
        if (s[0] < forms[f].first || s[0] > forms[f].last) {
            continue;
        }
        if (length > n || (length > 1 && (s[1] < forms[f].low || s[1] > forms[f].high))) {
            return 0;
        }
        for (size_t i = 2; i < length; i++) {
            if ((s[i] & 0xC0) != 0x80) {
                return 0;
            }
        }
        return length;
    }
    return 0;
}

int32_t text_columns(const char *bytes, size_t n)
{
    int32_t columns = 0;

    for (size_t i = 0; i < n; i++) {
        columns += ((unsigned char)bytes[i] & 0xC0) != 0x80;
    }
    return columns;
}

static struct place file_place(const struct text *t)
{
    return (struct place){.in = t};
}

/* The first thing in the bytes that no text has; reports it. */
static bool is_text(struct diag *d, const struct text *t)
{
    const unsigned char *s = (const unsigned char *)t->bytes;
    int32_t line = 1;
    size_t line_at = 0;

    for (size_t i = 0; i < t->size;) {
        size_t length = utf8_length(s + i, t->size - i);
        bool control = length == 1 && (s[i] < 0x20 || s[i] == 0x7F) && s[i] != '\t' &&
                       s[i] != '\n' && s[i] != '\r';
        if (length == 0 || control) {
            /* The file as a whole: a line of it should not go to a terminal. */
            diag_error(d, file_place(t), "%s at line %d, column %d: byte 0x%02x",
                       length == 0 ? "not UTF-8" : "binary data", line,
                       text_columns(t->bytes + line_at, i - line_at) + 1, s[i]);
            return false;
        }
        if (s[i] == '\n') {
            line++;
            line_at = i + 1;
        } else if (i - line_at > 65536) {
            diag_error(d, file_place(t), "line %d is longer than 65536 bytes", line);
            return false;
        }
        i += length;
    }
    return true;
}

static bool has_content(struct diag *d, const struct text *t)
{
    for (size_t i = 0; i < t->size; i++) {
        if (!strchr(" \t\r\n", t->bytes[i])) {
            return true;
        }
    }
    diag_error(d, file_place(t), "the file is empty");
    return false;
}

const struct text *text_from(struct arena *a, struct diag *d, const char *path, const char *bytes,
                             size_t size)
{
    struct text *t = arena_get(a, sizeof *t);

    t->path = arena_text(a, path, strlen(path));
    if (size > TEXT_LIMIT) {
        diag_error(d, file_place(t), "the file is larger than 8 MiB");
        return NULL;
    }
    if (size >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) { /* a byte-order mark says nothing */
        bytes += 3;
        size -= 3;
    }
    t->bytes = arena_text(a, bytes, size);
    t->size = size;
    return is_text(d, t) && has_content(d, t) ? t : NULL;
}

/* All of a regular file, up to one byte over the limit. False: see errno. */
static bool read_all(int fd, char *bytes, size_t room, size_t *size)
{
    while (*size < room) {
        ssize_t n = read(fd, bytes + *size, room - *size);
        if (n == 0) {
            return true;
        }
        if (n < 0 && errno != EINTR) {
            return false;
        }
        *size += n > 0 ? (size_t)n : 0;
    }
    return true;
}

static const char *why_not(int fd, struct stat *st)
{
    if (fd < 0 || fstat(fd, st) != 0) {
        return strerror(errno);
    }
    if (S_ISDIR(st->st_mode)) {
        return "it is a folder";
    }
    return S_ISREG(st->st_mode) ? NULL : "not a regular file";
}

const struct text *text_read(struct arena *a, struct diag *d, const char *path, const char *what,
                             struct place asked)
{
    struct stat st = {.st_size = 0};
    /* O_NONBLOCK: opening a pipe that nobody writes to must not hang. */
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    const char *why = why_not(fd, &st);
    struct text name = {.path = path};
    const struct text *t = NULL;

    if (!asked.in) {
        asked = file_place(&name);
    }
    if (why) {
        diag_error(d, asked, "can't read the %s '%s': %s", what, path, why);
    } else if (st.st_size > TEXT_LIMIT) {
        diag_error(d, asked, "the %s '%s' is larger than 8 MiB", what, path);
    } else {
        size_t room = (size_t)st.st_size + 1, size = 0;
        char *bytes = arena_get(a, room);
        if (read_all(fd, bytes, room, &size)) {
            t = text_from(a, d, path, bytes, size);
        } else {
            diag_error(d, asked, "can't read the %s '%s': %s", what, path, strerror(errno));
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    return t;
}

bool text_exists(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, R_OK) == 0;
}

bool text_is_same_file(const char *path, const char *other)
{
    struct stat a, b;

    if (stat(path, &a) != 0 || stat(other, &b) != 0) {
        return strcmp(path, other) == 0;
    }
    return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

const char *text_beside(struct arena *a, const char *from, const char *name)
{
    const char *slash = strrchr(from, '/');

    if (name[0] == '/' || !slash) {
        return arena_text(a, name, strlen(name));
    }
    return arena_print(a, "%.*s/%s", (int)(slash - from), from, name);
}
