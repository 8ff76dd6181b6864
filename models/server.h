/* server.h - a server: input ORing, hot-swap capacitor, lock-out, constant power, minutes of boot. */
#ifndef MODELS_SERVER_H
#define MODELS_SERVER_H

#include <stdbool.h>

#include "kind.h"

extern const struct kind server_kind;

struct channel_report;
struct channel_request;
struct tap_list;
struct world;

/* The bars that feed it, and the channel its agent is on; NO_PART: it has none. */
const struct tap_list *server_from(const struct world *w, int32_t part);
int32_t server_channel(const struct world *w, int32_t part);

/* Its power when it runs, the lowest cap it accepts, its power while it boots, and for how long. */
double server_rated_W(const struct world *w, int32_t part);
double server_least_W(const struct world *w, int32_t part);
double server_boot_W(const struct world *w, int32_t part);
ns_t server_boot_ns(const struct world *w, int32_t part);
/* 0 is shed last. */
int32_t server_priority(const struct world *w, int32_t part);

/* What its agent says now; false: the agent is mute, or without power. */
bool server_reports(struct world *w, int32_t part, struct channel_report *re);

/* A request has reached its agent. */
void server_asked(struct world *w, int32_t part, const struct channel_request *rq);

#endif
