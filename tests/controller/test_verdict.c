/* What a reading says. Oracle: power. 1 kW at 12 V is 83 A; whoever delivers it works. */
#include "controller/verdict.h"

#include <criterion/criterion.h>

static const struct verdict_limits one_kW = {
    .v_low_mV = 11400, .v_high_mV = 12600, .capacity_mW = 1000000};

static struct supply reading(uint16_t status, uint32_t v_mV, int32_t i_mA)
{
    struct supply u;

    supply_init(&u, 0);
    u.status = status;
    u.v_mV = v_mV;
    u.i_mA = i_mA;
    u.closed = 1;
    u.has_reading = true;
    return u;
}

static enum verdict verdict(uint16_t status, uint32_t v_mV, int32_t i_mA)
{
    struct supply u = reading(status, v_mV, i_mA);
    return verdict_of(&u, &one_kW);
}

Test(verdict, of_plain_cases)
{
    cr_assert_eq(verdict(0x0000, 12000, 40000), VERDICT_GOOD);
    cr_assert_eq(verdict(0x0040, 12000, 0), VERDICT_BAD);     /* OFF */
    cr_assert_eq(verdict(0x0800, 12000, 40000), VERDICT_BAD); /* POWER_GOOD# before the drop */
    cr_assert_eq(verdict(0x2008, 12000, 40000), VERDICT_BAD); /* VIN_UV: on hold-up */
    cr_assert_eq(verdict(0x0000, 11000, 1000), VERDICT_BAD);
    cr_assert_eq(verdict(0x0004, 12000, 40000), VERDICT_WARNING); /* temperature */
    cr_assert_eq(verdict(0x0002, 12000, 40000), VERDICT_GOOD);    /* CML: not about power */
}

/* A bar pulled down to 9 V by an overload: who pours 100 A into it is a victim, not a culprit. */
Test(verdict, a_victim_of_a_collapse_is_overloaded_not_bad)
{
    cr_assert_eq(verdict(0x0800, 9000, 100000), VERDICT_OVERLOADED);
    cr_assert_eq(verdict(0x0800, 9000, 500), VERDICT_BAD);

    struct supply alone = reading(0x0800, 300, 100000); /* on no bar: it pours them into itself */
    alone.closed = 0;
    cr_assert_eq(verdict_of(&alone, &one_kW), VERDICT_BAD);
}

/* 14 V on the bar: who carries it is the culprit, who carries nothing merely sees it. */
Test(verdict, over_voltage_is_the_fault_of_who_carries_the_load)
{
    struct supply culprit = reading(0x8020, 14000, 80000);
    struct supply victim = reading(0x8020, 14000, 0);

    cr_assert_eq(verdict_of(&culprit, &one_kW), VERDICT_BAD);
    cr_assert_eq(culprit.danger, DANGER_OVERVOLT);
    cr_assert_eq(verdict_of(&victim, &one_kW), VERDICT_WARNING);
    cr_assert_eq(victim.danger, DANGER_NONE);
}

/* Down at 0.3 V without current while a neighbour is in current limit: the current goes in here. */
Test(verdict, a_short_is_where_the_neighbours_current_goes)
{
    struct verdict_limits l = one_kW;
    struct supply u = reading(0x0840, 300, 0);
    struct supply tripped = reading(0x4850, 300, 0); /* off after over-current */

    cr_assert_eq(verdict_of(&u, &l), VERDICT_BAD);
    cr_assert_eq(u.danger, DANGER_NONE);
    l.neighbour_low = true;
    cr_assert_eq(verdict_of(&u, &l), VERDICT_BAD);
    cr_assert_eq(u.danger, DANGER_SHORTED);
    cr_assert_eq(verdict_of(&tripped, &l), VERDICT_BAD);
    cr_assert_eq(tripped.danger, DANGER_NONE);
}

Test(verdict, what_cannot_wait_for_the_whole_turn)
{
    struct supply u = reading(0x0040, 12000, 0);
    cr_assert(verdict_is_urgent(&u, &one_kW));
    u.status = 0x2008;
    cr_assert(verdict_is_urgent(&u, &one_kW));
    u.status = 0x0800;
    cr_assert(verdict_is_urgent(&u, &one_kW));
    u.v_mV = 9000; /* its bar had collapsed before: power good tells nothing new */
    u.i_mA = 100000;
    cr_assert(!verdict_is_urgent(&u, &one_kW));
    u.status = 0x0004;
    cr_assert(!verdict_is_urgent(&u, &one_kW));
}
