/* psu.h - a power supply: what other parts ask of it. */
#ifndef MODELS_PSU_H
#define MODELS_PSU_H

#include "kind.h"

extern const struct kind psu_kind;

/* Is part `i` a supply on this feed? */
bool psu_is_on_feed(const struct world *w, int32_t i, int32_t feed);

/* The supply's feed has changed: look at it again. */
void psu_input_changed(struct world *w, int32_t part);

/* Does this fan tray cool part `i`, a supply? */
bool psu_is_cooled_by(const struct world *w, int32_t i, int32_t cooling);

/* The flow of that tray has changed: look at it again. */
void psu_air_changed(struct world *w, int32_t part);

/* What a controller is configured with: rating and feed (NO_PART: none). */
double psu_rated_W(const struct world *w, int32_t part);
int32_t psu_feed(const struct world *w, int32_t part);
const struct i2c_path *psu_path(const struct world *w, int32_t part);

/* Its alert line, NO_PART: none; whether it ends there by way of its mux; whether it answers the alert
 * response address. */
int32_t psu_alert_line(const struct world *w, int32_t part);
bool psu_alerts_by_mux(const struct world *w, int32_t part);
/* How it departs from the standard, as the row of the controller's table that is made for it says. */
enum psu_personality {
    PSU_STANDARD,
    PSU_WRONG_PEC, /* or none */
    PSU_NO_VOUT_MODE,
    PSU_NEEDS_GAP,
    PSU_NEEDS_TOGGLE,
    PSU_PMBUS_1_1,
    PSU_SLOW_OK, /* its power-good may come later than 3.5 s after its input */
    PSU_PERSONALITIES
};
enum psu_personality psu_personality(const struct world *w, int32_t part);

bool psu_has_ara(const struct world *w, int32_t part);

#endif
