/* cli_new.c - `powergap new`: a scenario and its rack to start from, with comments that say what to
 * change.
 *
 * With two supplies a bar one stands by behind its switch; with more all of them share, one more than
 * the servers need. Checked by tests/sim/test_new.sh: every choice passes. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "arena.h"
#include "cli.h"

static const char more[] =
    "Writes NAME.yaml, a scenario in which a supply dies, and NAME-rack.yaml, the rack it is "
    "played\n"
    "on: supplies behind switches, bus bars, servers, the controller and its serial bus, with\n"
    "comments on what can be changed. Nothing is ever overwritten.\n\n"
    "Examples:\n"
    "  powergap new first\n"
    "  powergap new --switch relay --bars 2 --supplies 3 two-bars\n"
    "  powergap run first.yaml\n";

/* Channels of a multiplexer; and of 350 W so many as a 125 A breaker carries. */
enum { SUPPLIES_MAX = 8, BARS_MAX = 4, SERVERS_A_SUPPLY = 4 };

/* One kind of switch: the part, what a supply needs beside it, and what it makes of the gap: 5 ms poll,
 * transfers, its operating time with margin (hardware facts 4 [S46, S55]). */
static const struct gear {
    const char *name, *part, *about, *psu;
    int gap_ms, closed_ms, open_ms, duration_ms;
} gears[] = {
    {"fet", "back-to-back-100a", "a FET stage", "", 16, 25, 30, 150},
    {"relay", "contactor-135a", "a contactor", ", oring: yes, c_terminal: 4 mF", 45, 45, 60, 200},
    {"breaker", "motor-breaker-125a", "a motor-operated breaker", ", oring: yes, c_terminal: 4 mF",
     80, 80, 100, 300},
};

struct plan {
    const struct gear *gear;
    int bars, supplies, servers; /* of each bar */
    const char *base;            /* "first": its name without folders and ending */
    const char *scenario, *rack; /* files */
};

static bool stands_by(const struct plan *p)
{
    return p->supplies == 2;
}

static char bar_letter(int bar)
{
    return (char)('a' + bar);
}

/* ---- the rack -------------------------------------------------------------------------------------- */

static void write_supply(FILE *out, const struct plan *p, int number, int bar, bool standby)
{
    fprintf(out, "psu%d:   {part: crps-2000w-12v, i2c: smbus0/mux0.%d/0x58%s}\n", number,
            number - 1, p->gear->psu);
    fprintf(out, "sw%d:    {part: %s, from: psu%d, to: bus_%c, on: expander0.%d%s}%s\n", number,
            p->gear->part, number, bar_letter(bar), number - 1, standby ? ", closed: no" : "",
            standby ? " # stands by" : "");
}

static void write_rack(FILE *out, const struct plan *p)
{
    fprintf(
        out,
        "# %s-rack.yaml - the rack of %s.yaml. Written by `powergap new`: change it.\n"
        "#\n"
        "# A line is a part: its name, then either a kind (`is: psu`; `powergap explain psu` lists "
        "its keys)\n"
        "# or one of the library (`part: crps-2000w-12v`; `powergap parts` lists them), whose "
        "numbers can be\n"
        "# overridden here: {part: crps-2000w-12v, hold_up: 12 J}.\n\n"
        "# How the controller reaches supplies and switches.\n"
        "smbus0: {is: i2c, clock: 400 kHz}\n"
        "mux0:   {part: mux-pca9548, i2c: smbus0/0x70}\n"
        "expander0: {part: expander-pca9555, i2c: smbus0/0x20}\n",
        p->base, p->base);
    for (int bar = 0; bar < p->bars; bar++) {
        fprintf(out, "\n# Bar %c: %s.\nbus_%c:  {part: bar-12v-copper%s}\n", bar_letter(bar),
                stands_by(p) ? "one supply carries it, one stands by"
                             : "all its supplies share, one more than its servers need",
                bar_letter(bar), stands_by(p) ? ", spare: 0" : "");
        for (int i = 1; i <= p->supplies; i++) {
            write_supply(out, p, bar * p->supplies + i, bar, stands_by(p) && i == p->supplies);
        }
        fprintf(out, "web[%d..%d]: {part: server-12v-500w, from: bus_%c, p: 350 W}\n",
                bar * p->servers + 1, (bar + 1) * p->servers, bar_letter(bar));
    }
    fprintf(out, "\n# The firmware itself. It asks every supply once in each poll.\n"
                 "ctl:    {is: controller, poll: 5 ms}\n");
}

/* ---- the scenario ---------------------------------------------------------------------------------- */

static void write_expectations(FILE *out, const struct plan *p)
{
    const struct gear *g = p->gear;

    fprintf(out,
            "  - {gap: bus_a.v < 11.4 V, at_most: %d ms}    # 12 V less 5 %%; each single gap\n",
            stands_by(p) ? g->gap_ms : 0);
    if (p->bars > 1) {
        fprintf(out, "  - {gap: bus_b.v < 11.4 V, at_most: 0 ms}     # it is no business of the "
                     "other bar\n");
    }
    fprintf(out, "  - {after: psu1.die, within: 12 ms, holds: ctl.psu1 == LOST}\n");
    if (stands_by(p)) {
        fprintf(out, "  - {after: psu1.die, within: %d ms, holds: sw2.state == CLOSED}\n",
                g->closed_ms);
    } else {
        fprintf(out, "  - {after: psu1.die, within: %d ms, holds: sw1.state == OPEN}\n",
                g->open_ms);
        fprintf(out, "  - {count: web[*].drops, exactly: 0}           # no server is lost\n");
    }
    fprintf(out, "  - {never: psu[*].i > 1.3 * psu[*].i_rated, for: 5 ms}\n");
}

static void write_scenario(FILE *out, const struct plan *p)
{
    fprintf(
        out,
        "# %s.yaml - what is done to the rack of %s-rack.yaml, and what must hold. Written by\n"
        "# `powergap new`: change it. Then check it, play it, draw it:\n"
        "#\n"
        "#   powergap check %s.yaml\n"
        "#   powergap run %s.yaml\n"
        "#   powergap plot out/%s\n"
        "#\n"
        "# `powergap explain scenario` is the language, `powergap explain psu` what a supply can "
        "be told.\n",
        p->base, p->base, p->base, p->base, p->base);
    fprintf(out, "title: %s%s\n",
            stands_by(p) ? "psu1 dies, the supply that stands by is switched in by "
                         : "psu1 dies, the others carry on; it is cut off by ",
            p->gear->about);
    fprintf(out,
            "rack: %s-rack.yaml\n"
            "duration: %d ms\n"
            "seed: 1                        # of tolerances and noise\n"
            "do:\n"
            "  - {at: 50 ms, act: psu1.die}   # its converter fails without warning\n"
            "  # Or its mains plug is pulled, it warns, and its hold-up is spent: psu1.lose_input, "
            "here "
            "and below.\n"
            "expect:\n",
            p->base, p->gear->duration_ms);
    write_expectations(out, p);
}

/* ---- files ----------------------------------------------------------------------------------------- */

/* Never over anything. False: reported, and it is not there. */
static bool write_new(const struct command *c, const char *path, const struct plan *p,
                      void (*write)(FILE *out, const struct plan *p))
{
    FILE *out = fopen(path, "wx");

    if (out == NULL) {
        cli_wrong(c,
                  errno == EEXIST ? "'%s' is there already: nothing is overwritten"
                                  : "can't write '%s': %s",
                  path, strerror(errno));
        return false;
    }
    write(out, p);
    errno = 0;
    bool good = fflush(out) == 0 && ferror(out) == 0;
    int error = errno;
    good = fclose(out) == 0 && good;
    if (!good) {
        cli_wrong(c, "can't write '%s': %s", path, strerror(error != 0 ? error : errno));
        unlink(path);
    }
    return good;
}

static int write_both(const struct command *c, const struct plan *p)
{
    if (access(p->rack, F_OK) == 0) {
        return cli_wrong(c, "'%s' is there already: nothing is overwritten", p->rack);
    }
    if (!write_new(c, p->scenario, p, write_scenario)) {
        return EXIT_USE;
    }
    if (!write_new(c, p->rack, p, write_rack)) {
        unlink(p->scenario);
        return EXIT_USE;
    }
    printf("%s\n%s\nPlay it: powergap run %s\n", p->scenario, p->rack, p->scenario);
    return cli_end(EXIT_GOOD);
}

/* ---- the command ----------------------------------------------------------------------------------- */

static const uint64_t AS_MANY_AS_FIT = UINT64_MAX; /* --servers was not given */

struct new_flags {
    const char *gear;
    uint64_t bars, supplies, servers;
};

static const struct gear *find_gear(const struct command *c, const char *name)
{
    const char *names[sizeof gears / sizeof *gears + 1] = {NULL};

    for (size_t i = 0; i < sizeof gears / sizeof *gears; i++) {
        names[i] = gears[i].name;
        if (strcmp(gears[i].name, name) == 0) {
            return &gears[i];
        }
    }
    cli_wrong(c, "there is no switch '%s': fet, relay or breaker", name);
    cli_suggest(name, names);
    return NULL;
}

static bool is_sound(const struct command *c, const struct new_flags *f)
{
    if (f->bars < 1 || f->bars > BARS_MAX) {
        cli_wrong(c, "--bars wants 1 to %d", BARS_MAX);
    } else if (f->supplies < 2 || f->supplies > SUPPLIES_MAX) {
        cli_wrong(c, "--supplies wants 2 to %d for each bar", SUPPLIES_MAX);
    } else if (f->bars * f->supplies > SUPPLIES_MAX) {
        cli_wrong(c, "%d bars of %d supplies are more than the %d of one multiplexer", (int)f->bars,
                  (int)f->supplies, SUPPLIES_MAX);
    } else if (f->servers < 1 || f->servers > SERVERS_A_SUPPLY * (f->supplies - 1)) {
        cli_wrong(c, "--servers wants 1 to %d for each bar: what %d supplies less one can carry",
                  SERVERS_A_SUPPLY * (int)(f->supplies - 1), (int)f->supplies);
    } else {
        return true;
    }
    return false;
}

/* A scenario's title, its rack's name and the words of the comments are written as they are. */
static bool is_plain(const char *name)
{
    return name[0] != '\0' && name[0] != '-' && name[0] != '.' &&
           name[strspn(
               name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")] == '\0';
}

static int create(const struct command *c, const struct new_flags *f, const char *name)
{
    struct arena *a = arena_new();
    size_t n = strlen(name);
    size_t ending = n > 5 && strcmp(name + n - 5, ".yaml") == 0 ? 5 : 0;
    const char *stem = arena_text(a, name, n - ending);
    const char *slash = strrchr(stem, '/');
    struct plan p = {.gear = find_gear(c, f->gear),
                     .bars = (int)f->bars,
                     .supplies = (int)f->supplies,
                     .servers = (int)f->servers,
                     .base = slash != NULL ? slash + 1 : stem,
                     .scenario = arena_print(a, "%s.yaml", stem),
                     .rack = arena_print(a, "%s-rack.yaml", stem)};
    int status = EXIT_USE;

    if (p.gear != NULL && is_sound(c, f)) {
        status = is_plain(p.base)
                     ? write_both(c, &p)
                     : cli_wrong(c, "'%s' is no name: letters, digits, '.', '_' and '-'", p.base);
    }
    arena_free(a);
    return status;
}

static int run(const struct command *c, int argc, char **argv)
{
    struct new_flags f = {.gear = "fet", .bars = 1, .supplies = 2, .servers = AS_MANY_AS_FIT};
    int status = EXIT_GOOD;
    const struct option_row rows[] = {
        {"switch", OPTION_TEXT, &f.gear, "fet|relay|breaker", "between supply and bar (else fet)"},
        {"supplies", OPTION_WHOLE, &f.supplies, "N", "of each bar (else 2, one of them stands by)"},
        {"bars", OPTION_WHOLE, &f.bars, "N", "bus bars (else 1)"},
        {"servers", OPTION_WHOLE, &f.servers, "N", "of each bar (else 4 for each supply it needs)"},
        {.name = NULL},
    };
    int n = cli_options(c, rows, argc, argv, &status);

    if (n < 0) {
        return status;
    }
    if (n != 1) {
        return cli_wrong(c, "which name? powergap new NAME");
    }
    if (f.servers == AS_MANY_AS_FIT) {
        f.servers = SERVERS_A_SUPPLY * (f.supplies - 1);
    }
    return create(c, &f, argv[0]);
}

const struct command new_command = {
    .name = "new",
    .about = "write a scenario and a rack to start from",
    .use = "[options] NAME",
    .more = more,
    .run = run,
};
