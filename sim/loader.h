/* loader.h - what the files of the loader share: rack.c, library.c, convert.c, series.c, scenario.c.
 * Not for others. */
#ifndef SIM_LOADER_H
#define SIM_LOADER_H

#include "arena.h"
#include "diag.h"
#include "rack.h"
#include "yaml.h"

struct library {
    struct library *next;
    const char *name;
    const struct yaml *map; /* NULL: it could not be read, and that was said */
};

struct profile_text {
    struct profile_text *next;
    const char *path;
    const struct text *text; /* NULL: it could not be read, and that was said */
};

struct loader {
    struct arena *arena;
    struct diag *diag;
    const char *path; /* of the scenario */
    struct rack rack;
    struct input *inputs;      /* files read so far */
    struct library *libraries; /* those of parts, as maps */
    struct profile_text *texts;
    int32_t room_series;
    struct series *series; /* rack.series, while it grows */
    int64_t work;          /* references and targets made so far, bounded by WORK_MAX */
};

/* What a scenario may make the loader do in all: far beyond any rack, far below a hang. */
enum { WORK_MAX = 500000 };

/* Count n pieces of work; false, and a diagnostic, when it is too much. */
bool loader_work(struct loader *l, struct place at, int64_t n);

/* ---- inputs.c: the files that a scenario is made of ----------------------------------------------- */

/* text_read(), and one of them from then on. */
const struct text *inputs_read(struct loader *l, const char *path, const char *what,
                               struct place asked);
void inputs_keep(struct loader *l, const struct text *t);

/* ---- select.c: "web3", "web[3]", "web[3..4]", "web[*]" -------------------------------------------- */
struct selection {
    const char *stem; /* the name, when no index was written */
    size_t stem_length;
    bool indexed, all;
    int32_t from, to;
    size_t length; /* bytes of it */
};

/* The selection that s begins with. False: *why says what is wrong, at byte *where. */
bool select_parse(const char *s, size_t n, struct selection *sel, const char **why, size_t *where);

struct members {
    int32_t n;
    const int32_t *part; /* by rising number */
};

/* The parts that are meant; n == 0 when there was an error, which was reported at `at`. */
struct members select_parts(struct arena *a, struct diag *d, const struct rack *r,
                            const struct selection *sel, struct place at);

/* Say that there is no such part, and which may have been meant. */
void select_unknown(struct diag *d, const struct rack *r, const char *name, size_t n,
                    struct place at);

/* ---- convert.c: YAML to a field ---------------------------------------------------------------------- */

/* The field's default into params. */
void convert_default(const struct field *f, void *params);

/* The value of `y`, for the part `name`, into params. False: reported. '#' in a value stands for
 * `number` when that is not negative. */
bool convert_field(struct loader *l, const struct field *f, const struct yaml *y, int32_t number,
                   const char *name, void *params);

/* The text with every '#' replaced by the number: "psu#" of member 3 of a group is "psu3". */
const char *convert_numbered(struct arena *a, const char *text, int32_t number);

/* One number from text: REAL, TIME, COUNT, CHOICE and FLAG, range checked. TIME in seconds, and in
 * *ns where that is not NULL. */
bool convert_number(struct diag *d, const struct field *f, const char *s, size_t n, struct place at,
                    double *value, ns_t *ns);

bool convert_flag(struct diag *d, const struct yaml *y, const char *key, bool *flag);
bool convert_time(struct diag *d, const struct yaml *y, const char *key, ns_t *ns);
bool convert_whole(struct diag *d, const struct yaml *y, const char *key, uint64_t most,
                   uint64_t *value);
/* Text that is not empty. */
bool convert_text(struct diag *d, const struct yaml *y, const char *key, const char **text);

/* ---- library.c: part files ------------------------------------------------------------------------------ */

/* The map in models/parts/NAME.yaml; NULL: reported at `asked`. */
const struct yaml *library_read(struct loader *l, const char *name, struct place asked);

/* The file `name`, seen from the file `from`: beside it, or in one of the folders above it. */
const char *library_beside(struct arena *a, const char *from, const char *name);

/* The words for a machine that has no part files: where they would be. */
const char *library_missing(void);

/* Calls `each` with every folder in which part files are looked for. */
void library_folders(struct arena *a, const char *scenario_path,
                     void (*each)(void *ctx, const char *folder), void *ctx);

/* ---- series.c: measured curves --------------------------------------------------------------------------- */

/* Index of the curve for parameter `key` of part `name` in the CSV file that `y` names; NO_PART:
 * reported. */
int32_t series_load(struct loader *l, const struct yaml *y, const char *name, const char *key,
                    enum quantity q);

/* ---- deeds.c, expect.c, vary.c: the lists of a scenario ------------------------------------------------ */
struct scenario;
struct target;
struct expr;

void deeds_load(struct loader *l, struct scenario *s, const struct yaml *list);
void expect_load(struct loader *l, struct scenario *s, const struct yaml *list);
void vary_load(struct loader *l, struct scenario *s, const struct yaml *map);
void profiles_load(struct loader *l, struct scenario *s, const struct yaml *map);

/* Report every key of the map that is not in `known`, which ends with NULL. `what` is "a scenario". */
void keys_check(struct loader *l, const struct yaml *map, const char *const known[],
                const char *what);

/* The expression under `key`; NULL: reported. */
const struct expr *expr_load(struct loader *l, const struct yaml *map, const char *key);

/* A condition: the same, but a plain number is an error. */
const struct expr *condition_load(struct loader *l, const struct yaml *map, const char *key);

/* The parts and the key of "psu[1..2].lose_input". False: reported. */
bool part_key_parse(struct loader *l, const struct yaml *y, const char *text, struct members *parts,
                    const char **key);

/* The keys of a map as they stand, for a verdict: "gap: bus_a.v < 11.4 V, at_most: 1 ms". */
const char *map_text(struct arena *a, const struct yaml *map);

/* ---- rack.c, refs.c --------------------------------------------------------------------------------------- */

/* Read the parts into l->rack. `y` is the value of `rack:`. */
void rack_load(struct loader *l, const struct yaml *y);

/* Check what only shows when all parts are known: cycles, addresses used twice, parts that nothing
 * is connected to. */
void refs_check(struct loader *l);

#endif
