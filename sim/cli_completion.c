/* cli_completion.c - `powergap completion`: what may come next on a command line, for shells.
 *
 * The scripts for bash and zsh only ask: `powergap completion words -- WORD...`, all words after the
 * program's name up to the one under the cursor. The answer's first line says what the shell itself
 * must look for, `words` (nothing), `scenarios`, `folders` or `files`; then a line for each word that
 * fits, with what it is for behind a tab. It comes from the tables that --help prints, so the scripts
 * never grow old. */
#include <string.h>

#include "arena.h"
#include "cli.h"
#include "explain.h"
#include "kinds.h"
#include "models/event.h"
#include "text.h"
#include "yaml.h"

static const char more[] =
    "Prints a script that makes the shell complete commands, options, their values, scenario\n"
    "files, trace folders and names of parts. `make install` and the Debian package install "
    "both.\n\n"
    "Examples:\n"
    "  source <(powergap completion bash)        in ~/.bashrc\n"
    "  powergap completion zsh >~/.zfunc/_powergap\n\n"
    "`powergap completion words -- WORD...` is what the scripts ask.\n";

static const char bash_script[] =
    "# bash completion of powergap; made by `powergap completion bash`\n"
    "_powergap()\n"
    "{\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} what word IFS=$'\\n'\n"
    "    COMPREPLY=()\n"
    "    {\n"
    "        read -r what\n"
    "        while read -r word; do COMPREPLY+=(\"${word%%$'\\t'*}\"); done\n"
    "    } < <(\"${COMP_WORDS[0]}\" completion words -- \"${COMP_WORDS[@]:1:COMP_CWORD}\" "
    "2>/dev/null)\n"
    "    case $what in\n"
    "    scenarios) COMPREPLY+=($(compgen -f -X '!*.yaml' -- \"$cur\") $(compgen -d -- \"$cur\")) "
    ";;\n"
    "    folders) COMPREPLY+=($(compgen -d -- \"$cur\")) ;;\n"
    "    files) COMPREPLY+=($(compgen -f -- \"$cur\")) ;;\n"
    "    *) return ;;\n"
    "    esac\n"
    "    compopt -o filenames 2>/dev/null\n"
    "}\n"
    "complete -F _powergap powergap\n";

static const char zsh_script[] =
    "#compdef powergap\n"
    "# zsh completion of powergap; made by `powergap completion zsh`\n"
    "_powergap()\n"
    "{\n"
    "    local -a lines found\n"
    "    local line what\n"
    "    lines=(\"${(@f)$(\"$words[1]\" completion words -- \"${(@)words[2,CURRENT]}\" "
    "2>/dev/null)}\")\n"
    "    what=$lines[1]\n"
    "    for line in \"${(@)lines[2,-1]}\"; do\n"
    "        found+=(\"${${line%%$'\\t'*}//:/\\\\:}:${line#*$'\\t'}\")\n"
    "    done\n"
    "    (( $#found )) && _describe -t words word found\n"
    "    case $what in\n"
    "    scenarios) _files -g '*.yaml(-.)' ;;\n"
    "    folders) _files -/ ;;\n"
    "    files) _files ;;\n"
    "    esac\n"
    "}\n"
    "if [[ $funcstack[1] = _powergap ]]; then _powergap \"$@\"; else compdef _powergap powergap; "
    "fi\n";

/* ---- words that fit -------------------------------------------------------------------------------- */

/* What is asked: the words of the line, the last of them under the cursor. */
struct question {
    int n;
    char **word;
    const char *current;
    const struct option_row *option; /* the one that `current` is a value of; NULL: none */
    const char *before;              /* the word before */
};

static void offer_doc(const struct question *q, const char *word, const char *doc)
{
    if (strncmp(word, q->current, strlen(q->current)) == 0) {
        printf("%s\t%s\n", word, doc);
    }
}

static void offer(void *ctx, const char *word)
{
    offer_doc(ctx, word, "");
}

static void offer_option(void *ctx, const struct option_row *row)
{
    char word[64];

    snprintf(word, sizeof word, "%s%s", cli_dashes(row), row->name);
    offer_doc(ctx, word, row->doc);
}

/* "svg|png" */
static void offer_choices(const struct question *q, const char *choices)
{
    char word[64];

    for (const char *at = choices; *at != '\0';) {
        size_t n = strcspn(at, "|");
        snprintf(word, sizeof word, "%.*s", (int)n, at);
        offer_doc(q, word, "");
        at += n + (at[n] == '|');
    }
}

static void offer_topics(const struct question *q)
{
    for (int i = 0; kinds[i] != NULL; i++) {
        offer_doc(q, kinds[i]->name, kinds[i]->doc);
    }
    offer_choices(q, "scenario|units|events|sources");
}

static void offer_kinds_of_event(const struct question *q)
{
    for (int i = 0; i < EVENT_KINDS; i++) {
        offer_doc(q, event_word((enum event_kind)i), event_doc((enum event_kind)i));
    }
}

/* The parts of the trace that is named somewhere on the line. */
static void offer_parts_of_trace(struct question *q)
{
    static const struct place nowhere = {.in = NULL};

    for (int i = 1; i < q->n; i++) {
        struct arena *a = arena_new();
        struct diag *d = diag_new();
        const char *path = arena_print(a, "%s/run.yaml", q->word[i]);
        const struct text *t = text_exists(path) ? text_read(a, d, path, "trace", nowhere) : NULL;
        const struct yaml *run = t != NULL ? yaml_read(a, d, t) : NULL;
        const struct yaml *parts = run != NULL ? yaml_get(run, "parts") : NULL;
        for (const struct yaml *p = parts != NULL ? parts->first : NULL; p != NULL; p = p->next) {
            const struct yaml *name = yaml_get(p, "name");
            const struct yaml *kind = yaml_get(p, "kind");
            offer_doc(q, name != NULL ? name->text : "", kind != NULL ? kind->text : "");
        }
        diag_free(d);
        arena_free(a);
    }
}

/* ---- what comes next ------------------------------------------------------------------------------- */

static void find_option(void *ctx, const struct option_row *row)
{
    struct question *q = ctx;

    size_t n = strlen(cli_dashes(row));

    if (row->type != OPTION_FLAG && strncmp(q->before, cli_dashes(row), n) == 0 &&
        strcmp(q->before + n, row->name) == 0) {
        q->option = row;
    }
}

/* What the shell has to look for: a word of `meaning` or `use` names it. */
static const char *what_of(const char *meaning)
{
    return strstr(meaning, "FOLDER") != NULL || strstr(meaning, "DIR") != NULL ? "folders"
           : strstr(meaning, "FILE") != NULL                                   ? "files"
                                                                               : "words";
}

static void answer_value(struct question *q)
{
    const char *meaning = q->option->meaning;

    printf("%s\n", what_of(meaning));
    if (strchr(meaning, '|') != NULL) {
        offer_choices(q, meaning);
    } else if (strcmp(meaning, "KIND") == 0) {
        offer_kinds_of_event(q);
    } else if (strcmp(meaning, "PART") == 0) {
        offer_parts_of_trace(q);
    }
}

static void answer_argument(struct question *q, const struct command *c)
{
    bool takes_scenarios = strstr(c->use, "FILE") != NULL || strstr(c->use, "PATH") != NULL;

    printf("%s\n", takes_scenarios ? "scenarios" : what_of(c->use));
    if (strstr(c->use, "TOPIC") != NULL) {
        offer_topics(q);
    } else if (strstr(c->use, "[PART") != NULL) {
        parts_names(q, offer);
    } else if (strchr(c->use, '|') != NULL) {
        offer_choices(q, c->use);
    }
}

static const struct command *command_named(const char *name)
{
    int i = 0;

    while (commands[i] != NULL && strcmp(commands[i]->name, name) != 0) {
        i++;
    }
    return commands[i];
}

static void answer(struct question *q)
{
    const struct command *c = q->n > 1 ? command_named(q->word[0]) : NULL;

    if (q->n == 1) {
        printf("words\n");
        for (int i = 0; commands[i] != NULL; i++) {
            offer_doc(q, commands[i]->name, commands[i]->about);
        }
        offer_doc(q, "--help", "commands and examples");
        offer_doc(q, "--version", "version and where its files are");
        return;
    }
    if (c == NULL) {
        printf("files\n");
        return;
    }
    q->before = q->word[q->n - 2];
    cli_each_option(c, q, find_option);
    if (q->option != NULL) {
        answer_value(q);
    } else if (q->current[0] == '-') {
        printf("words\n");
        cli_each_option(c, q, offer_option);
        offer_doc(q, "--help", "what it does and its options");
    } else {
        answer_argument(q, c);
    }
}

static int run(const struct command *c, int argc, char **argv)
{
    int status = EXIT_GOOD;
    const struct option_row rows[] = {{.name = NULL}};
    int n = cli_options(c, rows, argc, argv, &status);

    if (n < 0) {
        return status;
    }
    if (n == 1 && strcmp(argv[0], "bash") == 0) {
        fputs(bash_script, stdout);
    } else if (n == 1 && strcmp(argv[0], "zsh") == 0) {
        fputs(zsh_script, stdout);
    } else if (n > 1 && strcmp(argv[0], "words") == 0) {
        answer(&(struct question){.n = n - 1, .word = argv + 1, .current = argv[n - 1]});
    } else {
        return cli_wrong(c, "for which shell? bash or zsh");
    }
    return cli_end(status);
}

const struct command completion_command = {
    .name = "completion",
    .about = "print a script that completes command lines, for bash or zsh",
    .use = "bash|zsh",
    .more = more,
    .run = run,
};
