/* output.c - write beside, then rename.  Checked by tests/sim/test_cli.c, test_waves.sh, test_suite.sh. */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { AGAIN = 1 << 20 };

static const struct place COMMAND_LINE = {.in = NULL};

static bool complain(struct diag *d, const char *path, int error)
{
    diag_error(d, COMMAND_LINE, "can't write '%s': %s", path, strerror(error));
    return false;
}

bool output_is_plain(const char *path)
{
    struct stat st;

    return stat(path, &st) != 0 || S_ISREG(st.st_mode);
}

int output_why(FILE *file)
{
    errno = 0;
    for (int i = 0; i < AGAIN && errno == 0; i++) {
        fputc(' ', file);
    }
    fflush(file);
    return errno != 0 ? errno : EIO;
}

/* Where it is written to. */
static const char *target(const struct output *t)
{
    return t->partial != NULL ? t->partial : t->path;
}

static void forget(struct output *t)
{
    if (t->partial != NULL) {
        unlink(t->partial);
    }
    free(t->partial);
}

bool output_open(struct output *t, const char *path, struct diag *d)
{
    size_t room = strlen(path) + 32;

    *t = (struct output){.path = path};
    if (output_is_plain(path)) {
        t->partial = malloc(room);
        if (t->partial == NULL) {
            return complain(d, path, ENOMEM);
        }
        snprintf(t->partial, room, "%s.partial-%ld", path, (long)getpid());
    }
    t->file = fopen(target(t), "w");
    if (t->file == NULL) {
        complain(d, path, errno);
        free(t->partial);
    }
    return t->file != NULL;
}

/* ---- through a program ----------------------------------------------------------------------------- */

/* In the child: read from `in`. A Ctrl-C is for the run: what there is of it is still written. */
static void become_filter(const struct output *t, int in, int said)
{
    char name[64];
    char from[] = "-";
    char to[4096];
    char *argv[] = {name, from, to, NULL};

    snprintf(name, sizeof name, "%s", t->through->name);
    snprintf(to, sizeof to, "%s", target(t));
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    dup2(in, STDIN_FILENO);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    execvp(name, argv);
    int error = errno;
    if (write(said, &error, sizeof error) < 0) {
        _exit(126);
    }
    _exit(127);
}

/* Start the filter; 0, or why it could not be. */
static int start_filter(struct output *t)
{
    int data[2];
    int said[2]; /* closes when the program has begun, else says why not */
    int error = 0;

    if (pipe(data) != 0) {
        return errno;
    }
    if (pipe(said) != 0) {
        error = errno;
        close(data[0]);
        close(data[1]);
        return error;
    }
    for (int i = 0; i < 2; i++) {
        fcntl(data[i], F_SETFD, FD_CLOEXEC);
        fcntl(said[i], F_SETFD, FD_CLOEXEC);
    }
    t->filter = fork();
    if (t->filter == 0) {
        become_filter(t, data[0], said[1]);
    }
    error = t->filter < 0 ? errno : 0;
    close(data[0]);
    close(said[1]);
    if (error == 0 && read(said[0], &error, sizeof error) > 0) {
        waitpid(t->filter, NULL, 0);
    }
    close(said[0]);
    t->file = error == 0 ? fdopen(data[1], "w") : NULL;
    if (t->file == NULL) {
        close(data[1]);
    }
    return error;
}

bool output_open_through(struct output *t, const char *path, const struct output_filter *through,
                         struct diag *d)
{
    if (!output_open(t, path, d)) {
        return false;
    }
    fclose(t->file); /* it can be made; the program does */
    t->file = NULL;
    t->through = through;
    int error = start_filter(t);
    if (error != 0) {
        diag_error(d, COMMAND_LINE, "can't run %s, which makes '%s': %s", through->name, path,
                   strerror(error));
        diag_hint(d, "Debian has it in the package %s", through->package);
        forget(t);
    }
    return error == 0;
}

/* Has the filter ended well and made all of its file? */
static bool filter_is_content(const struct output *t)
{
    int status = -1;

    while (waitpid(t->filter, &status, 0) < 0 && errno == EINTR) {
    }
    FILE *in = fopen(target(t), "rb");
    bool whole = in != NULL && t->through->is_whole(in);
    if (in != NULL) {
        fclose(in);
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 && whole;
}

/* ---- the end --------------------------------------------------------------------------------------- */

bool output_close(struct output *t, bool good, struct diag *d)
{
    bool written = fflush(t->file) == 0 && ferror(t->file) == 0;
    int error = written || t->filter > 0 ? 0 : output_why(t->file);

    if (fclose(t->file) != 0 && written) {
        error = errno;
        written = false;
    }
    written = (t->filter == 0 || filter_is_content(t)) && written;
    if (!written && t->filter > 0) {
        diag_error(d, COMMAND_LINE, "can't write '%s': %s has not made all of it", t->path,
                   t->through->name);
    } else if (!written) {
        complain(d, t->path, error);
    } else if (good && t->partial != NULL && rename(t->partial, t->path) != 0) {
        written = complain(d, t->path, errno);
    } else {
        /* in its place, or not wanted */
    }
    if (good && written) {
        free(t->partial);
    } else {
        forget(t);
    }
    return good && written;
}
