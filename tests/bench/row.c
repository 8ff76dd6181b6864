/* row.c - rounds, wall time and memory of one row of the bench's table. */
#include "row.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

double row_clock_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double setting(const char *name, double otherwise)
{
    const char *text = getenv(name);

    return text == NULL ? otherwise : strtod(text, NULL);
}

struct row row_new(void)
{
    const char *edges = getenv("BENCH_EDGES");
    struct row r = {.events = ROW_NONE,
                    .steps = ROW_NONE,
                    .refused = ROW_NONE,
                    .factorisations = ROW_NONE,
                    .gaps = ROW_NONE,
                    .simulated_s = ROW_NONE,
                    .gap_s = ROW_NONE,
                    .load_s = ROW_NONE,
                    .most = (int)setting("BENCH_ROUNDS", 5),
                    .budget_s = setting("BENCH_SECONDS", 10.0)};

    r.most = r.most < ROW_ROUNDS ? r.most : ROW_ROUNDS;
    r.edges = edges == NULL ? NULL : fopen(edges, "w");
    return r;
}

bool row_again(struct row *r)
{
    double spent_s = 0.0;

    for (int i = 0; i < r->n; i++) {
        spent_s += r->took_s[i];
    }
    r->began_s = row_clock_s();
    return r->n < r->most && spent_s < r->budget_s;
}

double row_begin(struct row *r)
{
    double before_s = row_clock_s() - r->began_s;

    r->began_s += before_s;
    return before_s;
}

void row_stop(struct row *r)
{
    r->took_s[r->n++] = row_clock_s() - r->began_s;
}

void row_gap(struct row *r, int32_t bar, ns_t down, ns_t up)
{
    r->gaps = r->gaps == ROW_NONE ? 1 : r->gaps + 1;
    r->gap_s = (r->gap_s < 0.0 ? 0.0 : r->gap_s) + ns_to_s(up - down);
    if (r->edges != NULL) {
        fprintf(r->edges, "%d,%lld,%lld\n", bar, (long long)down, (long long)up);
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static void put_count(int64_t n)
{
    if (n == ROW_NONE) {
        printf("-,");
    } else {
        printf("%lld,", (long long)n);
    }
}

static void put_seconds(double s)
{
    if (s < 0.0) {
        printf("-,");
    } else {
        printf("%.9g,", s);
    }
}

int row_print(struct row *r)
{
    struct rusage use;

    getrusage(RUSAGE_SELF, &use);
    qsort(r->took_s, (size_t)r->n, sizeof r->took_s[0], by_size);
    put_count(r->events);
    put_count(r->steps);
    put_count(r->refused);
    put_count(r->factorisations);
    put_seconds(r->simulated_s);
    put_seconds(r->n > 0 ? r->took_s[0] : ROW_NONE);
    put_seconds(r->n > 0 ? r->took_s[r->n / 2] : ROW_NONE);
    put_count(r->n);
    put_seconds(r->load_s);
    put_count(use.ru_maxrss);
    put_count(r->gaps);
    put_seconds(r->gap_s);
    putchar('\n');
    if (r->edges != NULL) {
        fclose(r->edges);
    }
    return 0;
}
