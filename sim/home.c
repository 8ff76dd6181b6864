/* home.c - the program asks the system where it is, so that a prefix can be packed, moved, and chosen
 * after it was built.  Checked by tests/sim/test_install.sh. */
#include "home.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

const char *home_data(void)
{
    static char data[PATH_SIZE + 32];
    char program[PATH_SIZE];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program);

    for (int up = 0; n > 0 && up < 2; up++) { /* the program's name, then its folder's */
        while (n > 0 && program[--n] != '/') {
        }
    }
    if (n >= 0) {
        snprintf(data, sizeof data, "%.*s/share/powergap", (int)n, program);
    } else { /* no /proc */
        snprintf(data, sizeof data, "/usr/local/share/powergap");
    }
    return data;
}
