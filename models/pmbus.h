/* pmbus.h - PMBus command codes and status bits, as the supplies understand them.
 *
 * The controller has its own copy, on purpose: a wrong code cannot agree with itself.
 * Source: hardware facts 5.2 [S78, S89]; PMBus Power System Management Protocol, part II, rev 1.2:
 * appendix I (commands), section 17 (status). */
#ifndef MODELS_PMBUS_H
#define MODELS_PMBUS_H

enum pmbus_cmd {
    CMD_PAGE = 0x00,
    CMD_OPERATION = 0x01,
    CMD_ON_OFF_CONFIG = 0x02,
    CMD_CLEAR_FAULTS = 0x03,
    CMD_CAPABILITY = 0x19,
    CMD_SMBALERT_MASK = 0x1B,
    CMD_VOUT_MODE = 0x20,
    CMD_STATUS_BYTE = 0x78,
    CMD_STATUS_WORD = 0x79,
    CMD_STATUS_VOUT = 0x7A,
    CMD_STATUS_IOUT = 0x7B,
    CMD_STATUS_INPUT = 0x7C,
    CMD_STATUS_TEMPERATURE = 0x7D,
    CMD_STATUS_CML = 0x7E,
    CMD_STATUS_OTHER = 0x7F,
    CMD_STATUS_MFR_SPECIFIC = 0x80,
    CMD_STATUS_FANS_1_2 = 0x81,
    CMD_READ_VIN = 0x88,
    CMD_READ_IIN = 0x89,
    CMD_READ_VOUT = 0x8B,
    CMD_READ_IOUT = 0x8C,
    CMD_READ_TEMPERATURE_1 = 0x8D,
    CMD_READ_TEMPERATURE_2 = 0x8E,
    CMD_READ_FAN_SPEED_1 = 0x90,
    CMD_READ_POUT = 0x96,
    CMD_READ_PIN = 0x97,
    CMD_PMBUS_REVISION = 0x98,
    CMD_MFR_ID = 0x99,
    CMD_MFR_MODEL = 0x9A,
    CMD_MFR_SERIAL = 0x9E,
    CMD_MFR_POUT_MAX = 0xA7
};

/* STATUS_WORD; its low byte is STATUS_BYTE. */
enum status_word_bit {
    ST_NONE_OF_ABOVE = 0x0001,
    ST_CML = 0x0002,
    ST_TEMPERATURE = 0x0004,
    ST_VIN_UV = 0x0008,
    ST_IOUT_OC = 0x0010,
    ST_VOUT_OV = 0x0020,
    ST_OFF = 0x0040,
    ST_BUSY = 0x0080,
    ST_UNKNOWN = 0x0100,
    ST_OTHER = 0x0200,
    ST_FANS = 0x0400,
    ST_POWER_GOOD_N = 0x0800,
    ST_MFR = 0x1000,
    ST_INPUT = 0x2000,
    ST_IOUT_POUT = 0x4000,
    ST_VOUT = 0x8000
};

enum status_vout_bit {
    ST_VOUT_TRACKING = 0x01,
    ST_VOUT_TOFF_MAX_WARNING = 0x02,
    ST_VOUT_TON_MAX_FAULT = 0x04,
    ST_VOUT_MAX_WARNING = 0x08,
    ST_VOUT_UV_FAULT = 0x10,
    ST_VOUT_UV_WARNING = 0x20,
    ST_VOUT_OV_WARNING = 0x40,
    ST_VOUT_OV_FAULT = 0x80
};

enum status_iout_bit {
    ST_POUT_OP_WARNING = 0x01,
    ST_POUT_OP_FAULT = 0x02,
    ST_POWER_LIMITING = 0x04,
    ST_CURRENT_SHARE_FAULT = 0x08,
    ST_IOUT_UC_FAULT = 0x10,
    ST_IOUT_OC_WARNING = 0x20,
    ST_IOUT_OC_LV_FAULT = 0x40,
    ST_IOUT_OC_FAULT = 0x80
};

enum status_input_bit {
    ST_PIN_OP_WARNING = 0x01,
    ST_IIN_OC_WARNING = 0x02,
    ST_IIN_OC_FAULT = 0x04,
    ST_VIN_OFF = 0x08, /* the unit is off for want of input voltage */
    ST_VIN_UV_FAULT = 0x10,
    ST_VIN_UV_WARNING = 0x20,
    ST_VIN_OV_WARNING = 0x40,
    ST_VIN_OV_FAULT = 0x80
};

enum status_temperature_bit {
    ST_UT_FAULT = 0x10,
    ST_UT_WARNING = 0x20,
    ST_OT_WARNING = 0x40,
    ST_OT_FAULT = 0x80
};

enum status_cml_bit {
    ST_CML_OTHER = 0x02,
    ST_CML_PROCESSOR = 0x08,
    ST_CML_MEMORY = 0x10,
    ST_CML_PEC = 0x20,
    ST_CML_DATA = 0x40,
    ST_CML_COMMAND = 0x80
};

/* Its meaning is the maker's; this one is a sensor's that has come loose. */
enum status_mfr_bit { ST_MFR_FLICKER = 0x01 };

enum status_fans_bit {
    ST_FAN_2_OVERRIDE = 0x04,
    ST_FAN_1_OVERRIDE = 0x08,
    ST_FAN_2_WARNING = 0x10,
    ST_FAN_1_WARNING = 0x20,
    ST_FAN_2_FAULT = 0x40,
    ST_FAN_1_FAULT = 0x80
};

#endif
