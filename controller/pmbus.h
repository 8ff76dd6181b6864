/* pmbus.h - PMBus as the controller speaks it: commands, status bits, number formats, PEC.
 *
 * Numbers come out in milli-units (mV, mA), as integers.
 *   source    PMBus 1.3 part II, 7 and 17; SMBus 3.0, 6.4 (packet error code)
 *   checked   tests/controller/test_pmbus.c, tests/fuzz/fuzz_pmbus.c */
#ifndef CONTROLLER_PMBUS_H
#define CONTROLLER_PMBUS_H

#include <stdbool.h>
#include <stdint.h>

enum pmbus_cmd {
    CMD_OPERATION = 0x01,
    CMD_CLEAR_FAULTS = 0x03,
    CMD_SMBALERT_MASK = 0x1B,
    CMD_VOUT_MODE = 0x20,
    CMD_STATUS_BYTE = 0x78,
    CMD_STATUS_WORD = 0x79,
    CMD_STATUS_VOUT = 0x7A,
    CMD_STATUS_IOUT = 0x7B,
    CMD_STATUS_INPUT = 0x7C,
    CMD_READ_VIN = 0x88,
    CMD_READ_IIN = 0x89,
    CMD_READ_VOUT = 0x8B,
    CMD_READ_IOUT = 0x8C,
    CMD_READ_TEMPERATURE_1 = 0x8D,
    CMD_READ_TEMPERATURE_2 = 0x8E,
    CMD_READ_FAN_SPEED_1 = 0x90,
    CMD_MFR_SERIAL = 0x9E
};

enum pmbus_operation { OPERATION_OFF = 0x00, OPERATION_ON = 0x80 };

/* STATUS_WORD. OFF, BUSY and POWER_GOOD# say what is; the others are history: set until cleared. */
enum pmbus_status_word {
    ST_CML = 0x0002,
    ST_TEMPERATURE = 0x0004,
    ST_VIN_UV = 0x0008,
    ST_IOUT_OC = 0x0010,
    ST_VOUT_OV = 0x0020,
    ST_OFF = 0x0040,
    ST_BUSY = 0x0080,
    ST_OTHER = 0x0200,
    ST_FANS = 0x0400,
    ST_NO_POWER_GOOD = 0x0800,
    ST_MFR = 0x1000,
    ST_INPUT = 0x2000,
    ST_IOUT_POUT = 0x4000,
    ST_VOUT = 0x8000,

    ST_LIVE = ST_OFF | ST_BUSY | ST_NO_POWER_GOOD,
    ST_LATCHED = 0xFFFF & ~ST_LIVE & ~0x0001 /* NONE_OF_ABOVE follows the others */
};

/* Bits of the status registers behind STATUS_WORD. */
enum pmbus_registers {
    ST_INPUT_FAULTS = 0x9C, /* VIN_OV, VIN_UV, off for low input, IIN_OC; the others are warnings */
    ST_CML_COMMAND = 0x80,  /* an invalid or unsupported command was received */
    ST_CML_ASKED = 0xC2     /* that, and other things that are wrong about what it was asked */
};

/* The status registers are numbered: 0 STATUS_VOUT ... 7 STATUS_FANS_1_2, as their commands are. Those
 * that a STATUS_WORD has summary bits of, a bit per register; the command of one. */
enum { STATUS_REGISTERS = 8 };
uint8_t status_registers(uint16_t word);
uint8_t status_command(uint8_t reg);
/* The lowest of a set; 7 if it is empty. */
uint8_t first_register(uint8_t registers);

/* Numbers beyond 32 bits of milli-units saturate. */
int32_t milli_from_linear11(uint16_t word);

/* exponent5: VOUT_MODE[4:0], two's complement. */
uint32_t milli_from_linear16(uint16_t word, uint8_t exponent5);

/* VOUT_MODE says linear, absolute: the one format that READ_VOUT is decoded in. */
bool vout_mode_is_linear(uint8_t mode);

/* Packet error code over one more byte; starts with 0. */
uint8_t pec_add(uint8_t pec, uint8_t byte);

/* Is the last of n bytes the PEC of: write cmd to address, read the others? */
bool pec_of_read_is_right(uint8_t address, uint8_t cmd, const uint8_t rx[], uint8_t n);

/* PEC of a write of n bytes, command included, to address. */
uint8_t pec_of_write(uint8_t address, const uint8_t tx[], uint8_t n);

#endif
