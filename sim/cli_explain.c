/* cli_explain.c - `powergap explain`: what a kind of part can be told. */
#include "cli.h"
#include "explain.h"

static const char more[] =
    "Without a topic: the kinds of parts. A topic is a kind ('psu'), one of its keys\n"
    "('psu.hold_up'), 'scenario', 'events' or 'units'.\n\n"
    "Examples:\n"
    "  powergap explain relay\n"
    "  powergap explain psu.hold_up\n"
    "  powergap explain scenario\n";

static int run(const struct command *c, int argc, char **argv)
{
    return cli_topics(c, argc, argv, explain_print);
}

const struct command explain_command = {
    .name = "explain",
    .about = "describe a kind of part: its parameters, signals and actions",
    .use = "[TOPIC...]",
    .more = more,
    .run = run,
};
