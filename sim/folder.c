/* folder.c - make beside, then rename.  Checked by tests/sim/test_trace.c. */
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"

struct folder {
    char *path;    /* where it will be */
    char *partial; /* where it is until then */
    struct diag *diag;
    bool failed;
};

static const struct place COMMAND_LINE = {.in = NULL};

static char *print(const char *a, const char *b, const char *c)
{
    size_t room = strlen(a) + strlen(b) + strlen(c) + 1;
    char *text = malloc(room);

    if (text != NULL) {
        snprintf(text, room, "%s%s%s", a, b, c);
    }
    return text;
}

static void complain(struct folder *f, const char *what, const char *path, int error)
{
    if (!f->failed) { /* what follows from the first error is no news */
        diag_error(f->diag, COMMAND_LINE, "can't %s '%s': %s", what, path, strerror(error));
    }
    f->failed = true;
}

/* Remove the files in a folder of ours, then the folder. It has no folders in it. */
static void remove_all(const char *path)
{
    DIR *dir = opendir(path);

    for (struct dirent *e = dir != NULL ? readdir(dir) : NULL; e != NULL; e = readdir(dir)) {
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
            char *file = print(path, "/", e->d_name);
            if (file != NULL) {
                unlink(file);
            }
            free(file);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    rmdir(path);
}

/* Is there anything at `path` that must not be replaced? */
static bool is_in_the_way(struct folder *f, const char *mark)
{
    struct stat st;
    int32_t n = 0;
    bool marked = false;

    if (stat(f->path, &st) != 0) {
        return false;
    }
    DIR *dir = S_ISDIR(st.st_mode) ? opendir(f->path) : NULL;
    if (dir == NULL) {
        complain(f, "use", f->path, S_ISDIR(st.st_mode) ? errno : ENOTDIR);
        return true;
    }
    for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
        n += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
        marked = marked || strcmp(e->d_name, mark) == 0;
    }
    closedir(dir);
    if (n > 0 && !marked) {
        diag_error(f->diag, COMMAND_LINE, "'%s' holds files that are no trace: not replaced",
                   f->path);
        f->failed = true;
    }
    return f->failed;
}

/* Make every folder on the way to `path`. */
static bool make_parents(struct folder *f, char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        bool made = mkdir(path, 0777) == 0 || errno == EEXIST;
        if (!made) {
            complain(f, "make the folder", path, errno);
        }
        *slash = '/';
        if (!made) {
            return false;
        }
    }
    return true;
}

enum { SUFFIX = 32 };

#define PARTIAL ".partial-"

static void print_suffix(char suffix[SUFFIX], long pid)
{
    snprintf(suffix, SUFFIX, PARTIAL "%ld", pid);
}

/* Is `name` what a process that no longer lives has left of the folder `stem`? */
static bool is_left_behind(const char *name, const char *stem)
{
    size_t n = strlen(stem);
    char *end = NULL;

    if (strncmp(name, stem, n) != 0 || strncmp(name + n, PARTIAL, strlen(PARTIAL)) != 0) {
        return false;
    }
    long pid = strtol(name + n + strlen(PARTIAL), &end, 10);
    return pid > 0 && *end == '\0' && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

/* Say what runs that were killed have left. It is not taken away: on a disk that machines share it may be
 * another one's that goes on. */
static void tell_left_behind(const struct folder *f)
{
    const char *slash = strrchr(f->path, '/');
    const char *stem = slash != NULL ? slash + 1 : f->path;
    char *above = print(f->path, "", "");
    DIR *dir = NULL;

    if (above != NULL) {
        above[stem - f->path] = '\0';
        dir = opendir(*above != '\0' ? above : ".");
    }
    for (struct dirent *e = dir != NULL ? readdir(dir) : NULL; e != NULL; e = readdir(dir)) {
        if (is_left_behind(e->d_name, stem)) {
            diag_warning(f->diag, COMMAND_LINE,
                         "'%s%s' is what a run that was killed has left: it can be removed", above,
                         e->d_name);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    free(above);
}

static void free_folder(struct folder *f)
{
    free(f->path);
    free(f->partial);
    free(f);
}

struct folder *folder_begin(const char *path, const char *mark, struct diag *d)
{
    struct folder *f = calloc(1, sizeof *f);
    char suffix[SUFFIX];
    size_t n = strlen(path);

    if (f == NULL) {
        return NULL;
    }
    print_suffix(suffix, (long)getpid());
    f->diag = d;
    f->path = print(path, "", "");
    while (f->path != NULL && n > 1 && f->path[n - 1] == '/') {
        f->path[--n] = '\0';
    }
    f->partial = f->path == NULL ? NULL : print(f->path, suffix, "");
    if (f->partial == NULL) {
        complain(f, "write", path, ENOMEM);
    } else if (n == 0) {
        complain(f, "make the folder", path, ENOENT);
    } else if (!is_in_the_way(f, mark) && make_parents(f, f->partial) &&
               mkdir(f->partial, 0777) != 0) {
        complain(f, "make the folder", f->path, errno);
    }
    if (f->failed) {
        free_folder(f);
        return NULL;
    }
    tell_left_behind(f);
    return f;
}

FILE *folder_open(struct folder *f, const char *name)
{
    char *path = print(f->partial, "/", name);
    FILE *file = path == NULL ? NULL : fopen(path, "w");

    if (file == NULL) {
        complain(f, "write", name, errno);
    }
    free(path);
    return file;
}

static void complain_of_file(struct folder *f, const char *name, int error)
{
    char *path = print(f->path, "/", name);

    complain(f, "write", path != NULL ? path : name, error);
    free(path);
}

void folder_write(struct folder *f, FILE *file, const char *name, const char *bytes, size_t n)
{
    if (fwrite(bytes, 1, n, file) < n) {
        complain_of_file(f, name, errno);
    }
}

bool folder_close(struct folder *f, FILE *file, const char *name)
{
    bool good = fflush(file) == 0 && ferror(file) == 0;
    int error = good ? 0 : output_why(file);

    if (fclose(file) != 0 && good) {
        good = false;
        error = errno;
    }
    if (!good) {
        complain_of_file(f, name, error);
    }
    return good;
}

/* What was there goes aside first, and comes back if the new one can't take its place. */
static void take_place(struct folder *f)
{
    char *old = print(f->partial, ".old", "");

    if (old == NULL) {
        complain(f, "write", f->path, ENOMEM);
        return;
    }
    bool moved = rename(f->path, old) == 0;
    if (!moved && errno != ENOENT) {
        complain(f, "replace", f->path, errno);
    } else if (rename(f->partial, f->path) != 0) {
        complain(f, "make the folder", f->path, errno);
        if (moved) {
            rename(old, f->path);
        }
    } else if (moved) {
        remove_all(old);
    }
    free(old);
}

bool folder_commit(struct folder *f)
{
    if (!f->failed) {
        take_place(f);
    }
    if (f->failed) {
        folder_abandon(f);
        return false;
    }
    free_folder(f);
    return true;
}

void folder_abandon(struct folder *f)
{
    if (f != NULL) {
        remove_all(f->partial);
        free_folder(f);
    }
}

bool folder_make(const char *path, struct diag *d)
{
    struct folder f = {.diag = d, .path = print(path, "/", "")};

    if (f.path == NULL) {
        complain(&f, "make the folder", path, ENOMEM);
    } else {
        make_parents(&f, f.path);
    }
    free(f.path);
    return !f.failed;
}

void folder_sweep(const char *path, long pid)
{
    char suffix[SUFFIX];

    print_suffix(suffix, pid);
    char *partial = print(path, suffix, "");
    if (partial != NULL) {
        remove_all(partial);
    }
    free(partial);
}
