/* main.c - the program: which command, and help for those who ask. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "home.h"

const struct command *const commands[] = {
    &run_command,     &test_command,       &new_command,      &check_command,
    &explain_command, &schema_command,     &parts_command,    &plot_command,
    &report_command,  &log_command,        &compare_command,  &fit_command,
    &export_command,  &completion_command, &diverged_command, NULL,
};

static void help(FILE *out)
{
    fputs("powergap: when something fails, for how long is which server without power, and why?\n\n"
          "    powergap COMMAND [options] ...\n\nCommands:\n",
          out);
    for (int i = 0; commands[i] != NULL; i++) {
        fprintf(out, "  %-15s %s\n", commands[i]->name, commands[i]->about);
    }
    fputs("\nOptions:\n"
          "  --help          this text; 'powergap COMMAND --help' says more\n"
          "  --version       version and where its files are\n"
          "\nExamples:\n"
          "  powergap run scenarios/psu-failure/fet.yaml     play a failure, see its gaps\n"
          "  powergap plot out/fet                           draw them\n"
          "  powergap test --junit junit.xml scenarios       play all, for CI\n"
          "  powergap explain relay                          what a relay can be told\n"
          "\nExit status: 0 all expectations hold, 1 one does not, 2 wrong use or input, 3 ours.\n",
          out);
}

static int unknown_command(const char *word)
{
    const char *names[sizeof commands / sizeof *commands];
    int n = 0;

    for (; commands[n] != NULL; n++) {
        names[n] = commands[n]->name;
    }
    names[n] = NULL;
    fprintf(stderr, "powergap: there is no command '%s'\n", word);
    cli_suggest(word, names);
    fprintf(stderr, "    'powergap --help' lists them\n");
    return EXIT_USE;
}

static int dispatch(int argc, char **argv)
{
    const char *word = argv[1];

    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
        help(stdout);
        return cli_end(EXIT_GOOD);
    }
    if (strcmp(word, "--version") == 0) {
        printf("powergap %s\ndata: %s\n", POWERGAP_VERSION, home_data());
        return cli_end(EXIT_GOOD);
    }
    if (strcmp(word, "--why-diverged") == 0) {
        return diverged_command.run(&diverged_command, argc - 1, argv + 1);
    }
    for (int i = 0; commands[i] != NULL; i++) {
        if (strcmp(word, commands[i]->name) == 0) {
            return commands[i]->run(commands[i], argc - 1, argv + 1);
        }
    }
    return unknown_command(word);
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN); /* a closed pipe and a full disk are errors with a message, */
    signal(SIGXFSZ, SIG_IGN); /* not sudden deaths */
    if (argc < 2) {
        help(stderr);
        return EXIT_USE;
    }
    return dispatch(argc, argv);
}
