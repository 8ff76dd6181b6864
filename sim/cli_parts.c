/* cli_parts.c - `powergap parts`: the library of real parts. */
#include "cli.h"
#include "explain.h"

static const char more[] = "Without a name: all parts. With one: its numbers and their sources.\n\n"
                           "Examples:\n"
                           "  powergap parts\n"
                           "  powergap parts crps-2000w-12v\n";

static int run(const struct command *c, int argc, char **argv)
{
    return cli_topics(c, argc, argv, parts_print);
}

const struct command parts_command = {
    .name = "parts",
    .about = "list the library of real parts, or show one with its sources",
    .use = "[PART...]",
    .more = more,
    .run = run,
};
