/* yaml.c - libfyaml's events, made into a tree. */
#include "yaml.h"

#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "diag.h"

struct reader {
    struct arena *arena;
    struct diag *diag;
    const struct text *text;
    struct fy_parser *parser;
    int32_t nodes;
    bool failed;
};

/* ---- indices and calls within a scalar -----------------------------------------------------------
 * In {...} YAML ends a plain scalar at '[', ']' and ','. Where these belong to `name[...]` or
 * `name(..., ...)` they are replaced by characters for private use, and put back into every scalar
 * that comes out. Each is one character, so that lines and columns stay what they are. */

static const char *const stand_ins[] = {"\xEE\x80\x80", "\xEE\x80\x81", "\xEE\x80\x82"};
static const char stood_for[] = "[],";
enum { STAND_IN = 3 }; /* bytes */

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Index of the bracket that closes the one at i, on the same line; 0: there is none. */
static size_t closing(const char *s, size_t n, size_t i)
{
    char open = s[i], close = open == '[' ? ']' : ')';

    for (size_t j = i + 1; j < n && s[j] != '\n' && s[j] != open; j++) {
        if (s[j] == close) {
            return j;
        }
    }
    return 0;
}

static char *hide(struct arena *a, const struct text *t, size_t *size)
{
    char *out = arena_get(a, t->size * STAND_IN + 1);
    size_t n = 0, until = 0; /* inside an index or a call up to here */

    for (size_t i = 0; i < t->size; i++) {
        char c = t->bytes[i];
        if (i >= until && (c == '[' || c == '(') && i > 0 && is_name(t->bytes[i - 1])) {
            size_t end = closing(t->bytes, t->size, i);
            until = end ? end + 1 : until;
        }
        const char *which = i < until ? strchr(stood_for, c) : NULL;
        if (which && c) {
            memcpy(out + n, stand_ins[which - stood_for], STAND_IN);
            n += STAND_IN;
        } else {
            out[n++] = c;
        }
    }
    *size = n;
    return out;
}

static char *show(struct arena *a, const char *s, size_t size)
{
    char *out = arena_get(a, size + 1);
    size_t n = 0;

    for (size_t i = 0; i < size;) {
        size_t which = 0;
        while (which < 3 &&
               (size - i < STAND_IN || memcmp(s + i, stand_ins[which], STAND_IN) != 0)) {
            which++;
        }
        out[n++] = which < 3 ? stood_for[which] : s[i];
        i += which < 3 ? STAND_IN : 1;
    }
    return out;
}

/* ---- places ----------------------------------------------------------------------------------------- */

static struct place place_of(const struct reader *r, struct fy_token *token)
{
    const struct fy_mark *from = token ? fy_token_start_mark(token) : NULL;
    const struct fy_mark *to = token ? fy_token_end_mark(token) : NULL;
    struct place at = {.in = r->text, .line = 1, .column = 1};

    if (from) {
        at.line = from->line + 1;
        at.column = from->column + 1;
    }
    if (from && to && to->line == from->line && to->column > from->column) {
        at.length = to->column - from->column;
    }
    return at;
}

struct place yaml_within(const struct yaml *scalar, size_t from, size_t length)
{
    struct place at = scalar->at;

    if (scalar->exact) {
        at.column += text_columns(scalar->text, from);
        at.length = text_columns(scalar->text + from, length);
    }
    return at;
}

/* ---- the tree ----------------------------------------------------------------------------------------- */

static void fail(struct reader *r, struct fy_token *token, const char *message)
{
    diag_error(r->diag, place_of(r, token), "%s", message);
    r->failed = true;
}

static struct yaml *node_new(struct reader *r, enum yaml_is is, struct fy_token *token)
{
    struct yaml *y = arena_get(r->arena, sizeof *y);

    y->is = is;
    y->text = "";
    y->at = place_of(r, token);
    if (is != YAML_SCALAR && y->at.length == 0) {
        y->at.length = 1;
    }
    if (++r->nodes > YAML_NODES_MAX) {
        fail(r, token, "too many values in one file");
    }
    return y;
}

static struct yaml *scalar(struct reader *r, struct fy_token *token)
{
    struct yaml *y = node_new(r, YAML_SCALAR, token);
    size_t size = 0;
    const char *text = token ? fy_token_get_text(token, &size) : NULL;
    enum fy_scalar_style style = token ? fy_token_scalar_style(token) : FYSS_PLAIN;

    y->text = text ? show(r->arena, text, size) : "";
    y->quoted = style != FYSS_PLAIN;
    /* A quoted scalar's token begins after its quote: so does its text. */
    y->exact = y->at.length == text_columns(y->text, strlen(y->text));
    if (y->at.length == 0) {
        y->at.length = 1;
    }
    return y;
}

static bool plain_only(struct reader *r, struct fy_token *anchor, struct fy_token *tag)
{
    if (anchor) {
        fail(r, anchor, "anchors (&name) are not part of the scenario language");
    } else if (tag) {
        fail(r, tag, "tags (!name) are not part of the scenario language");
    }
    return !anchor && !tag;
}

static int by_key(const void *left, const void *right)
{
    const struct yaml *const *a = left, *const *b = right;
    int order = strcmp((*a)->key, (*b)->key);

    if (order == 0) {
        order = (*a)->key_at.line != (*b)->key_at.line
                    ? ((*a)->key_at.line < (*b)->key_at.line ? -1 : 1)
                    : ((*a)->key_at.column < (*b)->key_at.column ? -1 : 1);
    }
    return order;
}

static void check_duplicates(struct reader *r, const struct yaml *map)
{
    struct yaml **sorted = arena_array(r->arena, (size_t)map->n + 1, sizeof *sorted);
    size_t n = 0;

    for (struct yaml *y = map->first; y; y = y->next) {
        sorted[n++] = y;
    }
    qsort(sorted, n, sizeof *sorted, by_key);
    for (size_t i = 1; i < n; i++) {
        if (strcmp(sorted[i]->key, sorted[i - 1]->key) == 0) {
            diag_error(r->diag, sorted[i]->key_at, "'%s' is given twice", sorted[i]->key);
            diag_hint(r->diag, "the first is on line %d", sorted[i - 1]->key_at.line);
        }
    }
}

static struct yaml *value(struct reader *r, struct fy_event *event, int depth);

static void append(struct yaml *parent, struct yaml ***last, struct yaml *child)
{
    **last = child;
    *last = &child->next;
    parent->n++;
}

static void list(struct reader *r, struct yaml *y, int depth)
{
    struct yaml **last = &y->first;

    while (!r->failed) {
        struct fy_event *event = fy_parser_parse(r->parser);
        bool end = !event || event->type == FYET_SEQUENCE_END;
        struct yaml *child = end ? NULL : value(r, event, depth + 1);
        if (child) {
            append(y, &last, child);
        }
        fy_parser_event_free(r->parser, event);
        if (end) {
            return;
        }
    }
}

static void map(struct reader *r, struct yaml *y, int depth)
{
    struct yaml **last = &y->first;
    struct yaml *key = NULL;

    while (!r->failed) {
        struct fy_event *event = fy_parser_parse(r->parser);
        bool end = !event || event->type == FYET_MAPPING_END;
        struct yaml *child = end ? NULL : value(r, event, depth + 1);
        if (child && !key) {
            if (child->is != YAML_SCALAR) {
                diag_error(r->diag, child->at, "a key must be plain text");
                r->failed = true;
            }
            key = child;
        } else if (child) {
            child->key = key->text;
            child->key_at = key->at;
            if (child->is == YAML_SCALAR && !*child->text && !child->quoted) {
                child->at = key->at; /* nothing was written: there is no place of its own */
            }
            append(y, &last, child);
            key = NULL;
        }
        fy_parser_event_free(r->parser, event);
        if (end) {
            break;
        }
    }
    check_duplicates(r, y);
}

static struct yaml *collection(struct reader *r, struct fy_event *event, int depth)
{
    bool is_map = event->type == FYET_MAPPING_START;
    struct fy_token *start =
        is_map ? event->mapping_start.mapping_start : event->sequence_start.sequence_start;
    struct fy_token *anchor = is_map ? event->mapping_start.anchor : event->sequence_start.anchor;
    struct fy_token *tag = is_map ? event->mapping_start.tag : event->sequence_start.tag;

    if (!plain_only(r, anchor, tag)) {
        return NULL;
    }
    if (depth > YAML_DEPTH_MAX) {
        fail(r, start, "nested too deeply");
        return NULL;
    }
    struct yaml *y = node_new(r, is_map ? YAML_MAP : YAML_LIST, start);
    if (is_map) {
        map(r, y, depth);
    } else {
        list(r, y, depth);
    }
    return y;
}

/* The value that begins with this event. NULL: nothing of ours, or it was refused. */
static struct yaml *value(struct reader *r, struct fy_event *event, int depth)
{
    switch (event->type) {
    case FYET_SCALAR:
        return plain_only(r, event->scalar.anchor, event->scalar.tag)
                   ? scalar(r, event->scalar.value)
                   : NULL;
    case FYET_ALIAS:
        fail(r, event->alias.anchor, "aliases (*name) are not part of the scenario language");
        return NULL;
    case FYET_MAPPING_START:
    case FYET_SEQUENCE_START:
        return collection(r, event, depth);
    default:
        return NULL;
    }
}

/* ---- the file ------------------------------------------------------------------------------------------ */

static void report_syntax(struct reader *r, struct fy_diag *log)
{
    void *at = NULL;
    const struct fy_diag_error *e = fy_diag_errors_iterate(log, &at);
    struct place place = {.in = r->text};

    if (e) { /* the first; the rest follows from it */
        place.line = e->line > 0 ? e->line : 1;
        place.column = e->column > 0 ? e->column : 1;
        char *message = show(r->arena, e->msg ? e->msg : "", e->msg ? strlen(e->msg) : 0);
        message[strcspn(message, "\r\n")] = 0;
        diag_error(r->diag, place, "not YAML: %s", message);
    } else {
        diag_error(r->diag, place, "there is nothing in it but comments");
    }
}

static struct yaml *document(struct reader *r)
{
    struct yaml *root = NULL;
    struct fy_event *event;

    while (!r->failed && (event = fy_parser_parse(r->parser)) != NULL) {
        if (event->type == FYET_DOCUMENT_START && root) {
            fail(r, event->document_start.document_start, "a second document in the same file");
        }
        struct yaml *y = value(r, event, 0);
        root = y ? y : root;
        fy_parser_event_free(r->parser, event);
    }
    return root;
}

struct yaml *yaml_read(struct arena *a, struct diag *d, const struct text *t)
{
    struct fy_diag_cfg log_cfg;
    fy_diag_cfg_default(&log_cfg);
    log_cfg.fp = NULL;
    struct fy_diag *log = fy_diag_create(&log_cfg);
    struct fy_parse_cfg cfg = {
        .search_path = "",
        .flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG | FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE,
        .diag = log,
    };
    struct reader r = {.arena = a, .diag = d, .text = t};
    struct yaml *root = NULL;
    size_t size = 0;
    char *hidden = hide(a, t, &size);

    if (log) {
        fy_diag_set_collect_errors(log, true);
        r.parser = fy_parser_create(&cfg);
    }
    if (r.parser && fy_parser_set_string(r.parser, hidden, size) == 0) {
        root = document(&r);
    }
    if (!r.failed && (!r.parser || !root || (log && fy_diag_got_error(log)))) {
        report_syntax(&r, log);
        r.failed = true;
    }
    fy_parser_destroy(r.parser);
    fy_diag_destroy(log);
    return r.failed ? NULL : root;
}

struct yaml *yaml_get(const struct yaml *from, const char *key)
{
    if (from && from->is == YAML_MAP) {
        for (struct yaml *y = from->first; y; y = y->next) {
            if (strcmp(y->key, key) == 0) {
                return y;
            }
        }
    }
    return NULL;
}

const char *yaml_word(const struct yaml *node)
{
    static const char *const words[] = {"text", "a list", "a map"};

    return words[node->is];
}
