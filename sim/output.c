/* output.c - write beside, then rename.  Checked by tests/sim/test_cli.c. */
#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
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
    t->file = fopen(t->partial != NULL ? t->partial : path, "w");
    if (t->file == NULL) {
        complain(d, path, errno);
        free(t->partial);
    }
    return t->file != NULL;
}

bool output_close(struct output *t, bool good, struct diag *d)
{
    bool written = fflush(t->file) == 0 && ferror(t->file) == 0;
    int error = written ? 0 : output_why(t->file);

    if (fclose(t->file) != 0 && written) {
        error = errno;
        written = false;
    }
    if (good && written && t->partial != NULL && rename(t->partial, t->path) != 0) {
        error = errno;
        written = false;
    }
    if (!written) {
        complain(d, t->path, error);
    }
    if ((!good || !written) && t->partial != NULL) {
        unlink(t->partial);
    }
    free(t->partial);
    return good && written;
}
