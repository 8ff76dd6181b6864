/* trace_rack.c - rack.csv: what the rack is made of, one row for each parameter of each part.
 *
 * A value is either the program's default, whose source its field's row gives, or it is written in a
 * file: then `said_at` is where, and a comment that follows it on its line is its source. A source that
 * is or contains the letter E says that the value is an estimate. References that were left out have no
 * row.  Checked by tests/sim/test_trace.c. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "csv.h"
#include "measure.h"
#include "trace.h"
#include "words.h"

enum { TEXT = 256 };

static const char *const types[] = {
    [FIELD_REAL] = "number", [FIELD_TIME] = "number", [FIELD_COUNT] = "number",
    [FIELD_CHOICE] = "word", [FIELD_FLAG] = "word",   [FIELD_TAPS] = "taps",
    [FIELD_PART] = "part",   [FIELD_I2C] = "i2c",     [FIELD_PIN] = "pin",
    [FIELD_FILE] = "file",
};

/* ---- values in words ------------------------------------------------------------------------------- */

/* "bus_a.3 bus_b" */
static void taps_text(char text[TEXT], const struct rack *r, const struct tap_list *taps)
{
    size_t at = 0;

    for (int32_t i = 0; i < taps->n && at < TEXT; i++) {
        at += (size_t)snprintf(text + at, TEXT - at, "%s%s", i > 0 ? " " : "",
                               r->parts[taps->at[i].part].name);
        if (taps->at[i].tap != TAP_ANY && at < TEXT) {
            at += (size_t)snprintf(text + at, TEXT - at, ".%" PRId32, taps->at[i].tap);
        }
    }
}

/* "smbus0/mux0.3/0x58" */
static void i2c_text(char text[TEXT], const struct rack *r, const struct i2c_path *path)
{
    if (path->bus == NO_PART) {
        return;
    }
    const char *bus = r->parts[path->bus].name;
    if (path->mux == NO_PART) {
        snprintf(text, TEXT, "%s/0x%02" PRIx32, bus, (uint32_t)path->address);
    } else {
        snprintf(text, TEXT, "%s/%s.%" PRId32 "/0x%02" PRIx32, bus, r->parts[path->mux].name,
                 path->channel, (uint32_t)path->address);
    }
}

static enum quantity quantity_of(const struct field *f)
{
    return f->type == FIELD_TIME    ? QTY_SECOND
           : f->type == FIELD_COUNT ? QTY_OPERATIONS
                                    : f->quantity;
}

/* As one would write it in a rack file; "" for a reference that was left out. */
static void value_text(char text[TEXT], const struct rack *r, const struct field *f,
                       const void *params)
{
    const void *at = (const char *)params + f->offset;
    const int32_t *index = at;
    const char *word = "";
    char number[MEASURE_TEXT];
    int length;

    text[0] = '\0';
    switch (f->type) {
    case FIELD_REAL:
    case FIELD_TIME:
    case FIELD_COUNT:
        snprintf(text, TEXT, "%s", measure_print(number, quantity_of(f), field_value(f, params)));
        break;
    case FIELD_CHOICE:
    case FIELD_FLAG:
        length = (int)words_choice(f->type == FIELD_FLAG ? "no|yes" : f->choices, *index, &word);
        snprintf(text, TEXT, "%.*s", length, word);
        break;
    case FIELD_TAPS:
        taps_text(text, r, at);
        break;
    case FIELD_PART:
        snprintf(text, TEXT, "%s", *index == NO_PART ? "" : r->parts[*index].name);
        break;
    case FIELD_I2C:
        i2c_text(text, r, at);
        break;
    case FIELD_PIN: {
        const struct pin_path *pin = at;
        if (pin->device != NO_PART) {
            snprintf(text, TEXT, "%s.%" PRId32, r->parts[pin->device].name, pin->bit);
        }
        break;
    }
    case FIELD_FILE:
        snprintf(text, TEXT, "%s", *index == NO_PART ? "" : r->series[*index].path);
        break;
    }
}

/* ---- where they come from ---------------------------------------------------------------------------- */

/* The byte of a column, counted in characters from 1. */
static const char *byte_at(const char *line, int32_t column)
{
    while (column > 1 && *line != '\0') {
        line++;
        column -= (*line & 0xC0) != 0x80;
    }
    return line;
}

/* The comment that follows a value which ends its line: "rated: 2 kW  # name plate". */
static void comment_after(char text[TEXT], struct place at)
{
    const char *line = at.in->bytes;

    text[0] = '\0';
    for (int32_t i = 1; i < at.line && line != NULL; i++) {
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    if (line == NULL) {
        return;
    }
    const char *end = byte_at(line, at.column + at.length);
    end += strspn(end, " \t");
    if (*end == '#') {
        end += 1 + strspn(end + 1, " ");
        snprintf(text, TEXT, "%.*s", (int)strcspn(end, "\r\n"), end);
    }
}

/* "E", "E, as others do", "2 x 0.66 mOhm [S43], and clips [E]" */
static bool is_estimate(const char *source)
{
    return strcmp(source, "E") == 0 || strncmp(source, "E,", 2) == 0 ||
           strstr(source, "[E]") != NULL;
}

/* ---- the table ------------------------------------------------------------------------------------------ */

static void field_row(FILE *out, const struct rack *r, const struct part *p, const struct field *f,
                      struct place said)
{
    char text[TEXT];
    char source[TEXT] = "";
    bool is_measured = f->type == FIELD_REAL || f->type == FIELD_TIME || f->type == FIELD_COUNT;

    value_text(text, r, f, p->params);
    if (text[0] == '\0') {
        return;
    }
    if (said.line > 0) {
        comment_after(source, said);
    } else {
        snprintf(source, sizeof source, "%s", f->source != NULL ? f->source : "");
    }
    fprintf(out, "%s,%s,", p->name, p->kind->name);
    csv_write_text(out, p->library != NULL ? p->library : "");
    fprintf(out, ",%s,%s,", f->key, types[f->type]);
    if (is_measured) {
        fprintf(out, "%.12g", field_value(f, p->params));
    }
    fprintf(out, ",%s,", is_measured ? quantity_unit(quantity_of(f)) : "");
    csv_write_text(out, text);
    fputc(',', out);
    csv_write_text(out, source);
    fprintf(out, ",%s,", is_estimate(source) ? "yes" : "no");
    if (said.line > 0) {
        char at[TEXT];
        snprintf(at, sizeof at, "%s:%" PRId32, said.in->path, said.line);
        csv_write_text(out, at);
    }
    fputc('\n', out);
}

void trace_rack(FILE *out, const struct scenario *s)
{
    fputs("part,kind,library,key,type,value,unit,text,source,estimate,said_at\n", out);
    for (int32_t i = 0; i < s->rack.n_parts; i++) {
        const struct part *p = &s->rack.parts[i];
        int32_t n = 0;
        for (const struct field *f = p->kind->fields; f != NULL && f->key != NULL; f++, n++) {
            field_row(out, &s->rack, p, f, p->said[n]);
        }
    }
}
