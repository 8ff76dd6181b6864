/* chips.c - the rows.  Sources: hardware data sheets as named; T_ac_on_delay (3 s) and T_pwok_on
 * (500 ms) of the common redundant supply guides bound start_us. */
#include "chips.h"

#include "ctl_config.h"

enum { VOUT_EXPONENT_MINUS_9 = 0x17 }; /* as real supplies have it [S8] */

static const struct chip rows[CTL_CHIPS] = {
    [CTL_CHIP_STANDARD] = {.name = "standard",
                           .has_pec = true,
                           .takes_pec = true,
                           .erases = true,
                           .has_ara = true,
                           .has_vout_mode = true,
                           .vout_mode = VOUT_EXPONENT_MINUS_9,
                           .start_us = 3500000},
    /* Symptom: no answer to the second of two transfers less than 100 us apart. */
    [CTL_CHIP_NEEDS_GAP] = {.name = "needs-gap",
                            .has_pec = true,
                            .takes_pec = true,
                            .erases = true,
                            .has_ara = true,
                            .has_vout_mode = true,
                            .vout_mode = VOUT_EXPONENT_MINUS_9,
                            .gap_us = 100,
                            .start_us = 3500000},
    /* Symptom: every answer fails its PEC, though the data are right. Remedy: don't ask for it. */
    [CTL_CHIP_WRONG_PEC] = {.name = "wrong-pec",
                            .has_pec = false,
                            .takes_pec = false,
                            .erases = true,
                            .has_ara = true,
                            .has_vout_mode = true,
                            .vout_mode = VOUT_EXPONENT_MINUS_9,
                            .start_us = 3500000},
    /* Symptom: VOUT_MODE is not acknowledged. Remedy: the exponent its data sheet states. */
    [CTL_CHIP_NO_VOUT_MODE] = {.name = "no-vout-mode",
                               .has_pec = true,
                               .takes_pec = true,
                               .erases = true,
                               .has_ara = true,
                               .has_vout_mode = false,
                               .vout_mode = VOUT_EXPONENT_MINUS_9,
                               .start_us = 3500000},
    /* Symptom: pulls its alert line, and nobody answers the alert response address. Remedy: read its
     * STATUS_WORD instead; CLEAR_FAULTS makes it let go. */
    [CTL_CHIP_NO_ARA] = {.name = "no-ara",
                         .has_pec = true,
                         .takes_pec = true,
                         .erases = true,
                         .has_ara = false,
                         .has_vout_mode = true,
                         .vout_mode = VOUT_EXPONENT_MINUS_9,
                         .start_us = 3500000},
    /* Symptom: after its input was away, its output is back, and power good never comes. Remedy: OPERATION
     * off and on, T_pwok_on (500 ms) after its output. */
    [CTL_CHIP_NEEDS_TOGGLE] = {.name = "needs-toggle",
                               .has_pec = true,
                               .takes_pec = true,
                               .erases = true,
                               .has_ara = true,
                               .has_vout_mode = true,
                               .vout_mode = VOUT_EXPONENT_MINUS_9,
                               .toggle_us = 600000,
                               .start_us = 3500000},
    /* Symptom: says good many seconds after its output is up, and starts all over again when it is switched
     * off and on meanwhile: a rack went dark with its enables cycling once a second. Remedy: time. */
    [CTL_CHIP_SLOW_OK] = {.name = "slow-ok",
                          .has_pec = true,
                          .takes_pec = true,
                          .erases = true,
                          .has_ara = true,
                          .has_vout_mode = true,
                          .vout_mode = VOUT_EXPONENT_MINUS_9,
                          .start_us = 20000000},
    /* Symptom: PMBus 1.1, status registers can't be written. Remedy: CLEAR_FAULTS. */
    [CTL_CHIP_PMBUS_1_1] = {.name = "pmbus-1.1",
                            .has_pec = true,
                            .takes_pec = true,
                            .erases = false,
                            .has_ara = true,
                            .has_vout_mode = true,
                            .vout_mode = VOUT_EXPONENT_MINUS_9,
                            .start_us = 3500000},
};

uint8_t chips_count(void)
{
    return (uint8_t)CTL_CHIPS;
}

const struct chip *chip_row(uint8_t chip)
{
    return &rows[(chip < chips_count()) ? chip : (uint8_t)CTL_CHIP_STANDARD];
}
