/* serial.h - a serial port of this machine, or a pseudo-terminal. */
#ifndef HIL_SERIAL_H
#define HIL_SERIAL_H

#include <stdbool.h>
#include <stdint.h>

/* Open it for ourselves alone, raw, 8 bits, no parity, no flow control, not blocking. Returns the file
 * descriptor; -1: errno says why, EINVAL an unknown speed, EBUSY somebody else has it. */
int serial_open(const char *path, uint32_t baud);

/* Give it back. */
void serial_close(int fd);

#endif
