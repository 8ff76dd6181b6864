/* draw.h - a circuit drawn at random: bars fed by supplies directly or through switches, resistors
 * and inductors, servers behind diodes, ties, shorts, trips, bounces, fades; now and then with equal
 * values and equal times, where order decides. The same seed gives the same circuit. */
#ifndef TESTS_ORACLE_DRAW_H
#define TESTS_ORACLE_DRAW_H

#include <stddef.h>
#include <stdint.h>

/* In the notation of ckt.h. */
void draw(uint64_t seed, char *text, size_t room);

#endif
