/* digest.h - the SHA-256 of a file that was read, as sha256sum(1) prints it. */
#ifndef SIM_DIGEST_H
#define SIM_DIGEST_H

#include <stddef.h>

enum { DIGEST_SIZE = 65 }; /* 64 hexadecimal digits and the end */

void digest_of(const char *bytes, size_t size, char digest[DIGEST_SIZE]);

#endif
