/* arena.c - blocks in a list; a piece comes from the newest block or opens the next. */
#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 64 * 1024, ALIGN = 16 };

struct block {
    struct block *next;
    size_t size, used;
    _Alignas(ALIGN) unsigned char bytes[];
};

struct arena {
    struct block *blocks;
};

static _Noreturn void out_of_memory(void)
{
    fputs("powergap: out of memory\n", stderr);
    exit(3);
}

struct arena *arena_new(void)
{
    struct arena *a = calloc(1, sizeof *a);

    if (!a) {
        out_of_memory();
    }
    return a;
}

void arena_free(struct arena *a)
{
    if (!a) {
        return;
    }
    while (a->blocks) {
        struct block *next = a->blocks->next;
        free(a->blocks);
        a->blocks = next;
    }
    free(a);
}

void *arena_get(struct arena *a, size_t bytes)
{
    struct block *b = a->blocks;

    if (bytes > SIZE_MAX / 2) {
        out_of_memory();
    }
    bytes = (bytes + ALIGN - 1) / ALIGN * ALIGN;
    if (!b || b->size - b->used < bytes) {
        size_t size = bytes > BLOCK ? bytes : BLOCK;
        b = calloc(1, sizeof *b + size);
        if (!b) {
            out_of_memory();
        }
        b->size = size;
        b->next = a->blocks;
        a->blocks = b;
    }
    void *piece = b->bytes + b->used;
    b->used += bytes;
    return piece;
}

void *arena_array(struct arena *a, size_t n, size_t bytes)
{
    if (bytes && n > SIZE_MAX / 2 / bytes) {
        out_of_memory();
    }
    return arena_get(a, n * bytes);
}

char *arena_text(struct arena *a, const char *text, size_t length)
{
    char *copy = arena_get(a, length + 1);

    if (length) {
        memcpy(copy, text, length);
    }
    return copy;
}

char *arena_print(struct arena *a, const char *format, ...)
{
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    char *text = arena_get(a, (size_t)(n < 0 ? 0 : n) + 1);
    if (n > 0) {
        vsnprintf(text, (size_t)n + 1, format, again);
    }
    va_end(again);
    va_end(args);
    return text;
}
