/* waves_fst.c - is an FST file there in full? vcd2fst does not say that a disk is full.
 *
 * A file is a row of blocks, each a type in one byte and a length in eight, high byte first, which
 * counts itself but not the type; the names of the waves come last. One that was cut short ends within
 * a block or lacks them.  Checked by tests/sim/test_waves.sh. */
#include <stdint.h>

#include "waves_inside.h"

enum {
    LENGTH = 8,
    BLOCK_HEADER = 0,
    BLOCK_NAMES = 4,
    BLOCK_NAMES_LZ4 = 6,
    BLOCK_NAMES_LZ4_TWICE = 7
};

bool waves_fst_is_whole(FILE *in)
{
    bool header = false;
    bool names = false;
    uint8_t block[1 + LENGTH];
    long size = fseek(in, 0, SEEK_END) == 0 ? ftell(in) : -1;

    for (long at = 0; at < size;) {
        uint64_t length = 0;
        if (fseek(in, at, SEEK_SET) != 0 || fread(block, 1, sizeof block, in) != sizeof block) {
            return false;
        }
        for (int i = 1; i <= LENGTH; i++) {
            length = length << 8 | block[i];
        }
        if (length < LENGTH || length > (uint64_t)(size - at - 1)) {
            return false;
        }
        header = header || block[0] == BLOCK_HEADER;
        names = names || block[0] == BLOCK_NAMES || block[0] == BLOCK_NAMES_LZ4 ||
                block[0] == BLOCK_NAMES_LZ4_TWICE;
        at += 1 + (long)length;
    }
    return header && names;
}
