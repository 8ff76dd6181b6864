/* kinds.c - every kind of part there is. */
#include "kinds.h"

#include <stddef.h>
#include <string.h>

#include "host.h"
#include "models/alert.h"
#include "models/bus.h"
#include "models/channel.h"
#include "models/cooling.h"
#include "models/expander.h"
#include "models/feed.h"
#include "models/i2c.h"
#include "models/ideal.h"
#include "models/mux.h"
#include "models/psu.h"
#include "models/server.h"
#include "models/share.h"
#include "models/switchgear.h"

const struct kind *const kinds[] = {
    &feed_kind, &psu_kind,     &share_kind,    &fet_kind,      &relay_kind,    &breaker_kind,
    &bus_kind,  &server_kind,  &i2c_kind,      &mux_kind,      &expander_kind, &controller_kind,
    &node_kind, &source_kind,  &resistor_kind, &inductor_kind, &switch_kind,   &diode_kind,
    &load_kind, &cooling_kind, &alert_kind,    &channel_kind,  NULL,
};

const struct kind *kind_named(const char *name)
{
    for (int i = 0; kinds[i] != NULL; i++) {
        if (strcmp(kinds[i]->name, name) == 0) {
            return kinds[i];
        }
    }
    return NULL;
}
