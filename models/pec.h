/* pec.h - the packet error code of SMBus: CRC-8, polynomial x^8 + x^2 + x + 1, start value 0.
 *
 * Over every byte on the wire of a transfer, addresses with their read bit included [S76]. */
#ifndef MODELS_PEC_H
#define MODELS_PEC_H

#include <stddef.h>
#include <stdint.h>

/* The code of what gave `crc` so far (0 at first) and these bytes. */
uint8_t pec_over(uint8_t crc, const uint8_t bytes[], size_t n);

#endif
