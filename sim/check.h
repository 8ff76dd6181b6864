/* check.h - a broken invariant of ours: the run stops and says where and when. Always on. */
#ifndef SIM_CHECK_H
#define SIM_CHECK_H

#include <stdint.h>

#define CHECK(x) ((x) ? (void)0 : check_failed(#x, __FILE__, __LINE__))

/* Prints the message with the simulated time of the run under way and exits with 3. */
_Noreturn void check_failed(const char *what, const char *file, int line);

/* The instant printed by check_failed(); kept by the plant. */
void check_set_time(int64_t now_ns);

#endif
