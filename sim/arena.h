/* arena.h - memory that is given out piece by piece and freed all at once.
 *
 * Everything the loader makes lives in one arena, so a scenario is freed by one call and an error
 * half-way leaves nothing behind. Running out of memory ends the program: no caller has to check. */
#ifndef SIM_ARENA_H
#define SIM_ARENA_H

#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a);

/* Zeroed memory, aligned for every type. */
void *arena_get(struct arena *a, size_t bytes);

/* Zeroed memory for n elements; the product can't overflow. */
void *arena_array(struct arena *a, size_t n, size_t bytes);

/* A copy with a 0 behind it. */
char *arena_text(struct arena *a, const char *text, size_t length);
char *arena_print(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
