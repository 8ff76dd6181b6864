/* stored.c - see stored.h. A trace can hold millions of events: the file is read whole and cut where
 * it stands. Only the last cell, the text, is ever in quotes.
 * Checked by tests/sim/test_log.sh, tests/sim/test_cli.c. */
#include "stored.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ID, CAUSE, T_S, T_NS, FROM, PART, EVENT, VALUE, TEXT, CELLS };

static const struct place COMMAND_LINE = {.in = NULL};

/* The whole file; NULL: errno says why not. */
static char *read_all(struct arena *a, const char *path, size_t *size)
{
    FILE *in = fopen(path, "r");
    bool seeks = in != NULL && fseek(in, 0, SEEK_END) == 0;
    long length = seeks ? ftell(in) : -1;
    char *bytes = NULL;

    if (length >= 0 && fseek(in, 0, SEEK_SET) == 0) {
        bytes = arena_get(a, (size_t)length + 1);
        *size = fread(bytes, 1, (size_t)length, in);
    }
    if (in != NULL) {
        fclose(in);
    }
    return bytes;
}

/* Take the quotes off, in place: "" within them is one. */
static char *unquote(char *cell)
{
    char *to = cell;

    if (cell[0] != '"') {
        return cell;
    }
    for (const char *c = cell + 1; *c != '\0'; c++) {
        if (*c == '"' && *++c != '"') {
            break;
        }
        *to++ = *c;
    }
    *to = '\0';
    return cell;
}

/* Cut a line into its cells; false: it has not so many. */
static bool cut(char *line, char *cell[CELLS])
{
    for (int i = 0; i < CELLS; i++) {
        cell[i] = line;
        if (i + 1 < CELLS) {
            line += strcspn(line, ",");
            if (*line == '\0') {
                return false;
            }
            *line++ = '\0';
        }
    }
    cell[TEXT] = unquote(cell[TEXT]);
    return true;
}

static bool whole(const char *text, int64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoll(text, &end, 10);
    return end != text && *end == '\0' && errno == 0;
}

/* One line as event number `id`. */
static bool take(char *line, uint32_t id, struct stored_event *e)
{
    char *cell[CELLS];
    int64_t n[FROM + 1];

    if (!cut(line, cell)) {
        return false;
    }
    for (int i = ID; i <= FROM; i++) {
        if (i != T_S && !whole(cell[i], &n[i])) {
            return false;
        }
    }
    *e = (struct stored_event){.id = id,
                               .cause = (uint32_t)n[CAUSE],
                               .at = n[T_NS],
                               .from = n[FROM],
                               .part = cell[PART],
                               .event = cell[EVENT],
                               .value = cell[VALUE],
                               .text = cell[TEXT]};
    return n[ID] == id && n[CAUSE] >= 0 && n[CAUSE] < n[ID];
}

static bool take_all(struct arena *a, struct diag *d, const char *path, char *bytes, size_t size,
                     struct stored *s)
{
    size_t lines = 0;

    for (size_t i = 0; i < size; i++) {
        lines += bytes[i] == '\n';
    }
    struct stored_event *event = arena_array(a, lines + 1, sizeof *event);
    char *next = memchr(bytes, '\n', size); /* the header ends here */
    for (next = next != NULL ? next + 1 : bytes + size; next < bytes + size; s->n++) {
        char *line = next;
        next += strcspn(line, "\n");
        *next++ = '\0';
        if (!take(line, s->n + 1, &event[s->n])) {
            diag_error(d, COMMAND_LINE, "'%s' is no table of events: line %u", path, s->n + 2);
            return false;
        }
    }
    s->event = event;
    return true;
}

bool stored_read(struct arena *a, struct diag *d, const char *folder, struct stored *s)
{
    const char *path = arena_print(a, "%s/events.csv", folder);
    size_t size = 0;
    char *bytes = read_all(a, path, &size);

    *s = (struct stored){.n = 0};
    if (bytes == NULL) {
        diag_error(d, COMMAND_LINE, "'%s' is no trace: can't read '%s': %s", folder, path,
                   strerror(errno));
        return false;
    }
    return take_all(a, d, path, bytes, size, s);
}

const struct stored_event *stored_at(const struct stored *s, uint32_t id)
{
    return id == 0 || id > s->n ? NULL : &s->event[id - 1];
}

const char *stored_name(const struct stored_event *e, char buf[STORED_NAME])
{
    if (strcmp(e->event, "action") == 0) {
        snprintf(buf, STORED_NAME, "%s", e->text);
    } else {
        snprintf(buf, STORED_NAME, "%s%s%s", e->part, e->part[0] != '\0' ? "." : "", e->event);
    }
    return buf;
}
