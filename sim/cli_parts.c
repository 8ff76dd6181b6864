/* cli_parts.c - `powergap parts`: the library of real parts. */
#include "cli.h"
#include "explain.h"

static const char more[] = "Without a name: all parts. With one: its numbers and their sources.\n\n"
                           "Examples:\n"
                           "  powergap parts\n"
                           "  powergap parts crps-2000w-12v\n";

static int run(const struct command *c, int argc, char **argv)
{
    int status = EXIT_GOOD;
    const struct option_row rows[] = {{.name = NULL}};
    int n = cli_options(c, rows, argc, argv, &status);

    if (n < 0) {
        return status;
    }
    for (int i = 0; i < (n > 0 ? n : 1); i++) {
        if (!parts_print(stdout, stderr, n > 0 ? argv[i] : NULL)) {
            status = EXIT_USE;
        }
    }
    return cli_end(status);
}

const struct command parts_command = {
    .name = "parts",
    .about = "list the library of real parts, or show one with its sources",
    .use = "[PART...]",
    .more = more,
    .run = run,
};
