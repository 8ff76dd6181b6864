/* digest.c - the door to libmd. */
#include "digest.h"

#include <sha2.h>

void digest_of(const char *bytes, size_t size, char digest[DIGEST_SIZE])
{
    (void)SHA256Data((const uint8_t *)bytes, size, digest);
}
