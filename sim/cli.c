/* cli.c - options by table, and the manners of a command line. */
#include "cli.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "home.h"
#include "measure.h"
#include "spell.h"

bool cli_colours(FILE *stream)
{
    const char *no = getenv("NO_COLOR");

    return (no == NULL || no[0] == '\0') && isatty(fileno(stream));
}

void cli_suggest(const char *wrong, const char *const words[])
{
    struct spell s = spell_begin(wrong, strlen(wrong));

    for (int i = 0; words[i] != NULL; i++) {
        spell_try(&s, words[i], strlen(words[i]));
    }
    if (spell_best(&s) != NULL) {
        fprintf(stderr, "    did you mean '%s'?\n", spell_best(&s));
    }
}

/* What is typed before its name. */
static const char *before(const struct command *c)
{
    return c->alone ? "" : "powergap ";
}

int cli_wrong(const struct command *c, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    fprintf(stderr, "%s%s: ", before(c), c->name);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return EXIT_USE;
}

enum { LEFT = 26 }; /* width of the left column */

const char *cli_dashes(const struct option_row *r)
{
    return r->name[1] == '\0' ? "-" : "--";
}

static void usage(FILE *out, const struct command *c)
{
    fprintf(out, "%s%s %s\n", before(c), c->name, c->use);
}

static void help(const struct command *c, const struct option_row rows[])
{
    printf("%s\n\n    ", c->about);
    usage(stdout, c);
    printf("\nOptions:\n");
    for (const struct option_row *r = rows; r->name != NULL; r++) {
        char left[48];
        int n = snprintf(left, sizeof left, "%s%s%s%s", cli_dashes(r), r->name,
                         r->meaning != NULL ? " " : "", r->meaning != NULL ? r->meaning : "");
        printf(n > LEFT ? "  %s\n  %*s" : "  %s%*s", left, n > LEFT ? LEFT : LEFT - n, "");
        printf(" %s\n", r->doc);
    }
    printf("  %-*s %s\n", LEFT, "--help", "this text");
    if (c->more != NULL) {
        printf("\n%s", c->more);
    }
}

/* ---- values ------------------------------------------------------------------------------------ */

static bool take_whole(const char *text, uint64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
}

static bool take_real(const char *text, double *value)
{
    size_t n = strlen(text);

    *value = measure_digits(text, n) == n && n > 0 ? measure_decimal(text, n, 0) : NAN;
    return isfinite(*value);
}

static bool take_time(const char *text, size_t n, ns_t *value)
{
    struct measure m = measure_read(text, n, QTY_SECOND);

    *value = m.ns;
    return m.fault == MEASURE_OK && m.ns >= 0;
}

static bool take_item(const struct command *c, const struct option_row *r, const char *text)
{
    struct option_list *list = r->value;

    if (list->n == OPTION_LIST_MAX) {
        cli_wrong(c, "--%s can be given %d times", r->name, OPTION_LIST_MAX);
        return false;
    }
    list->item[list->n++] = text;
    return true;
}

static bool take_window(const char *text, struct cli_window *value)
{
    const char *dots = strstr(text, "..");

    if (dots == NULL || strlen(text) == 2) {
        return false;
    }
    return (dots == text || take_time(text, (size_t)(dots - text), &value->from)) &&
           (dots[2] == '\0' || take_time(dots + 2, strlen(dots + 2), &value->to)) &&
           value->from < value->to;
}

static bool take_value(const struct command *c, const struct option_row *r, char *text)
{
    switch (r->type) {
    case OPTION_TEXT:
        *(const char **)r->value = text;
        return true;
    case OPTION_LIST:
        return take_item(c, r, text);
    case OPTION_WHOLE:
        if (!take_whole(text, r->value)) {
            cli_wrong(c, "%s%s wants a whole number, not '%s'", cli_dashes(r), r->name, text);
            return false;
        }
        return true;
    case OPTION_REAL:
        if (!take_real(text, r->value)) {
            cli_wrong(c, "%s%s wants a number, not '%s'", cli_dashes(r), r->name, text);
            return false;
        }
        return true;
    case OPTION_TIME:
        if (!take_time(text, strlen(text), r->value)) {
            cli_wrong(c, "%s%s wants a time such as '10 us', not '%s'", cli_dashes(r), r->name,
                      text);
            return false;
        }
        return true;
    case OPTION_WINDOW:
        if (!take_window(text, r->value)) {
            cli_wrong(c, "%s%s wants two times such as '0.9 s..1.2 s', not '%s'", cli_dashes(r),
                      r->name, text);
            return false;
        }
        return true;
    case OPTION_FLAG:
    default:
        *(bool *)r->value = true;
        return true;
    }
}

/* ---- the table --------------------------------------------------------------------------------- */

static const struct option_row *find(const struct option_row rows[], const char *name, size_t n)
{
    for (const struct option_row *r = rows; r->name != NULL; r++) {
        if (strlen(r->name) == n && memcmp(r->name, name, n) == 0) {
            return r;
        }
    }
    return NULL;
}

static void unknown_option(const struct command *c, const struct option_row rows[],
                           const char *word)
{
    const char *words[32];
    int n = 0;
    const char *name = word + strspn(word, "-");
    char bare[SPELL_LONGEST + 1];

    for (const struct option_row *r = rows; r->name != NULL && n < 30; r++) {
        words[n++] = r->name;
    }
    words[n++] = "help";
    words[n] = NULL;
    snprintf(bare, sizeof bare, "%.*s", (int)strcspn(name, "="), name);
    cli_wrong(c, "there is no option '%s'", word);
    struct spell s = spell_begin(bare, strlen(bare));
    for (int i = 0; i < n; i++) {
        spell_try(&s, words[i], strlen(words[i]));
    }
    if (spell_best(&s) != NULL) {
        fprintf(stderr, "    did you mean '--%s'?\n", spell_best(&s));
    } else {
        fprintf(stderr, "    '%s%s --help' lists them\n", before(c), c->name);
    }
}

/* One option at argv[i]; returns how many words it took, 0 when it is wrong. */
static int one_option(const struct command *c, const struct option_row rows[], int left,
                      char **argv)
{
    bool is_letter = argv[0][1] != '-';
    char *word = argv[0] + (is_letter ? 1 : 2);
    size_t n = is_letter ? 1 : strcspn(word, "=");
    const struct option_row *r = is_letter || n > 1 ? find(rows, word, n) : NULL;

    if (r == NULL) {
        unknown_option(c, rows, argv[0]);
        return 0;
    }
    if (r->type == OPTION_FLAG) {
        if (word[n] == '=') {
            cli_wrong(c, "--%s takes no value", r->name);
            return 0;
        }
        return take_value(c, r, NULL) ? 1 : 0;
    }
    if (word[n] != '\0') {
        return take_value(c, r, word + n + (word[n] == '=')) ? 1 : 0;
    }
    if (left < 2) {
        cli_wrong(c, "%s%s wants a value: %s%s %s", cli_dashes(r), r->name, cli_dashes(r), r->name,
                  r->meaning);
        return 0;
    }
    return take_value(c, r, argv[1]) ? 2 : 0;
}

/* Who wants to see a table instead of having it read (cli_each_option). */
static struct {
    void *ctx;
    void (*each)(void *ctx, const struct option_row *row);
} visitor;

void cli_each_option(const struct command *c, void *ctx,
                     void (*each)(void *ctx, const struct option_row *row))
{
    char name[] = "powergap";
    char *argv[] = {name, NULL};

    visitor.ctx = ctx;
    visitor.each = each;
    c->run(c, 1, argv);
    visitor.each = NULL;
}

int cli_options(const struct command *c, const struct option_row rows[], int argc, char **argv,
                int *status)
{
    int kept = 0;
    bool only_arguments = false;

    for (const struct option_row *r = rows; visitor.each != NULL; r++) {
        if (r->name == NULL) {
            return -1;
        }
        visitor.each(visitor.ctx, r);
    }
    for (int i = 1; i < argc;) {
        if (only_arguments || argv[i][0] != '-' || argv[i][1] == '\0') {
            argv[kept++] = argv[i++];
        } else if (strcmp(argv[i], "--") == 0) {
            only_arguments = true;
            i++;
        } else if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            help(c, rows);
            *status = cli_end(EXIT_GOOD);
            return -1;
        } else {
            int took = one_option(c, rows, argc - i, &argv[i]);
            if (took == 0) {
                *status = EXIT_USE;
                return -1;
            }
            i += took;
        }
    }
    return kept;
}

/* ---- output ------------------------------------------------------------------------------------ */

void cli_report(struct diag *d, bool json)
{
    if (json) {
        diag_print_json(d, stderr);
    } else {
        diag_print(d, stderr, cli_colours(stderr));
    }
    diag_free(d);
}

void cli_json_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"' || *c == '\\') {
            fprintf(out, "\\%c", *c);
        } else if ((unsigned char)*c < ' ') {
            fprintf(out, "\\u%04x", (unsigned)*c);
        } else {
            fputc(*c, out);
        }
    }
    fputc('"', out);
}

void cli_json_number(FILE *out, double value)
{
    if (isfinite(value)) {
        fprintf(out, "%.12g", value);
    } else {
        fputs("null", out);
    }
}

static volatile sig_atomic_t stop;

static void on_interrupt(int signal_number)
{
    (void)signal_number;
    stop = 1;
}

const volatile sig_atomic_t *cli_interruptible(void)
{
    struct sigaction on_int = {.sa_handler = on_interrupt};

    sigemptyset(&on_int.sa_mask);
    sigaction(SIGINT, &on_int, NULL);
    sigaction(SIGTERM, &on_int, NULL);
    return &stop;
}

static int lost_output; /* why stdout could not be written; 0: it could */

void cli_flush(void)
{
    if (fflush(stdout) != 0 && lost_output == 0) {
        lost_output = errno;
    }
}

int cli_end(int status)
{
    cli_flush();
    if (ferror(stdout)) {
        fprintf(stderr, "powergap: can't write the output: %s\n",
                strerror(lost_output != 0 ? lost_output : EIO));
        return EXIT_USE;
    }
    return status;
}

int cli_topics(const struct command *c, int argc, char **argv,
               bool (*print)(FILE *out, FILE *err, const char *topic))
{
    const struct option_row none[] = {{.name = NULL}};
    int status = EXIT_GOOD;
    int n = cli_options(c, none, argc, argv, &status);

    if (n < 0) {
        return status;
    }
    for (int i = 0; i < (n > 0 ? n : 1); i++) {
        if (!print(stdout, stderr, n > 0 ? argv[i] : NULL)) {
            status = EXIT_USE;
        }
    }
    return cli_end(status);
}

bool cli_data(const char *name, char *buf, size_t room)
{
    const char *places[] = {getenv("POWERGAP_DATA"), home_data(), "."};

    for (int i = 0; i < 3; i++) {
        if (places[i] != NULL && places[i][0] != '\0') {
            int n = snprintf(buf, room, "%s/%s", places[i], name);
            if (n > 0 && (size_t)n < room && access(buf, R_OK) == 0) {
                return true;
            }
        }
    }
    return false;
}
