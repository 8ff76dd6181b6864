/* i2c.h - an I2C adapter of the Linux kernel, /dev/i2c-N: the one door to it.
 *
 *   source    Linux, Documentation/i2c/dev-interface.rst, fault-codes.rst
 *   checked   tests/linux/test_powergapd.c, against umockdev's kernel */
#ifndef HIL_LINUX_I2C_H
#define HIL_LINUX_I2C_H

#include "controller/ctl_io.h"

#include <stdbool.h>
#include <stdint.h>

enum { I2C_WHY = 512 };

/* Open it for ourselves alone, and see that it can do what is wanted: messages of any length with a
 * repeated START between them, given up after timeout_ms, not repeated by the driver.
 *
 *   returns   the file descriptor; -1: `why` says what stands against it and what helps, as a sentence */
int i2c_open(const char *path, unsigned timeout_ms, char why[I2C_WHY]);

/* Is this address left to us? False: a driver of the kernel has it, and would speak in between. */
bool i2c_is_free(const char *path, uint8_t address, char why[I2C_WHY]);

/* Write n_tx bytes, then, after a repeated START, read n_rx bytes; either may be 0. Ends within the
 * time-out where the adapter's driver keeps it.
 *
 *   *error    errno of a transfer that did not go well; 0 */
enum ctl_bus_status i2c_transfer(int fd, uint8_t address, const uint8_t tx[], uint8_t n_tx,
                                 uint8_t rx[], uint8_t n_rx, int *error);

/* Free a device that holds the data line. Nine clocks are not for us to give: a driver that finds its bus
 * held gives them itself, where it was told how (scl-gpios, sda-gpios of a device tree). So it is made
 * to look: by an address that nobody has, nine clocks and a STOP. CTL_BUS_OK: the bus is free. */
enum ctl_bus_status i2c_clear(int fd, int *error);

void i2c_close(int fd);

#endif
