/* gnuplot.c - a child process each.  Checked by tests/sim/test_cli.c. */
#include "gnuplot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "program.h"

const char gnuplot_missing[] = "gnuplot is not installed (Debian: apt install gnuplot-nox)";

bool gnuplot_is_there(void)
{
    return program_is_there("gnuplot");
}

/* It takes letters and decimal points from the locale, and complains about UTF-8 in another. */
static void become_gnuplot(char *script, char *folders, char *out)
{
    char program[] = "gnuplot";
    char option[] = "-c";
    char *args[] = {program, option, script, folders, out, NULL};

    setenv("LC_ALL", "C.UTF-8", 1);
    execvp(program, args);
    fprintf(stderr, "powergap: can't run gnuplot: %s\n", strerror(errno));
    _exit(127);
}

pid_t gnuplot_start(const char *script, const char *folders, const char *out)
{
    pid_t child = fork();

    if (child == 0) {
        become_gnuplot(strdup(script), strdup(folders), strdup(out));
    }
    return child;
}

bool gnuplot_is_complete(const char *path, const char *format)
{
    const char *end = strcmp(format, "svg") == 0 ? "</svg>" : "IEND\xAE\x42\x60\x82";
    char tail[16];
    size_t n = 0;
    FILE *in = fopen(path, "rb");

    if (in != NULL) {
        n = fseek(in, -(long)sizeof tail, SEEK_END) == 0 ? fread(tail, 1, sizeof tail, in) : 0;
        fclose(in);
    }
    while (n > 0 && tail[n - 1] == '\n') {
        n--;
    }
    return n >= strlen(end) && memcmp(&tail[n - strlen(end)], end, strlen(end)) == 0;
}
