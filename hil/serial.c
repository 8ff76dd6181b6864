/* serial.c - termios. libserialport, else our choice, refuses the pseudo-terminals that the tests and
 * emulators offer. Checked by tests/hil/test_transport.c. */
#define _DEFAULT_SOURCE /* speeds above 38400 */
#include "serial.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

struct speed {
    uint32_t baud;
    speed_t code;
};

static const struct speed speeds[] = {{9600, B9600},       {19200, B19200},     {38400, B38400},
                                      {57600, B57600},     {115200, B115200},   {230400, B230400},
                                      {460800, B460800},   {500000, B500000},   {921600, B921600},
                                      {1000000, B1000000}, {1500000, B1500000}, {2000000, B2000000},
                                      {3000000, B3000000}, {4000000, B4000000}};

static speed_t code_of(uint32_t baud)
{
    for (unsigned i = 0; i < sizeof speeds / sizeof *speeds; i++) {
        if (speeds[i].baud == baud) {
            return speeds[i].code;
        }
    }
    return B0;
}

static bool set_up(int fd, speed_t speed)
{
    struct termios t;

    if (tcgetattr(fd, &t) != 0) {
        return false;
    }
    cfmakeraw(&t);
    t.c_cflag |= (tcflag_t)(CLOCAL | CREAD);
    t.c_cflag &= ~(tcflag_t)(CSTOPB | CRTSCTS);
    t.c_cc[VMIN] = 0;
    t.c_cc[VTIME] = 0;
    return cfsetispeed(&t, speed) == 0 && cfsetospeed(&t, speed) == 0 &&
           tcsetattr(fd, TCSANOW, &t) == 0 && tcflush(fd, TCIOFLUSH) == 0;
}

int serial_open(const char *path, uint32_t baud)
{
    speed_t speed = code_of(baud);

    if (speed == B0) {
        errno = EINVAL;
        return -1;
    }
    int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) {
        return -1;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        (void)close(fd);
        errno = EBUSY;
        return -1;
    }
    if (!set_up(fd, speed)) {
        int why = errno;
        (void)close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

void serial_close(int fd)
{
    (void)tcflush(fd, TCIOFLUSH);
    (void)close(fd);
}
