/* string.h - the four functions that a compiler may call by itself; a bare board has no others. */
#ifndef HIL_BOARDS_STRING_H
#define HIL_BOARDS_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *at, int value, size_t n);
int memcmp(const void *a, const void *b, size_t n);

#endif
