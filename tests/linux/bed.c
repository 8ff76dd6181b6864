/* bed.c - see bed.h. */
#include "bed.h"

#include <errno.h>
#include <fcntl.h>
#include <gpiod.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_ms = 10000, NOBODY = 0x7F };

static long log_at; /* of the log, what was waited for */

/* ---- the kernel -------------------------------------------------------------------------------- */

typedef struct adapter { /* in the names that GObject wants */
    UMockdevIoctlBase parent;
    struct bed *bed;
    int bus;
} Adapter;
typedef struct {
    UMockdevIoctlBaseClass parent;
} AdapterClass;

static GType adapter_get_type(void);
G_DEFINE_TYPE(Adapter, adapter, UMOCKDEV_TYPE_IOCTL_BASE)

void bed_nap(int ms)
{
    struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000L};

    nanosleep(&t, NULL);
}

static uint64_t since_us(const struct bed *b)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)((t.tv_sec - b->since.tv_sec) * 1000000 +
                      (t.tv_nsec - b->since.tv_nsec) / 1000);
}

/* One transfer of one or two messages, as the pretend rack's port wants it; 0 or an errno. */
static int transfer(struct bed *b, int bus, struct i2c_msg m[], unsigned n, uint8_t *bytes[])
{
    struct rack_transfer *t = &b->rack.wire[bus];
    uint8_t rx[CTL_XFER_BYTES];

    memset(rx, 0xFF, sizeof rx);
    memset(t, 0, sizeof *t);
    t->rq.op = CTL_OP_TRANSFER;
    t->rq.address = (uint8_t)m[0].addr;
    for (unsigned i = 0; i < n; i++) {
        bool reads = (m[i].flags & I2C_M_RD) != 0;
        if (m[i].addr != m[0].addr || m[i].len > CTL_XFER_BYTES || (i == 0 && reads && n > 1)) {
            return EINVAL;
        }
        if (reads) {
            t->rq.n_rx = (uint8_t)m[i].len;
        } else {
            t->rq.n_tx = (uint8_t)m[i].len;
            memcpy(t->rq.tx, bytes[i], m[i].len);
        }
    }
    b->transfers++;
    b->clears += t->rq.address == NOBODY;
    b->rack.now = since_us(b);
    rack_settle(&b->rack);
    if (b->fail != 0) {
        return b->fail;
    }
    enum ctl_bus_status status = rack_end(&b->rack, bus, rx);
    for (unsigned i = 0; i < n; i++) {
        if ((m[i].flags & I2C_M_RD) != 0) {
            memcpy(bytes[i], rx, m[i].len);
        }
    }
    return status == CTL_BUS_OK ? 0 : status == CTL_BUS_NACK ? ENXIO : ETIMEDOUT;
}

static void answer(struct adapter *a, UMockdevIoctlClient *client, struct i2c_msg m[], unsigned n,
                   uint8_t *bytes[])
{
    g_mutex_lock(&a->bed->lock);
    int error = transfer(a->bed, a->bus, m, n, bytes);
    int takes_ms = error == ETIMEDOUT ? 50 : a->bed->hold_ms;
    a->bed->hold_ms = 0;
    g_mutex_unlock(&a->bed->lock);
    if (takes_ms > 0) {
        bed_nap(takes_ms);
    }
    umockdev_ioctl_client_complete(client, error == 0 ? (glong)n : -1, error);
}

/* What the pointer at `offset` of it points to; NULL: powergapd has been killed meanwhile. */
static UMockdevIoctlData *follow(UMockdevIoctlData *from, size_t offset, size_t bytes)
{
    return from == NULL ? NULL : umockdev_ioctl_data_resolve(from, offset, bytes, NULL);
}

static void rdwr(struct adapter *a, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
    struct i2c_rdwr_ioctl_data rq = {.nmsgs = 0};
    struct i2c_msg m[2];
    UMockdevIoctlData *buffer[2] = {NULL, NULL};
    uint8_t *bytes[2] = {NULL, NULL};
    g_autoptr(UMockdevIoctlData) all = follow(arg, 0, sizeof rq);

    if (all != NULL) {
        memcpy(&rq, all->data, sizeof rq);
        cr_assert(rq.nmsgs >= 1 && rq.nmsgs <= 2);
    }
    g_autoptr(UMockdevIoctlData) list =
        follow(all, offsetof(struct i2c_rdwr_ioctl_data, msgs), rq.nmsgs * sizeof m[0]);
    bool whole = list != NULL;
    for (unsigned i = 0; i < rq.nmsgs && whole; i++) {
        memcpy(&m[i], list->data + i * sizeof m[0], sizeof m[0]);
        buffer[i] = follow(list, i * sizeof m[0] + offsetof(struct i2c_msg, buf), m[i].len);
        whole = buffer[i] != NULL;
        bytes[i] = whole ? buffer[i]->data : NULL;
    }
    if (whole) {
        answer(a, client, m, rq.nmsgs, bytes);
    } else {
        umockdev_ioctl_client_complete(client, -1, EIO); /* to nobody */
    }
    g_clear_object(&buffer[0]);
    g_clear_object(&buffer[1]);
}

static void say_funcs(const struct adapter *a, UMockdevIoctlClient *client, UMockdevIoctlData *arg)
{
    g_autoptr(UMockdevIoctlData) word = follow(arg, 0, sizeof(unsigned long));
    unsigned long funcs = a->bed->funcs;

    if (word != NULL) {
        umockdev_ioctl_data_update(word, 0, (guint8 *)&funcs, sizeof funcs);
        umockdev_ioctl_client_complete(client, 0, 0);
    }
}

static gboolean handle(UMockdevIoctlBase *self, UMockdevIoctlClient *client)
{
    struct adapter *a = (struct adapter *)(void *)self;
    UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg(client);
    unsigned long value;

    memcpy(&value, arg->data, sizeof value);
    switch (umockdev_ioctl_client_get_request(client)) {
    case I2C_FUNCS:
        say_funcs(a, client, arg);
        return TRUE;
    case I2C_TIMEOUT:
        a->bed->timeout_10ms[a->bus] = value;
        umockdev_ioctl_client_complete(client, 0, 0);
        return TRUE;
    case I2C_RETRIES:
        a->bed->retries[a->bus] = value;
        umockdev_ioctl_client_complete(client, 0, 0);
        return TRUE;
    case I2C_RDWR:
        rdwr(a, client, arg);
        return TRUE;
    default:
        umockdev_ioctl_client_complete(client, -1, ENOTTY);
        return TRUE;
    }
}

static void adapter_class_init(AdapterClass *c)
{
    c->parent.handle_ioctl = handle;
}

static void adapter_init(Adapter *a)
{
    (void)a;
}

static void add_adapter(struct bed *b, int bus)
{
    struct adapter *a = g_object_new(adapter_get_type(), NULL);
    char text[256], dev[32];
    GError *error = NULL;

    a->bed = b;
    a->bus = bus;
    snprintf(dev, sizeof dev, "/dev/i2c-%d", bus + 1);
    snprintf(
        text, sizeof text,
        "P: /devices/bed/i2c-%d\nN: i2c-%d\nE: DEVNAME=%s\nE: SUBSYSTEM=i2c-dev\nA: dev=89:%d\n",
        bus + 1, bus + 1, dev, bus + 1);
    cr_assert(umockdev_testbed_add_from_string(b->kernel, text, &error), "%s",
              error != NULL ? error->message : "");
    cr_assert(umockdev_testbed_attach_ioctl(b->kernel, dev, UMOCKDEV_IOCTL_BASE(a), &error), "%s",
              error != NULL ? error->message : "");
}

/* ---- the bed ----------------------------------------------------------------------------------- */

void bed_write(const struct bed *b, const char *name, const char *text)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", b->folder, name);
    FILE *out = fopen(path, "w");
    cr_assert_not_null(out);
    fputs(text, out);
    fclose(out);
}

void bed_watch(struct bed *b)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};

    snprintf(at.sun_path, sizeof at.sun_path, "%s/notify", b->folder);
    b->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(b->notify, (struct sockaddr *)&at, sizeof at), 0);
    setenv("NOTIFY_SOCKET", at.sun_path, 1);
    setenv("WATCHDOG_USEC", "200000", 1);
    unsetenv("WATCHDOG_PID");
}

/* powergapd stands beside it. */
static const char *powergap(void)
{
    const char *path = getenv("POWERGAP");

    return path != NULL ? path : "build/gcc-O3/powergap";
}

static void set_environment(const struct bed *b)
{
    char preload[64] = "libumockdev-preload.so.0";
    char folder[256];

    snprintf(folder, sizeof folder, "%.*stests/linux/stand_in",
             (int)(strrchr(powergap(), '/') + 1 - powergap()), powergap());
    setenv("LD_LIBRARY_PATH", folder, 1);
    setenv("LD_PRELOAD", preload, 1);
    setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
    setenv("POWERGAP_PINS", b->folder, 1);
}

struct bed *bed_new(void)
{
    struct ctl_config cfg;
    struct bed *b = calloc(1, sizeof *b);
    char path[128];

    strcpy(b->folder, "/tmp/powergapd-XXXXXX");
    cr_assert_not_null(mkdtemp(b->folder));
    g_mutex_init(&b->lock);
    bed_table(&cfg);
    rack_start(&b->rack, &cfg, 1);
    memset(&b->rack.out, 0, sizeof b->rack.out); /* its own controller has no part in this */
    clock_gettime(CLOCK_MONOTONIC, &b->since);
    b->funcs = I2C_FUNC_I2C | I2C_FUNC_SMBUS_EMUL;
    snprintf(path, sizeof path, "%s/edges-%d", b->folder, BED_ALERT);
    cr_assert_eq(mkfifo(path, 0600), 0);
    bed_write(b, "level-5", "1");
    b->notify = -1;
    unsetenv("NOTIFY_SOCKET");
    b->kernel = umockdev_testbed_new();
    add_adapter(b, 0);
    add_adapter(b, 1);
    log_at = 0;
    return b;
}

void bed_free(struct bed *b)
{
    char command[128];

    if (b->pid > 0) {
        kill(b->pid, SIGKILL);
        waitpid(b->pid, NULL, 0);
    }
    if (b->notify >= 0) {
        close(b->notify);
    }
    g_object_unref(b->kernel);
    snprintf(command, sizeof command, "rm -rf '%s'", b->folder);
    unsetenv("LD_PRELOAD");
    cr_expect_eq(system(command), 0);
    free(b);
}

static void log_path(const struct bed *b, char path[128])
{
    snprintf(path, 128, "%s/log", b->folder);
}

void bed_start(struct bed *b, const char *const words[])
{
    char program[256], state[128], log[128];
    char *argv[40] = {program};
    int n = 1;

    snprintf(program, sizeof program, "%sd", powergap());
    snprintf(state, sizeof state, "%s/state", b->folder);
    log_path(b, log);
    const char *const first[] = {"--state", state, "--priority", "0"};
    for (int i = 0; i < 4; i++) {
        argv[n++] = (char *)(uintptr_t)first[i];
    }
    for (int i = 0; words[i] != NULL; i++) {
        argv[n++] = (char *)(uintptr_t)words[i];
    }
    argv[n++] = (char *)(uintptr_t)BED_RACK;
    argv[n] = NULL;
    b->pid = fork();
    cr_assert_geq(b->pid, 0);
    if (b->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nothing behind */
        int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
        dup2(fd, STDERR_FILENO);
        dup2(fd, STDOUT_FILENO);
        set_environment(b);
        execv(program, argv);
        _exit(127);
    }
}

int bed_wait(struct bed *b)
{
    int status = 0;

    for (int ms = 0; waitpid(b->pid, &status, WNOHANG) == 0; ms += 10) {
        cr_assert_lt(ms, PATIENCE_ms, "powergapd does not end");
        bed_nap(10);
    }
    b->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

int bed_stop(struct bed *b)
{
    kill(b->pid, SIGTERM);
    return bed_wait(b);
}

/* ---- looking ----------------------------------------------------------------------------------- */

const char *bed_log(const struct bed *b)
{
    static char text[1 << 20];
    char path[128];

    log_path(b, path);
    FILE *in = fopen(path, "r");
    size_t n = in != NULL ? fread(text, 1, sizeof text - 1, in) : 0;
    text[n] = '\0';
    if (in != NULL) {
        fclose(in);
    }
    return text;
}

void bed_expect(struct bed *b, const char *line)
{
    for (int ms = 0;; ms += 10) {
        const char *text = bed_log(b);
        const char *found = strstr(text + log_at, line);
        if (found != NULL) {
            log_at = found - text + (long)strlen(line);
            return;
        }
        int status = 0;
        cr_assert_eq(waitpid(b->pid, &status, WNOHANG), 0,
                     "powergapd has ended (%04X) before '%s':\n%s", (unsigned)status, line, text);
        cr_assert_lt(ms, PATIENCE_ms, "'%s' is not in the log behind %ld:\n%s", line, log_at, text);
        bed_nap(10);
    }
}

bool bed_said(const struct bed *b, const char *words)
{
    return strstr(bed_log(b), words) != NULL;
}

void bed_pass(struct bed *b, int transfers)
{
    g_mutex_lock(&b->lock);
    int until = b->transfers + transfers;
    g_mutex_unlock(&b->lock);
    for (int ms = 0;; ms += 10) {
        g_mutex_lock(&b->lock);
        int now = b->transfers;
        g_mutex_unlock(&b->lock);
        if (now >= until) {
            return;
        }
        cr_assert_lt(ms, PATIENCE_ms, "%d transfers, %d were waited for", now, until);
        bed_nap(10);
    }
}

void bed_expect_notice(struct bed *b, const char *word)
{
    struct pollfd p = {.fd = b->notify, .events = POLLIN};
    char text[512];

    for (;;) {
        cr_assert_eq(poll(&p, 1, PATIENCE_ms), 1, "systemd is not told %s", word);
        ssize_t n = recv(b->notify, text, sizeof text - 1, 0);
        text[n > 0 ? n : 0] = '\0';
        if (strstr(text, word) != NULL) {
            return;
        }
    }
}

void bed_alert(struct bed *b, bool level)
{
    struct gpiod_line_event e = {.event_type = level ? GPIOD_LINE_EVENT_RISING_EDGE
                                                     : GPIOD_LINE_EVENT_FALLING_EDGE};
    char path[128];

    bed_write(b, "level-5", level ? "1" : "0");
    clock_gettime(CLOCK_MONOTONIC, &e.ts);
    snprintf(path, sizeof path, "%s/edges-%d", b->folder, BED_ALERT);
    int fd = open(path, O_WRONLY | O_NONBLOCK);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, &e, sizeof e), (ssize_t)sizeof e);
    close(fd);
}

void bed_outputs(const struct bed *b, char text[], size_t room)
{
    char path[128];

    snprintf(path, sizeof path, "%s/out", b->folder);
    FILE *in = fopen(path, "r");
    size_t n = in != NULL ? fread(text, 1, room - 1, in) : 0;
    text[n] = '\0';
    if (in != NULL) {
        fclose(in);
    }
}

int bed_writes(struct bed *b)
{
    g_mutex_lock(&b->lock);
    int n = b->rack.writes;
    g_mutex_unlock(&b->lock);
    return n;
}

int bed_operations(struct bed *b)
{
    g_mutex_lock(&b->lock);
    int n = rack_operations(&b->rack);
    g_mutex_unlock(&b->lock);
    return n;
}

bool bed_feeds(struct bed *b, int sw)
{
    g_mutex_lock(&b->lock);
    bool closed = b->rack.pin[sw];
    g_mutex_unlock(&b->lock);
    return closed;
}

int bed_transfers(struct bed *b)
{
    g_mutex_lock(&b->lock);
    int n = b->transfers;
    g_mutex_unlock(&b->lock);
    return n;
}

int bed_clears(struct bed *b)
{
    g_mutex_lock(&b->lock);
    int n = b->clears;
    g_mutex_unlock(&b->lock);
    return n;
}

/* ---- doing ------------------------------------------------------------------------------------- */

void bed_bind(const struct bed *b, const char *device, const char *driver)
{
    char command[512];
    gchar *sys = umockdev_testbed_get_sys_dir(b->kernel);

    snprintf(command, sizeof command,
             "mkdir -p '%s/bus/i2c/drivers/%s' '%s/bus/i2c/devices/%s' && "
             "ln -s '../../drivers/%s' '%s/bus/i2c/devices/%s/driver'",
             sys, driver, sys, device, driver, sys, device);
    cr_assert_eq(system(command), 0);
    g_free(sys);
}

void bed_break(struct bed *b, int supply)
{
    g_mutex_lock(&b->lock);
    b->rack.psu[supply].dead = true;
    g_mutex_unlock(&b->lock);
}

void bed_weaken(struct bed *b)
{
    g_mutex_lock(&b->lock);
    b->rack.cfg.bars[0].load_mW = 4500000;
    g_mutex_unlock(&b->lock);
}

void bed_hold(struct bed *b, int ms)
{
    g_mutex_lock(&b->lock);
    b->hold_ms = ms;
    g_mutex_unlock(&b->lock);
}

void bed_fail(struct bed *b, int error)
{
    g_mutex_lock(&b->lock);
    b->fail = error;
    g_mutex_unlock(&b->lock);
}
