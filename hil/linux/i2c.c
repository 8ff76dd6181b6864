/* i2c.c - what is asked of /dev/i2c-N, and what its errors mean.  Checked by tests/linux/test_powergapd.c. */
#define _DEFAULT_SOURCE /* flock */
#include "i2c.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* SMBus reserves it, so that no device has it (I2C-bus specification, table 4: 1111 1XX). */
enum { NOBODY = 0x7F };

enum { I2C_MAJOR = 89, MINORS = 256 }; /* Documentation/admin-guide/devices.txt */

/* ---- opening ----------------------------------------------------------------------------------- */

/* N of /dev/i2c-N, under whatever name udev has given it; -1: it is no such device. */
static long number_of(const char *path)
{
    struct stat s;

    return stat(path, &s) == 0 && S_ISCHR(s.st_mode) && major(s.st_rdev) == I2C_MAJOR
               ? (long)minor(s.st_rdev)
               : -1;
}

/* A line of a file in /sys; "": there is none. */
static void read_line(const char *path, char text[], int room)
{
    FILE *in = fopen(path, "re");

    text[0] = '\0';
    if (in != NULL) {
        if (fgets(text, room, in) == NULL) {
            text[0] = '\0';
        }
        text[strcspn(text, "\n")] = '\0';
        (void)fclose(in);
    }
}

/* "aspeed i2c bus"; what the kernel calls this adapter. */
static void name_of(const char *path, char name[64])
{
    char file[96];

    (void)snprintf(file, sizeof file, "/sys/bus/i2c/devices/i2c-%ld/name", number_of(path));
    read_line(file, name, 64);
    if (name[0] == '\0') {
        (void)snprintf(name, 64, "adapter");
    }
}

static void say_missing(const char *path, char why[I2C_WHY])
{
    bool there[MINORS] = {false};
    bool any = false;
    DIR *folder = opendir("/dev");
    size_t at = (size_t)snprintf(why, I2C_WHY, "there is no %.100s; there is", path);

    for (const struct dirent *e; folder != NULL && (e = readdir(folder)) != NULL;) {
        unsigned long n =
            strncmp(e->d_name, "i2c-", 4) == 0 ? strtoul(&e->d_name[4], NULL, 10) : MINORS;
        if (n < MINORS) {
            there[n] = true;
        }
    }
    for (int n = 0; n < MINORS && at < I2C_WHY; n++) {
        if (there[n]) {
            at += (size_t)snprintf(why + at, I2C_WHY - at, "%s /dev/i2c-%d", any ? "," : "", n);
            any = true;
        }
    }
    if (!any) {
        (void)snprintf(why + at, I2C_WHY - at,
                       " no /dev/i2c-N at all: 'modprobe i2c-dev' makes them");
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
}

static void say_not_opened(const char *path, char why[I2C_WHY])
{
    if (errno == ENOENT) {
        say_missing(path, why);
    } else if (errno == EACCES || errno == EPERM) {
        (void)snprintf(why, I2C_WHY,
                       "no permission for %.200s: run as root, or join the group that has it "
                       "(Debian: 'adduser USER i2c')",
                       path);
    } else {
        (void)snprintf(why, I2C_WHY, "%.200s: %s", path, strerror(errno));
    }
}

static bool set_up(int fd, const char *path, unsigned timeout_ms, char why[I2C_WHY])
{
    unsigned long can = 0;
    char name[64];

    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        (void)snprintf(why, I2C_WHY, "%.200s is taken, by another powergapd or by another --bus",
                       path);
        return false;
    }
    if (ioctl(fd, I2C_FUNCS, &can) != 0) {
        (void)snprintf(why, I2C_WHY, "%.200s is no I2C adapter: %s", path, strerror(errno));
        return false;
    }
    if ((can & I2C_FUNC_I2C) == 0) {
        name_of(path, name);
        (void)snprintf(
            why, I2C_WHY,
            "%.200s (%s) does SMBus commands only, not plain I2C messages: its functions "
            "are %08lx, I2C_FUNC_I2C is not among them. PEC needs them: take another adapter",
            path, name, can);
        return false;
    }
    /* In units of 10 ms. A repeat would hide what the controller counts. */
    if (ioctl(fd, I2C_TIMEOUT, (unsigned long)(timeout_ms + 9) / 10) != 0 ||
        ioctl(fd, I2C_RETRIES, 0UL) != 0) {
        (void)snprintf(why, I2C_WHY, "%.200s takes no time-out: %s", path, strerror(errno));
        return false;
    }
    return true;
}

int i2c_open(const char *path, unsigned timeout_ms, char why[I2C_WHY])
{
    int fd = open(path, O_RDWR | O_CLOEXEC);

    if (fd < 0) {
        say_not_opened(path, why);
    } else if (!set_up(fd, path, timeout_ms, why)) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

bool i2c_is_free(const char *path, uint8_t address, char why[I2C_WHY])
{
    char device[32];
    char link[96];
    char driver[256];
    long n = number_of(path);

    (void)snprintf(device, sizeof device, "%ld-%04x", n, address);
    (void)snprintf(link, sizeof link, "/sys/bus/i2c/devices/%s/driver", device);
    ssize_t length = n >= 0 ? readlink(link, driver, sizeof driver - 1) : -1;
    if (length < 0) {
        return true;
    }
    driver[length] = '\0';
    const char *slash = strrchr(driver, '/');
    const char *name = slash != NULL ? slash + 1 : driver;
    (void)snprintf(
        why, I2C_WHY,
        "address 0x%02X on %.100s is held by the kernel's driver '%.64s', which would speak in "
        "between: 'echo %s >/sys/bus/i2c/drivers/%.64s/unbind', and take it out of the "
        "device tree",
        address, path, name, device, name);
    return false;
}

/* ---- transfers --------------------------------------------------------------------------------- */

/* Nobody acknowledged, or something held the bus. Drivers agree on the first two; whatever else they
 * say, the bus is to be recovered. */
static enum ctl_bus_status meaning_of(int error)
{
    return error == ENXIO || error == EREMOTEIO ? CTL_BUS_NACK : CTL_BUS_TIMEOUT;
}

enum ctl_bus_status i2c_transfer(int fd, uint8_t address, const uint8_t tx[], uint8_t n_tx,
                                 uint8_t rx[], uint8_t n_rx, int *error)
{
    uint8_t out[CTL_XFER_BYTES];
    struct i2c_msg messages[2] = {{.addr = address, .len = n_tx, .buf = out},
                                  {.addr = address, .flags = I2C_M_RD, .len = n_rx, .buf = rx}};
    bool reads = n_rx > 0;
    bool writes = n_tx > 0 || !reads;
    struct i2c_rdwr_ioctl_data all = {.msgs = &messages[writes ? 0 : 1],
                                      .nmsgs = (unsigned)writes + (unsigned)reads};

    memcpy(out, tx, n_tx);
    *error = ioctl(fd, I2C_RDWR, &all) == (int)all.nmsgs ? 0 : errno;
    return *error == 0 ? CTL_BUS_OK : meaning_of(*error);
}

enum ctl_bus_status i2c_clear(int fd, int *error)
{
    uint8_t byte = 0xFF;
    enum ctl_bus_status status = i2c_transfer(fd, NOBODY, &byte, 0, &byte, 1, error);

    return status == CTL_BUS_TIMEOUT ? CTL_BUS_TIMEOUT : CTL_BUS_OK;
}

void i2c_close(int fd)
{
    (void)close(fd);
}
