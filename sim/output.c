/* output.c - write beside, then rename.  Checked by tests/sim/test_cli.c, tests/sim/test_waves.sh. */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct output {
    FILE *file;
    const char *path;
    const char *written; /* beside it; a device or a pipe: `path` itself */
    const struct output_filter *through;
    pid_t filter; /* 0: none */
};

static const struct place COMMAND_LINE = {.in = NULL};

static void complain(const struct output *o, int error, struct diag *d)
{
    diag_error(d, COMMAND_LINE, "can't write '%s': %s", o->path,
               strerror(error != 0 ? error : EIO));
}

/* In the child: read from `in`. A Ctrl-C is for the run: what there is of it is still written. */
static void become_filter(const struct output *o, int in, int said)
{
    char name[64];
    char from[] = "-";
    char to[4096];
    char *argv[] = {name, from, to, NULL};

    snprintf(name, sizeof name, "%s", o->through->name);
    snprintf(to, sizeof to, "%s", o->written);
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
static int start_filter(struct output *o)
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
    o->filter = fork();
    if (o->filter == 0) {
        become_filter(o, data[0], said[1]);
    }
    error = o->filter < 0 ? errno : 0;
    close(data[0]);
    close(said[1]);
    if (error == 0 && read(said[0], &error, sizeof error) > 0) {
        waitpid(o->filter, NULL, 0);
    }
    close(said[0]);
    o->file = error == 0 ? fdopen(data[1], "w") : NULL;
    if (o->file == NULL) {
        close(data[1]);
    }
    return error;
}

struct output *output_begin(struct arena *a, const char *path, const struct output_filter *through,
                            struct diag *d)
{
    struct output *o = arena_get(a, sizeof *o);
    struct stat st;
    bool plain = stat(path, &st) != 0 || S_ISREG(st.st_mode);

    o->path = path;
    o->written = plain ? arena_print(a, "%s.partial-%ld", path, (long)getpid()) : path;
    o->through = through;
    o->file = fopen(o->written, "w"); /* for a filter: can it be? */
    if (o->file == NULL) {
        complain(o, errno, d);
        return NULL;
    }
    if (through != NULL) {
        fclose(o->file);
        int error = start_filter(o);
        if (error != 0) {
            diag_error(d, COMMAND_LINE, "can't run %s, which makes '%s': %s", through->name, path,
                       strerror(error));
            diag_hint(d, "Debian has it in the package %s", through->package);
            if (o->written != path) {
                unlink(o->written);
            }
            return NULL;
        }
    }
    return o;
}

FILE *output_file(const struct output *o)
{
    return o->file;
}

/* Has the filter made all of its file? */
static bool is_whole(const struct output *o)
{
    FILE *in = fopen(o->written, "rb");
    bool whole = in != NULL && o->through->is_whole(in);

    if (in != NULL) {
        fclose(in);
    }
    return whole;
}

/* Everything is written, and the filter is content. False: `error` says why not, if it is known. */
static bool close_all(struct output *o, int *error)
{
    errno = 0;
    bool written = fflush(o->file) == 0 && ferror(o->file) == 0;
    *error = errno;
    written = fclose(o->file) == 0 && written;
    if (o->filter > 0) {
        int status = -1;
        while (waitpid(o->filter, &status, 0) < 0 && errno == EINTR) {
        }
        written = WIFEXITED(status) && WEXITSTATUS(status) == 0 && written && is_whole(o);
    }
    return written;
}

bool output_end(struct output *o, bool good, struct diag *d)
{
    int error = 0;
    bool written = close_all(o, &error);

    if (good && written && o->written != o->path && rename(o->written, o->path) != 0) {
        error = errno;
        written = false;
    }
    if (!written && o->filter > 0) {
        diag_error(d, COMMAND_LINE, "can't write '%s': %s has not made all of it", o->path,
                   o->through->name);
    } else if (!written) {
        complain(o, error, d);
    }
    if ((!good || !written) && o->written != o->path) {
        unlink(o->written);
    }
    return good && written;
}
