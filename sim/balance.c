/* balance.c - adds up the meters of a world, and what its capacitances and inductances hold.
 *
 * Checked by tests/sim/test_balance.c: over every scenario nothing is left. */
#include "balance.h"

#include <math.h>

#include "cli.h"
#include "models/net.h"
#include "models/share.h"
#include "words.h"

/* ---- adding up --------------------------------------------------------------------------------- */

static void add_meters(const struct net *n, struct books *b)
{
    for (int32_t i = 0; i < n->n_sources; i++) {
        b->sources_J += net_source_const(n, i)->energy_J;
        b->moved_J += 0.5 * fabs(net_source_const(n, i)->energy_J);
    }
    for (int32_t i = 0; i < n->n_loads; i++) {
        b->loads_J += net_load_const(n, i)->energy_J;
        b->moved_J += 0.5 * fabs(net_load_const(n, i)->energy_J);
    }
    for (int32_t i = 0; i < n->n_links; i++) {
        b->links_J += net_link_const(n, i)->loss_J;
        b->moved_J += 0.5 * fabs(net_link_const(n, i)->loss_J);
    }
}

static void add_stores(const struct world *w, struct books *b)
{
    const struct net *n = &w->plant->net;
    const double *x = plant_x0(w);

    for (int32_t i = 0; i < n->n_nodes; i++) {
        const struct node *k = net_node_const(n, i);
        if (world_kind(w, k->part) != &share_kind) {
            b->capacitors_J += 0.5 * k->c_F * x[i] * x[i];
        }
    }
    for (int32_t i = 0; i < n->n_links; i++) {
        b->inductors_J += link_stored_J(net_link_const(n, i), x);
    }
}

struct books books_of(const struct world *w)
{
    struct books b = {0};

    add_meters(&w->plant->net, &b);
    add_stores(w, &b);
    return b;
}

struct books books_between(const struct books *earlier, const struct books *later)
{
    return (struct books){.sources_J = later->sources_J - earlier->sources_J,
                          .loads_J = later->loads_J - earlier->loads_J,
                          .links_J = later->links_J - earlier->links_J,
                          .moved_J = later->moved_J - earlier->moved_J,
                          .capacitors_J = later->capacitors_J - earlier->capacitors_J,
                          .inductors_J = later->inductors_J - earlier->inductors_J};
}

double books_left_J(const struct books *between)
{
    return between->sources_J - between->loads_J - between->links_J - between->capacitors_J -
           between->inductors_J;
}

double books_left(const struct books *between)
{
    return between->moved_J > 0.0 ? books_left_J(between) / between->moved_J : 0.0;
}

/* ---- showing ----------------------------------------------------------------------------------- */

static void print_row(FILE *out, const char *what, double value_J)
{
    char text[WORDS_VALUE];

    fprintf(out, "  %-22s%12s\n", what, words_value(text, QTY_JOULE, value_J));
}

void books_print(FILE *out, const struct books *between)
{
    fputs("Energy:\n", out);
    print_row(out, "from sources", between->sources_J);
    print_row(out, "into loads", between->loads_J);
    print_row(out, "lost in links", between->links_J);
    print_row(out, "more in capacitors", between->capacitors_J);
    print_row(out, "more in inductors", between->inductors_J);
    print_row(out, "left over", books_left_J(between));
    fprintf(out, "  %-22s%12.1e of what moved\n", "", books_left(between));
}

void books_json(FILE *out, const struct books *between)
{
    const struct {
        const char *key;
        double value;
    } row[] = {
        {"sources_J", between->sources_J},      {"loads_J", between->loads_J},
        {"links_J", between->links_J},          {"capacitors_J", between->capacitors_J},
        {"inductors_J", between->inductors_J},  {"left_J", books_left_J(between)},
        {"left_relative", books_left(between)},
    };

    for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
        fprintf(out, "%s\"%s\": ", i == 0 ? "{" : ", ", row[i].key);
        cli_json_number(out, row[i].value);
    }
    fputc('}', out);
}
