/* cli_schema.c - `powergap schema`: the scenario language for editors. */
#include "cli.h"
#include "explain.h"

static const char more[] =
    "Prints a JSON Schema, made from the same tables that read the files.\n\n"
    "Example, for editors with a YAML language server; first line of a scenario:\n"
    "  powergap schema > powergap.schema.json\n"
    "  # yaml-language-server: $schema=powergap.schema.json\n";

static int run(const struct command *c, int argc, char **argv)
{
    int status = EXIT_GOOD;
    const struct option_row rows[] = {{.name = NULL}};
    int n = cli_options(c, rows, argc, argv, &status);

    if (n < 0) {
        return status;
    }
    if (n > 0) {
        return cli_wrong(c, "takes no argument, not '%s'", argv[0]);
    }
    schema_print(stdout);
    return cli_end(EXIT_GOOD);
}

const struct command schema_command = {
    .name = "schema",
    .about = "print the JSON Schema of the scenario language, for editors",
    .use = "",
    .more = more,
    .run = run,
};
