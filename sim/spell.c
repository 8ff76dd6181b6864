/* spell.c - edit distance with transpositions (optimal string alignment); case costs nothing. */
#include "spell.h"

#include <limits.h>
#include <string.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

/* Changes of one letter, insertions, deletions and swaps of neighbours from a to b. */
static int distance(const char *a, size_t n, const char *b, size_t m)
{
    int rows[3][SPELL_LONGEST + 1];
    int *before = rows[0], *above = rows[1], *row = rows[2];

    for (size_t j = 0; j <= m; j++) {
        above[j] = (int)j;
    }
    for (size_t i = 1; i <= n; i++) {
        row[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            bool same = lower(a[i - 1]) == lower(b[j - 1]);
            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + !same);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1])) {
                row[j] = least(row[j], before[j - 2] + 1);
            }
        }
        int *reuse = before;
        before = above;
        above = row;
        row = reuse;
    }
    return above[m];
}

struct spell spell_begin(const char *word, size_t length)
{
    return (struct spell){.word = word, .length = length, .distance = INT_MAX};
}

void spell_try(struct spell *s, const char *known, size_t length)
{
    size_t apart = s->length > length ? s->length - length : length - s->length;

    if (s->length == 0 || length == 0 || s->length > SPELL_LONGEST || length > SPELL_LONGEST ||
        apart > 3) {
        return;
    }
    int d = distance(s->word, s->length, known, length);
    if (d < s->distance) {
        s->distance = d;
        memcpy(s->best, known, length);
        s->best[length] = 0;
    }
}

void spell_try_choices(struct spell *s, const char *choices)
{
    while (choices && *choices) {
        size_t length = strcspn(choices, "|");
        spell_try(s, choices, length);
        choices += length + (choices[length] == '|');
    }
}

const char *spell_best(const struct spell *s)
{
    int allowed = s->length <= 2 ? 1 : s->length <= 5 ? 2 : 3;

    if (s->distance > allowed || (size_t)s->distance >= s->length) {
        return NULL;
    }
    return s->best;
}
