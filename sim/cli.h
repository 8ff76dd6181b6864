/* cli.h - what the commands share: options by table, messages, colours, exit codes. */
#ifndef SIM_CLI_H
#define SIM_CLI_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "diag.h"
#include "models/ns.h"

enum { EXIT_GOOD = 0, EXIT_FAILED = 1, EXIT_USE = 2, EXIT_OURS = 3, EXIT_INTERRUPTED = 130 };

enum option_type {
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_LIST,
    OPTION_WHOLE,
    OPTION_REAL,
    OPTION_TIME,
    OPTION_WINDOW
};

/* "0.9 s..1.2 s"; without its beginning or end: from the start on, or to the end. */
struct cli_window {
    ns_t from, to; /* both included; at first 0 and NS_NEVER */
};

/* The values of an option that may be given several times. */
enum { OPTION_LIST_MAX = 32 };
struct option_list {
    int n;
    const char *item[OPTION_LIST_MAX];
};

/* One option: `--name` or `--name VALUE` or `--name=VALUE`; of one letter `-j VALUE` or `-jVALUE`. */
struct option_row {
    const char *name; /* NULL ends a table */
    enum option_type type;
    void *
        value; /* bool, const char *, struct option_list, uint64_t, double, ns_t, struct cli_window */
    const char *meaning; /* of the value, for --help: "DIR"; NULL for a flag */
    const char *doc;
};

struct command {
    const char *name;
    const char *about; /* one line */
    const char *use;   /* "[options] FILE..." */
    const char *more;  /* paragraphs and examples of --help */
    int (*run)(const struct command *c, int argc, char **argv); /* argv[0] is its name */
    bool alone; /* a program by itself, none of powergap's commands */
};

/* Take the options out of argv; what remains are arguments. Returns how many, or -1 when all is
 * said and done: *status is then the exit code (--help, a wrong option). */
int cli_options(const struct command *c, const struct option_row rows[], int argc, char **argv,
                int *status);

/* Every command, in the order of `powergap --help`; ends with NULL. */
extern const struct command *const commands[];

/* Visit the options of a command: the rows that --help prints. */
void cli_each_option(const struct command *c, void *ctx,
                     void (*each)(void *ctx, const struct option_row *row));

/* A complaint about the use of a command, on stderr. Returns EXIT_USE. */
int cli_wrong(const struct command *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* "did you mean '...'?" when one of the words, which end with NULL, is near. */
void cli_suggest(const char *wrong, const char *const words[]);

/* May this stream be coloured? It is a terminal and NO_COLOR is not set. */
bool cli_colours(FILE *stream);

/* Print what was collected to stderr, and free it. */
void cli_report(struct diag *d, bool json);

/* Text as a JSON string, quotes included. */
void cli_json_text(FILE *out, const char *text);
/* A number, or null when it is none. */
void cli_json_number(FILE *out, double value);

/* From now on SIGINT and SIGTERM don't end the program; what is returned is not 0 once one came. */
const volatile sig_atomic_t *cli_interruptible(void);

/* What was printed so far goes out before what stderr says next. */
void cli_flush(void);

/* Flush stdout: EXIT_USE and a message when it can't be written, else `status`. */
int cli_end(int status);

/* A whole command without options: prints each topic that is an argument, or, without any, NULL.
 * print() is false and has said why on its second stream when there is no such topic. */
int cli_topics(const struct command *c, int argc, char **argv,
               bool (*print)(FILE *out, FILE *err, const char *topic));

/* Where scripts and parts are: $POWERGAP_DATA, the place of installation, or the working folder.
 * Writes the first of them that has `name` in it into buf. False: none has. */
bool cli_data(const char *name, char *buf, size_t room);

extern const struct command run_command, check_command, explain_command, schema_command,
    parts_command, plot_command, report_command, new_command, log_command, export_command,
    completion_command, compare_command, fit_command, diverged_command, test_command;

/* What stands before the name of an option: "-" or "--". */
const char *cli_dashes(const struct option_row *r);

/* cli_diverged.c: the first event that differs between two traces. */
int diverged_show(const char *a, const char *b);

#endif
