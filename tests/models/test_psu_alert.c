/* test_psu_alert.c - when a supply pulls its alert line. Oracle: the rack's own delays, added up. */
#include <criterion/criterion.h>

#include "tests/stand.h"

#define RACK                                                                                       \
    "smbus0: {is: i2c}\n"                                                                          \
    "alert0: {is: alert, filter: 1 us}\n"                                                          \
    "psu1: {is: psu, v: 12 V, rated: 1 kW, hold_up: 12 J, i2c: smbus0/0x58, alert: alert0, "       \
    "alert_delay: 1 ms, standby: 70 ms, mcu_boot: 200 ms}\n"                                       \
    "web1: {is: server, from: psu1, p: 100 W, off_below: 9 V, on_above: 10 V}\n"

Test(psu_alert, comes_its_delay_after_the_status_bit)
{
    struct stand *s = stand_new(RACK);

    stand_run(s, MS(10));
    stand_act(s, "psu1", "die");
    cr_assert_eq(stand_run_to(s, "alert0", EV_ALERT, MS(100)), MS(11) + US(1));
    stand_run(s, MS(500));
    cr_assert_eq(stand_count(s, "alert0", EV_ALERT), 1, "nobody has heard it: it stays low");
    cr_assert_eq(stand_read(s, "alert0", "level"), 0.0);
    stand_free(s);
}

/* Its standby rail outlives the input by 70 ms, and with it what pulls the line. The bit is remembered
 * (left out: that its registers start anew): it alerts again when its microcontroller is back. */
Test(psu_alert, is_let_go_of_when_its_power_dies)
{
    struct stand *s = stand_new(RACK);

    stand_run(s, MS(10));
    stand_act(s, "psu1", "lose_input");
    cr_assert_eq(stand_run_to(s, "alert0", EV_ALERT, MS(100)), MS(11) + US(1));
    cr_assert_eq(stand_run_to(s, "alert0", EV_ALERT_END, MS(100)), MS(80) + US(1));
    stand_run(s, MS(100));
    stand_act(s, "psu1", "restore_input");
    cr_assert_eq(stand_run_to(s, "alert0", EV_ALERT, MS(500)), MS(300) + US(1));
    stand_free(s);
}

Test(psu_alert, its_cause_can_be_followed_back_to_the_fault)
{
    struct stand *s = stand_new(RACK);

    stand_run(s, MS(10));
    stand_act(s, "psu1", "die");
    stand_run_to(s, "alert0", EV_ALERT, MS(100));
    const struct event *dead = stand_event(s, "psu1", EV_DEAD, 0);
    const struct event *alert = stand_event(s, "alert0", EV_ALERT, 0);
    uint32_t cause = alert->cause;
    for (int32_t i = s->n_events - 1; i >= 0 && cause > dead->id; i--) {
        cause = s->event[i].id == cause ? s->event[i].cause : cause;
    }
    cr_assert_eq(cause, dead->id);
    stand_free(s);
}
