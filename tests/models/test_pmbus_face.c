/* test_pmbus_face.c - a supply's registers behave as the standard says. */
#include <criterion/criterion.h>
#include <string.h>

#include "models/pec.h"
#include "models/pmbus_face.h"

enum { ADDRESS = 0x58 };

static struct pmbus_face face;
static struct pmbus_face_wish wish;

static void usual(void)
{
    struct pmbus_face_config config = pmbus_face_usual();

    pmbus_face_init(&face, &config);
}

TestSuite(pmbus_face, .init = usual);

static bool request(const uint8_t tx[], uint8_t n_tx, uint8_t n_rx, struct i2c_reply *re)
{
    struct i2c_request rq = {.op = I2C_TRANSFER, .address = ADDRESS, .n_tx = n_tx, .n_rx = n_rx};

    memcpy(rq.tx, tx, n_tx);
    memset(re->rx, 0xFF, sizeof re->rx);
    return pmbus_face_i2c(&face, &rq, re, &wish);
}

static uint8_t read_byte(uint8_t command)
{
    struct i2c_reply re;

    cr_assert(request(&command, 1, 1, &re), "command %02x", command);
    return re.rx[0];
}

static uint16_t read_word(uint8_t command)
{
    struct i2c_reply re;

    cr_assert(request(&command, 1, 2, &re), "command %02x", command);
    return (uint16_t)(re.rx[0] | re.rx[1] << 8);
}

static bool write_bytes(uint8_t n, uint8_t a, uint8_t b, uint8_t c)
{
    struct i2c_reply re;

    return request((const uint8_t[]){a, b, c}, n, 0, &re);
}

static bool write_byte(uint8_t command, uint8_t data)
{
    return write_bytes(2, command, data, 0);
}

/* 12 V in LINEAR16 2^-9 is 1800h; 100 A at 2^-3 is 800 = 320h, E8 | 03: EB20h; 230 V at 2^-2: 920 =
 * 398h, F000 | 398: F398h. VOUT_MODE: -9 in five bits, 17h. */
Test(pmbus_face, reads_values_in_their_formats)
{
    face.value[PMBUS_READ_VOUT] = 12.0;
    face.value[PMBUS_READ_IOUT] = 100.0;
    face.value[PMBUS_READ_VIN] = 230.0;
    face.value[PMBUS_READ_TEMPERATURE_1] = 40.0;
    face.value[PMBUS_POUT_MAX] = 2000.0;
    cr_assert_eq(read_byte(CMD_VOUT_MODE), 0x17);
    cr_assert_eq(read_word(CMD_READ_VOUT), 0x1800);
    cr_assert_eq(read_word(CMD_READ_IOUT), 0xEB20);
    cr_assert_eq(read_word(CMD_READ_VIN), 0xF398);
    cr_assert_eq(read_word(CMD_READ_TEMPERATURE_1), 0xF0A0);
    cr_assert_eq(read_word(CMD_MFR_POUT_MAX), 0x0BE8); /* 1000 * 2 */
}

/* The PEC covers B0 8B B1 00 18. Its code is checked the other way round: the remainder over
 * message and code is 0. */
Test(pmbus_face, appends_the_pec)
{
    uint8_t m[] = {ADDRESS << 1, CMD_READ_VOUT, ADDRESS << 1 | 1, 0x00, 0x18, 0};
    struct i2c_reply re;

    face.value[PMBUS_READ_VOUT] = 12.0;
    cr_assert(request(&m[1], 1, 3, &re));
    m[5] = re.rx[2];
    cr_assert_eq(pec_over(0, m, 6), 0);
    face.config.quirks = PMBUS_WRONG_PEC;
    cr_assert(request(&m[1], 1, 3, &re));
    m[5] = re.rx[2];
    cr_assert_neq(pec_over(0, m, 6), 0);
    face.config.quirks = PMBUS_NO_PEC;
    cr_assert(request(&m[1], 1, 3, &re));
    cr_assert_eq(re.rx[2], 0xFF);
    cr_assert_eq(read_byte(CMD_STATUS_CML), ST_CML_OTHER); /* too many bytes read: 10.8.6 */
    cr_assert_eq(read_byte(CMD_CAPABILITY) & 0x80, 0);
}

/* A condition that comes and goes between two polls leaves its bit until it is cleared. */
Test(pmbus_face, status_is_history)
{
    cr_assert_eq(read_word(CMD_STATUS_WORD), 0);
    cr_assert(pmbus_face_condition(&face, PMBUS_INPUT, ST_VIN_UV_FAULT, true));
    cr_assert_not(pmbus_face_condition(&face, PMBUS_INPUT, ST_VIN_UV_FAULT, true));
    cr_assert_eq(read_word(CMD_STATUS_WORD), 0x2008);
    cr_assert_not(pmbus_face_condition(&face, PMBUS_INPUT, ST_VIN_UV_FAULT, false));
    cr_assert_eq(read_word(CMD_STATUS_WORD), 0x2008);
    cr_assert(write_bytes(1, CMD_CLEAR_FAULTS, 0, 0));
    cr_assert(wish.clear_faults);
    cr_assert_eq(read_word(CMD_STATUS_WORD), 0);
}

/* What persists is back at once, after CLEAR_FAULTS as after a written 1 (10.2.6). */
Test(pmbus_face, a_persisting_condition_cannot_be_cleared)
{
    pmbus_face_condition(&face, PMBUS_VOUT, ST_VOUT_UV_FAULT, true);
    pmbus_face_condition(&face, PMBUS_VOUT, ST_VOUT_OV_FAULT, true);
    pmbus_face_condition(&face, PMBUS_VOUT, ST_VOUT_OV_FAULT, false);
    cr_assert_eq(read_word(CMD_STATUS_WORD), 0x8021);
    cr_assert(write_byte(CMD_STATUS_VOUT, 0xFF));
    cr_assert_eq(read_byte(CMD_STATUS_VOUT), ST_VOUT_UV_FAULT);
    write_bytes(1, CMD_CLEAR_FAULTS, 0, 0);
    cr_assert_eq(read_word(CMD_STATUS_WORD), 0x8001); /* VOUT, and none of the low byte's own */
}

Test(pmbus_face, a_written_one_clears_its_bit_only)
{
    pmbus_face_condition(&face, PMBUS_IOUT, ST_IOUT_OC_FAULT | ST_IOUT_OC_WARNING, true);
    pmbus_face_condition(&face, PMBUS_IOUT, 0xFF, false);
    cr_assert_eq(read_byte(CMD_STATUS_BYTE), ST_IOUT_OC | ST_NONE_OF_ABOVE);
    cr_assert(write_byte(CMD_STATUS_IOUT, ST_IOUT_OC_WARNING));
    cr_assert_eq(read_byte(CMD_STATUS_IOUT), ST_IOUT_OC_FAULT);
    cr_assert_eq(read_word(CMD_STATUS_WORD), 0x4010);
}

/* OFF and POWER_GOOD# say what is, not what was; neither is a fault, so NONE_OF_ABOVE stays 0. */
Test(pmbus_face, off_and_power_good_are_live)
{
    face.off = true;
    face.power_good = false;
    cr_assert_eq(read_word(CMD_STATUS_WORD), 0x0840);
    face.off = false;
    face.power_good = true;
    cr_assert_eq(read_word(CMD_STATUS_WORD), 0x0000);
}

Test(pmbus_face, each_register_has_its_summary_bit)
{
    static const struct {
        enum pmbus_register reg;
        uint8_t command;
        uint16_t word;
    } rows[] = {{PMBUS_VOUT, 0x7A, 0x8001},  {PMBUS_IOUT, 0x7B, 0x4001},
                {PMBUS_INPUT, 0x7C, 0x2001}, {PMBUS_TEMPERATURE, 0x7D, 0x0004},
                {PMBUS_CML, 0x7E, 0x0002},   {PMBUS_OTHER, 0x7F, 0x0201},
                {PMBUS_MFR, 0x80, 0x1001},   {PMBUS_FANS, 0x81, 0x0401}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        usual();
        pmbus_face_condition(&face, rows[i].reg, 0x02, true);
        cr_assert_eq(read_byte(rows[i].command), 0x02);
        cr_assert_eq(read_word(CMD_STATUS_WORD), rows[i].word, "register %02x", rows[i].command);
    }
}

/* Busy in one of three ways: its address is not acknowledged; it answers ones; or only its status, with
 * BUSY, which stays until a 1 is written to it, and is told once more as long as it is busy (10.8.7). */
Test(pmbus_face, busy_in_three_ways)
{
    face.unready = PMBUS_BUSY_NACK;
    cr_assert_not(
        request((const uint8_t[]){CMD_STATUS_WORD}, 1, 2, &(struct i2c_reply){.status = I2C_OK}));
    cr_assert_eq(pmbus_face_stretch(&face, &(struct i2c_request){.n_tx = 1}), I2C_REFUSES(1));
    face.unready = PMBUS_READY;
    cr_assert_eq(read_word(CMD_STATUS_WORD), 0, "nothing is remembered");

    face.value[PMBUS_READ_VOUT] = 12.0;
    face.unready = PMBUS_BUSY_ONES;
    cr_assert_eq(read_word(CMD_READ_VOUT), 0xFFFF);
    face.unready = PMBUS_BUSY_SAYS;
    cr_assert_not(
        request((const uint8_t[]){CMD_READ_VOUT}, 1, 2, &(struct i2c_reply){.status = I2C_OK}));
    cr_assert(write_byte(CMD_STATUS_BYTE, ST_BUSY));
    cr_assert_eq(read_byte(CMD_STATUS_BYTE), ST_BUSY, "it still is");
    face.unready = PMBUS_READY;
    cr_assert_eq(read_word(CMD_READ_VOUT), 0x1800);
    cr_assert_eq(read_byte(CMD_STATUS_BYTE), ST_BUSY, "history");
    cr_assert(write_byte(CMD_STATUS_BYTE, ST_BUSY));
    cr_assert_eq(read_byte(CMD_STATUS_BYTE), 0);
}

/* PMBus 1.1: a status register can't be written, what says so is remembered; CLEAR_FAULTS is the way. */
Test(pmbus_face, some_clear_all_bits_or_none)
{
    face.config.quirks = PMBUS_NO_ERASE;
    pmbus_face_condition(&face, PMBUS_FANS, ST_FAN_1_WARNING, true);
    pmbus_face_condition(&face, PMBUS_FANS, ST_FAN_1_WARNING, false);
    cr_assert_not(write_byte(CMD_STATUS_FANS_1_2, ST_FAN_1_WARNING));
    cr_assert_eq(read_byte(CMD_STATUS_FANS_1_2), ST_FAN_1_WARNING);
    cr_assert_neq(read_byte(CMD_STATUS_CML), 0);
    cr_assert_eq(read_byte(CMD_PMBUS_REVISION), 0x11);
    write_bytes(1, CMD_CLEAR_FAULTS, 0, 0);
    cr_assert_eq(read_word(CMD_STATUS_WORD), 0);
}

/* Two ways to not know a command: not acknowledged, or answered with ones and a PEC that is right. */
Test(pmbus_face, an_unknown_command_may_be_answered_with_ones)
{
    uint8_t m[] = {ADDRESS << 1, CMD_READ_FAN_SPEED_1, ADDRESS << 1 | 1, 0xFF, 0xFF, 0};
    struct i2c_reply re;

    face.config.unknown = CMD_READ_FAN_SPEED_1;
    cr_assert_not(request(&m[1], 1, 3, &re));
    cr_assert_eq(read_byte(CMD_STATUS_CML), ST_CML_COMMAND);
    write_bytes(1, CMD_CLEAR_FAULTS, 0, 0);
    face.config.quirks = PMBUS_UNKNOWN_ONES;
    cr_assert(request(&m[1], 1, 3, &re));
    cr_assert_eq(re.rx[0] & re.rx[1], 0xFF);
    m[5] = re.rx[2];
    cr_assert_eq(pec_over(0, m, 6), 0);
    cr_assert_eq(read_byte(CMD_STATUS_CML), ST_CML_COMMAND);
}

Test(pmbus_face, operation_is_passed_on)
{
    cr_assert_eq(read_byte(CMD_OPERATION), 0x80);
    cr_assert(write_byte(CMD_OPERATION, 0x00));
    cr_assert(wish.off && !wish.on && !wish.soft);
    cr_assert(write_byte(CMD_OPERATION, 0x40));
    cr_assert(wish.off && wish.soft);
    pmbus_face_condition(&face, PMBUS_VOUT, ST_VOUT_OV_FAULT, true);
    pmbus_face_condition(&face, PMBUS_VOUT, ST_VOUT_OV_FAULT, false);
    cr_assert(write_byte(CMD_OPERATION, 0x80));
    cr_assert(wish.on && !wish.off);
    cr_assert_eq(read_word(CMD_STATUS_WORD), 0, "off and on again clears");
    cr_assert_eq(read_byte(CMD_STATUS_BYTE), 0);
    cr_assert_not(wish.on, "a read wishes nothing");
}

/* ON_OFF_CONFIG without bit 3: the unit doesn't listen to OPERATION. */
Test(pmbus_face, on_off_config_may_deafen_operation)
{
    cr_assert(write_byte(CMD_ON_OFF_CONFIG, 0x16));
    cr_assert(write_byte(CMD_OPERATION, 0x00));
    cr_assert(!wish.on && !wish.off);
}

/* A wrong PEC: refused, remembered, and nothing done. */
Test(pmbus_face, a_wrong_pec_refuses_the_write)
{
    uint8_t m[] = {ADDRESS << 1, CMD_OPERATION, 0x00};
    uint8_t crc = pec_over(0, m, 3);

    cr_assert_not(write_bytes(3, CMD_OPERATION, 0x00, crc ^ 0x10));
    cr_assert(!wish.off);
    cr_assert_eq(read_byte(CMD_OPERATION), 0x80);
    cr_assert_eq(read_byte(CMD_STATUS_CML), ST_CML_PEC);
    cr_assert_eq(read_byte(CMD_STATUS_BYTE), ST_CML);
    cr_assert(write_bytes(3, CMD_OPERATION, 0x00, crc));
    cr_assert(wish.off);
}

Test(pmbus_face, an_unknown_command_is_refused)
{
    struct i2c_request rq = {.op = I2C_TRANSFER, .n_tx = 1, .n_rx = 3, .tx = {0xEE}};
    struct i2c_reply re;

    face.config.stretch = US(100);
    cr_assert_eq(pmbus_face_stretch(&face, &rq), I2C_REFUSES(2));
    cr_assert_not(request((const uint8_t[]){0xEE}, 1, 3, &re));
    cr_assert_eq(read_byte(CMD_STATUS_CML), ST_CML_COMMAND);
    rq.tx[0] = CMD_READ_VOUT;
    cr_assert_eq(pmbus_face_stretch(&face, &rq), US(100));
}

Test(pmbus_face, bad_transfers_are_remembered)
{
    struct i2c_reply re;

    cr_assert_not(request((const uint8_t[]){CMD_CLEAR_FAULTS}, 1, 1, &re));
    cr_assert_eq(read_byte(CMD_STATUS_CML), ST_CML_OTHER);
    usual();
    cr_assert_not(write_bytes(1, CMD_OPERATION, 0, 0));
    cr_assert_eq(read_byte(CMD_STATUS_CML), ST_CML_OTHER);
    usual();
    cr_assert_not(write_byte(CMD_READ_VOUT, 0));
    cr_assert_eq(read_byte(CMD_STATUS_CML), ST_CML_DATA);
    usual();
    cr_assert_not(request((const uint8_t[]){CMD_OPERATION, 0, 0, 0}, 4, 0, &re));
    cr_assert_eq(read_byte(CMD_STATUS_CML), ST_CML_DATA);
}

Test(pmbus_face, page)
{
    cr_assert(write_byte(CMD_PAGE, 0));
    cr_assert(write_byte(CMD_PAGE, 0xFF));
    cr_assert_not(write_byte(CMD_PAGE, 1));
    cr_assert_eq(read_byte(CMD_STATUS_CML), ST_CML_DATA);
    face.config.quirks = PMBUS_ANY_PAGE;
    face.value[PMBUS_READ_VOUT] = 12.0;
    cr_assert(write_byte(CMD_PAGE, 1));
    cr_assert_eq(read_byte(CMD_PAGE), 1);
    cr_assert_eq(read_word(CMD_READ_VOUT), 0x1800, "page 1 shows page 0's voltage");
}

Test(pmbus_face, texts_are_blocks)
{
    uint8_t m[3 + 1 + 8 + 1] = {ADDRESS << 1, CMD_MFR_ID, ADDRESS << 1 | 1};
    struct i2c_reply re;

    cr_assert(request(&m[1], 1, 10, &re));
    cr_assert_eq(re.rx[0], 8);
    cr_assert_arr_eq(&re.rx[1], "POWERGAP", 8);
    memcpy(&m[3], re.rx, 10);
    cr_assert_eq(pec_over(0, m, sizeof m), 0);
}

/* SMBALERT_MASK: written as a word (status command, mask), read by a process call. */
Test(pmbus_face, alert_mask)
{
    struct i2c_reply re;

    cr_assert(write_bytes(3, CMD_SMBALERT_MASK, CMD_STATUS_TEMPERATURE, 0x60));
    cr_assert(request((const uint8_t[]){CMD_SMBALERT_MASK, 1, CMD_STATUS_TEMPERATURE}, 3, 2, &re));
    cr_assert_eq(re.rx[0], 1);
    cr_assert_eq(re.rx[1], 0x60);
    cr_assert_not(write_bytes(3, CMD_SMBALERT_MASK, CMD_READ_VOUT, 0));
}

/* A bit that is set and was not asks for SMBALERT#, once: being heard ends it, and the same bit again is
 * no news. OFF and POWER_GOOD# are live, and never ask. */
Test(pmbus_face, asks_for_its_alert_line_when_a_bit_is_set)
{
    face.off = true;
    face.power_good = false;
    cr_assert_not(pmbus_face_alerts(&face));
    pmbus_face_condition(&face, PMBUS_INPUT, ST_VIN_UV_FAULT, true);
    cr_assert(pmbus_face_alerts(&face));
    pmbus_face_heard(&face);
    cr_assert_not(pmbus_face_alerts(&face));
    pmbus_face_condition(&face, PMBUS_INPUT, ST_VIN_UV_FAULT, true);
    cr_assert_not(pmbus_face_alerts(&face));
    pmbus_face_condition(&face, PMBUS_VOUT, ST_VOUT_UV_FAULT, true);
    cr_assert(pmbus_face_alerts(&face));
}

/* 10.2.6: a bit that is cleared while its condition persists is set again, and told again. */
Test(pmbus_face, a_condition_that_persists_asks_again_after_clear_faults)
{
    pmbus_face_condition(&face, PMBUS_FANS, ST_FAN_1_WARNING, true);
    pmbus_face_heard(&face);
    write_bytes(1, CMD_CLEAR_FAULTS, 0, 0);
    cr_assert(wish.clear_faults);
    cr_assert(pmbus_face_alerts(&face));
    pmbus_face_condition(&face, PMBUS_FANS, ST_FAN_1_WARNING, false);
    cr_assert(pmbus_face_alerts(&face), "it was there");
    write_bytes(1, CMD_CLEAR_FAULTS, 0, 0);
    cr_assert_not(pmbus_face_alerts(&face));
}

/* The same when it is cleared by itself. */
Test(pmbus_face, a_condition_that_persists_asks_again_after_its_bit_was_written)
{
    pmbus_face_condition(&face, PMBUS_FANS, ST_FAN_1_WARNING, true);
    pmbus_face_heard(&face);
    write_byte(CMD_STATUS_FANS_1_2, ST_FAN_1_FAULT);
    cr_assert_not(pmbus_face_alerts(&face), "its bit was not cleared");
    write_byte(CMD_STATUS_FANS_1_2, ST_FAN_1_WARNING);
    cr_assert(pmbus_face_alerts(&face));
    pmbus_face_condition(&face, PMBUS_FANS, ST_FAN_1_WARNING, false);
    write_byte(CMD_STATUS_FANS_1_2, ST_FAN_1_WARNING);
    cr_assert_not(pmbus_face_alerts(&face));
}

/* A masked bit is set in its register, and asks for nothing; its neighbours do. */
Test(pmbus_face, masked_bits_do_not_ask)
{
    write_bytes(3, CMD_SMBALERT_MASK, CMD_STATUS_FANS_1_2, ST_FAN_1_WARNING);
    pmbus_face_condition(&face, PMBUS_FANS, ST_FAN_1_WARNING, true);
    cr_assert_not(pmbus_face_alerts(&face));
    cr_assert_eq(read_byte(CMD_STATUS_FANS_1_2), ST_FAN_1_WARNING);
    pmbus_face_condition(&face, PMBUS_FANS, ST_FAN_1_FAULT, true);
    cr_assert(pmbus_face_alerts(&face));
}

/* A mask that comes later, and a status bit cleared by itself, take the reason away. */
Test(pmbus_face, asks_no_more_when_no_reason_is_left)
{
    pmbus_face_condition(&face, PMBUS_FANS, ST_FAN_1_WARNING, true);
    write_bytes(3, CMD_SMBALERT_MASK, CMD_STATUS_FANS_1_2, ST_FAN_1_WARNING);
    cr_assert_not(pmbus_face_alerts(&face));
    pmbus_face_condition(&face, PMBUS_VOUT, ST_VOUT_OV_WARNING, true);
    pmbus_face_condition(&face, PMBUS_VOUT, ST_VOUT_OV_WARNING, false);
    cr_assert(pmbus_face_alerts(&face));
    write_byte(CMD_STATUS_VOUT, ST_VOUT_OV_WARNING);
    cr_assert_not(pmbus_face_alerts(&face));
}

/* One that holds its line does so until the bit is masked or gone, however often it is heard. */
Test(pmbus_face, some_hold_the_line_as_long_as_the_bit_is_set)
{
    face.config.quirks = PMBUS_HOLDS_ALERT;
    pmbus_face_condition(&face, PMBUS_FANS, ST_FAN_1_WARNING, true);
    pmbus_face_heard(&face);
    cr_assert(pmbus_face_alerts(&face));
    write_bytes(3, CMD_SMBALERT_MASK, CMD_STATUS_FANS_1_2, ST_FAN_1_WARNING);
    cr_assert_not(pmbus_face_alerts(&face));
}

Test(pmbus_face, answers_a_bare_address)
{
    struct i2c_reply re;

    cr_assert(request((const uint8_t[]){0}, 0, 0, &re));
    cr_assert(request((const uint8_t[]){0}, 0, 1, &re));
    cr_assert_eq(re.rx[0], 0xFF);
}
