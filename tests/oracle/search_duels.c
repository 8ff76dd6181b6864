/* search_duels.c - does powergap agree with the referee on circuits drawn at random?
 *
 *   search_duels FIRST LAST    seeds; a disagreement is shrunk and printed as a circuit
 *   search_duels FILE.ckt      that circuit
 *   search_duels --scenario FILE.ckt   print it as a scenario
 *
 * Exit 1: they disagree somewhere. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "duel.h"

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

static int print_scenario(const char *path)
{
    static struct ckt c;
    static char out[4 * CKT_TEXT];
    int wrong;

    read_file(path);
    if (!ckt_read(&c, text, &wrong) || !ckt_scenario(&c, out, sizeof out)) {
        fprintf(stderr, "%s: line %d\n", path, wrong);
        return 2;
    }
    fputs(out, stdout);
    return 0;
}

static int one_file(const char *path)
{
    static const char *const words[] = {"agrees", "disagrees", "undecided", "broken"};

    read_file(path);
    struct duel_result r = duel(text, stdout);
    printf("%s: %s; %d compared, worst %.3g of its tolerance\n", path, words[r.verdict], r.n,
           r.worst);
    return r.verdict == DUEL_DISAGREES || r.verdict == DUEL_BROKEN;
}

static void shrink_and_tell(void)
{
    duel_shrink(text);
    duel(text, stdout);
    fputs(text, stdout);
    fputc('\n', stdout);
    fflush(stdout);
}

static int search(long first, long last)
{
    int count[4] = {0}, compared = 0, drops = 0, gaps = 0;
    double worst = 0.0;
    long worst_seed = 0;

    for (long seed = first; seed <= last; seed++) {
        draw((uint64_t)seed, text, sizeof text);
        struct duel_result r = duel(text, NULL);
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
            printf("seed %ld is %s\n", seed, r.verdict == DUEL_BROKEN ? "broken" : "undecided");
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
    if (argc == 3) {
        return search(atol(argv[1]), atol(argv[2]));
    }
    if (argc == 2) {
        return one_file(argv[1]);
    }
    fprintf(stderr, "search_duels FIRST LAST | FILE.ckt | --scenario FILE.ckt\n");
    return 2;
}
