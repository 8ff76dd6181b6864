/* text.h - the text of one input file, and a place in it.
 *
 * A file is read whole, checked (regular file, not empty, at most 8 MiB, UTF-8, no control bytes)
 * and stays in the arena, so that a diagnostic can show the line it is about. */
#ifndef SIM_TEXT_H
#define SIM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct diag;

struct text {
    const char *path;  /* as the user would write it */
    const char *bytes; /* ends with a 0 that is not counted */
    size_t size;
};

/* Files, in the order of reading. */
struct input {
    struct input *next;
    const struct text *text;
};

/* Where something was written. Lines and columns from 1, columns in characters; length 0: a point.
 * Line 0: the file as a whole. in == NULL: the command line. */
struct place {
    const struct text *in;
    int32_t line, column, length;
};

enum { TEXT_LIMIT = 8 * 1024 * 1024 };

/* Read a file. NULL, and a diagnostic at `asked` (or about the file itself when asked.in is NULL),
 * when it can't be read or is not text. `what` says what it is for: "scenario", "rack file". */
const struct text *text_read(struct arena *a, struct diag *d, const char *path, const char *what,
                             struct place asked);

/* Text from memory under that name, checked like a file. */
const struct text *text_from(struct arena *a, struct diag *d, const char *path, const char *bytes,
                             size_t size);

/* True when `path` can be opened for reading and is a regular file. */
bool text_exists(const char *path);

/* True when both paths lead to one file. */
bool text_is_same_file(const char *path, const char *other);

/* Characters in n bytes of UTF-8. */
int32_t text_columns(const char *bytes, size_t n);

/* The path `name` as seen from the folder of the file `from`; absolute ones stay. */
const char *text_beside(struct arena *a, const char *from, const char *name);

#endif
