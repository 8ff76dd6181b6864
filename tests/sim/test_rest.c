/* Whether a rack is at rest when its run begins. Oracle: a constant power P on a line of R and L into
 * a capacitance C at the voltage V is stable only when R / L > P / (V^2 C) (Middlebrook). */
#include <criterion/criterion.h>
#include <string.h>

#include "sim/rest.h"
#include "sim/run.h"

static const double V = 48.0, P_W = 1000.0, C_F = 110e-6; /* of the bar and the server */

/* The rack with this line; what rest_warn() says of it, as JSON. NULL: nothing. */
static const char *said_of(double r_Ohm, double l_H)
{
    static char said[1024];
    char text[1024];
    struct diag *d = diag_new();

    snprintf(text, sizeof text,
             "duration: 1 ms\nrack:\n"
             "  psu1:  {is: psu, v: %g V, rated: 6 kW, hold_up: 100 J, droop: 1 mOhm}\n"
             "  bus_a: {is: bus, v: %g V, c: 100 uF}\n"
             "  sw1:   {is: fet, from: psu1, to: bus_a, r_on: %g mOhm, l: %g uH, oring: no,\n"
             "          v_avalanche: 120 V}\n"
             "  web1:  {is: server, from: bus_a, p: %g W, c: 10 uF, off_below: 36 V,\n"
             "          on_above: 40 V}\n",
             V, V, 1e3 * r_Ohm, 1e6 * l_H, P_W);
    struct scenario *s = scenario_load_text("x.yaml", text, strlen(text), d);
    cr_assert(s != NULL && run_check(s, d));
    run_check_rest(s, d);
    FILE *out = fmemopen(said, sizeof said, "w");
    diag_print_json(d, out);
    fclose(out);
    const char *result = diag_warnings(d) > 0 ? said : NULL;
    scenario_free(s);
    diag_free(d);
    return result;
}

Test(rest, a_rack_that_oscillates_for_ever_is_named_with_its_part)
{
    double r_Ohm = 1e-3;
    double l_H = 100e-6;

    cr_assert_lt((r_Ohm + 1e-3) / l_H, P_W / (V * V * C_F), "unstable, with the droop");
    const char *said = said_of(r_Ohm, l_H);
    cr_assert(said != NULL);
    cr_expect(strstr(said, "not at rest at t = 0: 'bus_a' still moves, by up to") != NULL, "%s",
              said);
    cr_expect(strstr(said, "\"line\":4") != NULL || strstr(said, "\"line\": 4") != NULL, "%s",
              said);
}

Test(rest, a_rack_that_is_damped_is_at_rest)
{
    double r_Ohm = 100e-3;
    double l_H = 1e-6;

    cr_assert_gt(r_Ohm / l_H, P_W / (V * V * C_F));
    const char *said = said_of(r_Ohm, l_H);
    cr_expect(said == NULL, "%s", said);
}
