/* suite_run.c - forks, reads two pipes of each child, and makes an outcome of how it ended.
 *
 * Checked by tests/sim/test_suite.sh. */
#include "suite_run.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "folder.h"
#include "words.h"

enum { LOOK_ms = 200, PIPES = 2, LAST_WORDS = 16 * 1024 };
enum { PIPE_OUTCOME, PIPE_STDERR };

/* What has come out of a pipe. */
struct heard {
    int fd; /* -1: it has ended */
    char *bytes;
    size_t size, room;
};

/* One run: one process. */
struct task {
    pid_t pid; /* 0: this place is free */
    int32_t index;
    bool keeps; /* it is the one of its repeats whose trace is kept */
    bool late;  /* killed for it */
    double begun_s;
    struct heard pipe[PIPES];
};

struct runner {
    const struct suite *suite;
    const struct suite_options *options;
    const struct suite_ear *ear;
    struct arena *arena;
    struct outcome *outcomes;
    int32_t *left; /* runs of each case that have not ended */
    struct task *tasks;
    int32_t running;
    int64_t next; /* run to start: case * repeat + repetition */
    enum suite_go go;
};

static double clock_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static const char *folder_of(const struct runner *r, const struct task *t)
{
    return r->options->out == NULL || !t->keeps
               ? NULL
               : arena_print(r->arena, "%s/%s", r->options->out, r->suite->cases[t->index].name);
}

/* ---- begin --------------------------------------------------------------------------------------- */

/* In the child. Ctrl-C is for the parent, who ends us. */
static _Noreturn void become_run(const struct runner *r, const struct task *t, int out, int err,
                                 pid_t parent)
{
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    FILE *to = fdopen(out, "w");
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent || to == NULL ||
        dup2(err, STDERR_FILENO) < 0) {
        _exit(EXIT_OURS);
    }
    close(err);
    int status = (int)suite_play(r->suite->cases[t->index].path, folder_of(r, t), to);
    _exit(fclose(to) == 0 ? status : EXIT_OURS);
}

static bool start(const struct runner *r, struct task *t)
{
    int out[2];
    int err[2];
    pid_t parent = getpid();

    if (pipe(out) != 0) {
        return false;
    }
    if (pipe(err) != 0) {
        close(out[0]);
        close(out[1]);
        return false;
    }
    fflush(stdout);
    fflush(stderr);
    t->begun_s = clock_s();
    t->pid = fork();
    if (t->pid == 0) {
        close(out[0]);
        close(err[0]);
        become_run(r, t, out[1], err[1], parent);
    }
    close(out[1]);
    close(err[1]);
    t->pipe[PIPE_OUTCOME] = (struct heard){.fd = out[0]};
    t->pipe[PIPE_STDERR] = (struct heard){.fd = err[0]};
    if (t->pid < 0) {
        close(out[0]);
        close(err[0]);
    }
    return t->pid > 0;
}

/* ---- listen -------------------------------------------------------------------------------------- */

static void hear(struct heard *h)
{
    if (h->room - h->size < 4096) {
        size_t room = h->room == 0 ? 16384 : 2 * h->room;
        char *bytes = realloc(h->bytes, room);
        if (bytes == NULL) { /* it ends early, and is an error then */
            close(h->fd);
            h->fd = -1;
            return;
        }
        h->bytes = bytes;
        h->room = room;
    }
    ssize_t n = read(h->fd, h->bytes + h->size, h->room - h->size - 1);
    if (n > 0) {
        h->size += (size_t)n;
    } else if (n == 0 || errno != EINTR) {
        close(h->fd);
        h->fd = -1;
    }
}

static void listen_to_all(struct runner *r, int wait_ms)
{
    int32_t n = 0;
    int32_t jobs = r->options->jobs;
    struct arena *scratch = arena_new();
    struct heard **of = arena_array(scratch, (size_t)jobs * PIPES, sizeof *of);
    struct pollfd *polled = arena_array(scratch, (size_t)jobs * PIPES, sizeof *polled);

    for (int32_t i = 0; i < jobs; i++) {
        for (int k = 0; r->tasks[i].pid > 0 && k < PIPES; k++) {
            if (r->tasks[i].pipe[k].fd >= 0) {
                of[n] = &r->tasks[i].pipe[k];
                polled[n] = (struct pollfd){.fd = of[n]->fd, .events = POLLIN};
                n++;
            }
        }
    }
    if (poll(polled, (nfds_t)n, wait_ms) > 0) {
        for (int32_t i = 0; i < n; i++) {
            if (polled[i].revents != 0) {
                hear(of[i]);
            }
        }
    }
    arena_free(scratch);
}

/* ---- end ----------------------------------------------------------------------------------------- */

/* What was said, and the last words of the process behind it. */
static const char *all_said(struct arena *a, const char *said, const struct heard *err)
{
    int n = (int)(err->size < LAST_WORDS ? err->size : LAST_WORDS);
    bool ends = n == 0 || err->bytes[n - 1] == '\n';
    char *text = arena_print(a, "%s%.*s%s", said, n, n > 0 ? err->bytes : "", ends ? "" : "\n");

    for (char *c = text; *c != '\0'; c++) {
        *c = (unsigned char)*c < ' ' && *c != '\n' ? ' ' : *c;
    }
    return text;
}

/* The first error that was reported; else the first line. */
static const char *first_error(struct arena *a, const char *said)
{
    const char *error = strstr(said, "error: ");
    const char *line = error != NULL ? error : said;

    while (line > said && line[-1] != '\n') {
        line--;
    }
    return arena_text(a, line, strcspn(line, "\n"));
}

static const char *why_killed(struct arena *a, const struct runner *r, const struct task *t,
                              int signal_number)
{
    char limit[WORDS_TIME];

    if (t->late) {
        return arena_print(a, "hangs: was not done after %s",
                           words_time(limit, ns_to_s(r->options->timeout)));
    }
    return arena_print(a, "ended by signal %d (%s)", signal_number, strsignal(signal_number));
}

/* How the process ended makes an error of its outcome, unless all went well. */
static void judge_end_of(const struct runner *r, const struct task *t, int status, bool complete,
                         struct outcome *o)
{
    struct arena *a = r->arena;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

    if (code == SUITE_PLAYED && complete) {
        o->exit = o->status == CASE_PASS ? EXIT_GOOD : EXIT_FAILED;
        return;
    }
    o->status = CASE_ERROR;
    o->exit = code == SUITE_REFUSED ? EXIT_USE : EXIT_OURS;
    o->unkept = code == SUITE_UNKEPT;
    if (WIFSIGNALED(status)) {
        o->why = why_killed(a, r, t, WTERMSIG(status));
    } else if (code == SUITE_REFUSED || code == SUITE_UNKEPT) {
        o->why = first_error(a, o->said);
    } else {
        o->why = arena_print(a, "ended with exit status %d: %s", code,
                             o->said[0] != '\0' ? first_error(a, o->said) : "without a word");
    }
}

/* Several runs of one case: the one that is kept counts, unless another is an error; all must have
 * gone the same way. */
static void merge(struct arena *a, struct outcome *into, const struct outcome *o, bool keeps)
{
    struct outcome before = *into;
    bool is_first = before.status == CASE_NOT_RUN;
    bool was_error = before.status == CASE_ERROR;

    if (is_first || (!was_error && (keeps || o->status == CASE_ERROR))) {
        *into = *o;
    }
    if (!is_first && !was_error && o->status != CASE_ERROR && before.hash != o->hash) {
        into->status = CASE_ERROR;
        into->exit = EXIT_OURS;
        into->why =
            arena_print(a, "two runs of it differ: event hashes %016" PRIx64 " and %016" PRIx64,
                        before.hash, o->hash);
    }
}

/* Leaves the place free. */
static struct outcome finish(struct runner *r, struct task *t)
{
    struct heard *out = &t->pipe[PIPE_OUTCOME];
    struct heard *err = &t->pipe[PIPE_STDERR];
    struct outcome o;
    int status = 0;

    while (waitpid(t->pid, &status, 0) < 0 && errno == EINTR) {
    }
    while (out->size > 0 && out->bytes[out->size - 1] != '\n') {
        out->size--; /* it was killed in the middle of a line */
    }
    bool complete = outcome_read(&o, r->arena, out->bytes, out->size);
    o.wall_s = clock_s() - t->begun_s;
    o.said = all_said(r->arena, o.said, err);
    judge_end_of(r, t, status, complete, &o);
    if (WIFSIGNALED(status) && folder_of(r, t) != NULL) {
        folder_sweep(folder_of(r, t), (long)t->pid);
    }
    free(out->bytes);
    free(err->bytes);
    t->pid = 0;
    r->running--;
    return o;
}

static void take(struct runner *r, struct task *t)
{
    int32_t i = t->index;
    struct outcome o = finish(r, t);

    merge(r->arena, &r->outcomes[i], &o, t->keeps);
    if (--r->left[i] == 0) {
        enum suite_go go = r->ear->ended(r->ear->ctx, i);
        r->go = go > r->go ? go : r->go;
    }
}

static void kill_all(struct runner *r)
{
    for (int32_t i = 0; i < r->options->jobs; i++) {
        struct task *t = &r->tasks[i];
        if (t->pid > 0) {
            kill(t->pid, SIGKILL);
            for (int k = 0; k < PIPES; k++) {
                if (t->pipe[k].fd >= 0) {
                    close(t->pipe[k].fd);
                }
            }
            finish(r, t);
        }
    }
}

/* ---- all of them --------------------------------------------------------------------------------- */

static void start_some(struct runner *r)
{
    int32_t repeat = r->options->repeat;

    for (int32_t i = 0; i < r->options->jobs && r->go == SUITE_ON; i++) {
        struct task *t = &r->tasks[i];
        if (t->pid > 0 || r->next == (int64_t)r->suite->n * repeat) {
            continue;
        }
        *t = (struct task){.index = (int32_t)(r->next / repeat), .keeps = r->next % repeat == 0};
        if (!start(r, t)) {
            t->pid = 0;
            if (r->running == 0) { /* else try again when one has ended */
                fprintf(stderr, "powergap test: can't start a process: %s\n", strerror(errno));
                r->go = SUITE_KILL;
            }
            return;
        }
        r->running++;
        r->next++;
    }
}

static void take_those_that_ended(struct runner *r)
{
    for (int32_t i = 0; i < r->options->jobs && r->go != SUITE_KILL; i++) {
        struct task *t = &r->tasks[i];
        if (t->pid > 0 && t->pipe[PIPE_OUTCOME].fd < 0 && t->pipe[PIPE_STDERR].fd < 0) {
            take(r, t);
        } else if (t->pid > 0 && !t->late &&
                   clock_s() - t->begun_s > ns_to_s(r->options->timeout)) {
            t->late = true;
            kill(t->pid, SIGKILL);
        }
    }
}

static void tell_waiting(const struct runner *r)
{
    struct suite_now now = {.running = r->running, .oldest = -1};
    double at = clock_s();

    for (int32_t i = 0; i < r->options->jobs; i++) {
        const struct task *t = &r->tasks[i];
        if (t->pid > 0 && (now.oldest < 0 || at - t->begun_s > now.oldest_s)) {
            now.oldest = t->index;
            now.oldest_s = at - t->begun_s;
        }
    }
    r->ear->waiting(r->ear->ctx, &now);
}

void suite_run(const struct suite *s, const struct suite_options *o, struct arena *a,
               struct outcome outcomes[], const struct suite_ear *ear)
{
    struct runner r = {.suite = s, .options = o, .ear = ear, .arena = a, .outcomes = outcomes};

    r.left = arena_array(a, (size_t)s->n + 1, sizeof *r.left);
    r.tasks = arena_array(a, (size_t)o->jobs, sizeof *r.tasks);
    for (int32_t i = 0; i < s->n; i++) {
        outcomes[i] = outcome_none();
        r.left[i] = o->repeat;
    }
    start_some(&r);
    while (r.running > 0 && r.go != SUITE_KILL && *o->stop == 0) {
        listen_to_all(&r, LOOK_ms);
        take_those_that_ended(&r);
        tell_waiting(&r);
        if (*o->stop == 0) {
            start_some(&r);
        }
    }
    kill_all(&r);
    for (int32_t i = 0; i < s->n; i++) {
        if (r.left[i] > 0) { /* one of several runs says nothing yet */
            outcomes[i] = outcome_none();
        }
    }
}
