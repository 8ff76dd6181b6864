/* search_duels.c - does powergap agree with the referee on circuits drawn at random?
 *
 *   search_duels FIRST LAST    seeds; a disagreement is shrunk and printed as a circuit
 *   search_duels FILE.ckt      that circuit
 *   search_duels --scenario FILE.ckt   print it as a scenario
 *   search_duels --referee FILE.ckt    print what the referee sees
 *
 * Exit 1: they disagree somewhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "duel.h"
#include "referee.h"

static char text[CKT_TEXT];

static void read_file(const char *path)
{
    FILE *in = fopen(path, "r");

    if (in == NULL) {
        perror(path);
        exit(2);
    }
    text[fread(text, 1, sizeof text - 1, in)] = '\0';
    fclose(in);
}

static void read_circuit(const char *path, struct ckt *c)
{
    int wrong;

    read_file(path);
    if (!ckt_read(c, text, &wrong)) {
        fprintf(stderr, "%s: line %d is not understood\n", path, wrong);
        exit(2);
    }
}

static int print_scenario(const char *path)
{
    static struct ckt c;
    static char out[4 * CKT_TEXT];

    read_circuit(path, &c);
    if (!ckt_scenario(&c, out, sizeof out)) {
        fprintf(stderr, "%s: too long\n", path);
        return 2;
    }
    fputs(out, stdout);
    return 0;
}

static void print_edges(const char *name, const char *begins, const char *ends,
                        const struct edges *e)
{
    for (int i = 0; i < e->n_begun && i < EDGES_MANY; i++) {
        printf("%s,%s,%.12f\n", name, begins, e->begun[i]);
        if (i < e->n_ended) {
            printf("%s,%s,%.12f\n", name, ends, e->ended[i]);
        }
    }
}

static int print_referee(const char *path)
{
    static struct ckt c;
    static struct outcome o;

    read_circuit(path, &c);
    if (!referee_play(&c, 0.0, &o)) {
        fprintf(stderr, "%s: the referee comes to no end\n", path);
        return 2;
    }
    for (int i = 0; i < c.n_nodes; i++) {
        print_edges(c.node[i].name, "down", "up", &o.node[i].gap);
        printf("%s,lowest,%.12g\n%s,at the end,%.12g\n", c.node[i].name, o.node[i].v_min,
               c.node[i].name, o.node[i].v_end);
    }
    for (int i = 0; i < c.n_cpls; i++) {
        print_edges(c.cpl[i].name, "off", "on", &o.off[i]);
    }
    return 0;
}

static const char *word_of(enum duel verdict)
{
    static const char *const words[] = {"agrees", "disagrees", "is undecided", "is broken"};

    return words[verdict];
}

static int one_file(const char *path)
{
    read_file(path);
    struct duel_result r = duel(text, 0.0, stdout);
    printf("%s: %s; %d compared, worst %.3g of its tolerance\n", path, word_of(r.verdict), r.n,
           r.worst);
    return r.verdict == DUEL_DISAGREES || r.verdict == DUEL_BROKEN;
}

static void shrink_and_tell(void)
{
    duel_shrink(text);
    duel(text, 0.0, stdout);
    printf("    at a tolerance of 1e-9 powergap %s\n%s\n", word_of(duel(text, 1e-9, NULL).verdict),
           text);
    fflush(stdout);
}

static int search(long first, long last)
{
    int count[4] = {0}, compared = 0, drops = 0, gaps = 0;
    double worst = 0.0;
    long worst_seed = 0;

    for (long seed = first; seed <= last; seed++) {
        draw((uint64_t)seed, text, sizeof text);
        struct duel_result r = duel(text, 0.0, NULL);
        count[r.verdict]++;
        compared += r.n;
        drops += r.drops;
        gaps += r.gaps;
        if (r.verdict == DUEL_AGREES && r.worst > worst) {
            worst = r.worst;
            worst_seed = seed;
        }
        if (r.verdict == DUEL_DISAGREES) {
            printf("seed %ld disagrees; shrunk:\n", seed);
            shrink_and_tell();
        } else if (r.verdict != DUEL_AGREES) {
            printf("seed %ld %s\n", seed, word_of(r.verdict));
            fflush(stdout);
        }
    }
    printf("%d agree, %d disagree, %d undecided, %d broken; %d gaps, %d load drops, %d compared; "
           "worst %.3f of its tolerance (seed %ld)\n",
           count[DUEL_AGREES], count[DUEL_DISAGREES], count[DUEL_UNDECIDED], count[DUEL_BROKEN],
           gaps, drops, compared, worst, worst_seed);
    return count[DUEL_DISAGREES] + count[DUEL_BROKEN] > 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--scenario") == 0) {
        return print_scenario(argv[2]);
    }
    if (argc == 3 && strcmp(argv[1], "--referee") == 0) {
        return print_referee(argv[2]);
    }
    if (argc == 3) {
        return search(atol(argv[1]), atol(argv[2]));
    }
    if (argc == 2) {
        return one_file(argv[1]);
    }
    fprintf(stderr, "search_duels FIRST LAST | [--scenario|--referee] FILE.ckt\n");
    return 2;
}
