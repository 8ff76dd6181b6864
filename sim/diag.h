/* diag.h - everything that is wrong with the user's files, collected and printed like a compiler:
 *
 *   scenarios/x.yaml:12:17: error: 'v' wants a voltage such as '12 V', not '12 A'
 *      12 |   bus_a:  {is: bus, v: 12 A, c: 20 mF}
 *         |                        ^~~~
 *         = hint: did you mean '12 V'?
 *
 * Each problem is kept with its line of text, so a diag may outlive the files it is about. */
#ifndef SIM_DIAG_H
#define SIM_DIAG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "text.h"

struct diag;

enum severity { DIAG_ERROR, DIAG_WARNING };

/* Problems beyond this many are counted, not kept. */
enum { DIAG_KEPT = 100 };

struct diag *diag_new(void);
void diag_free(struct diag *d);

/* One problem. The same message at the same place is kept once. */
void diag_error(struct diag *d, struct place at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void diag_warning(struct diag *d, struct place at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A hint for the problem reported last; nothing when that one was dropped. */
void diag_hint(struct diag *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

int32_t diag_errors(const struct diag *d);
int32_t diag_warnings(const struct diag *d);

/* True when no more problems are kept: don't spend time on hints. */
bool diag_is_full(const struct diag *d);

/* All problems in order of file, line and column, then a note on those beyond DIAG_KEPT. */
void diag_print(struct diag *d, FILE *out, bool colour);

/* One JSON object a line: severity, file, line, column, length, message, hint. */
void diag_print_json(struct diag *d, FILE *out);

#endif
