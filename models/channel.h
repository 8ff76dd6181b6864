/* channel.h - the management network between servers and the controller: reports one way, requests
 * the other. */
#ifndef MODELS_CHANNEL_H
#define MODELS_CHANNEL_H

#include <stdint.h>

#include "kind.h"

extern const struct kind channel_kind;

enum { CHANNEL_SERVERS = 256, CHANNEL_QUEUE = 256 };

enum channel_state { CHANNEL_ON = 1, CHANNEL_BOOTS, CHANNEL_WAITS, CHANNEL_OFF };

/* What a server's agent says of it. */
struct channel_report {
    enum channel_state state;
    uint8_t number;     /* of the last request it has taken */
    double power_W;     /* mean over its last reporting period */
    double limit_W;     /* draws no more than this: INFINITY, a cap, 0 when it was told to be off */
    double announced_W; /* will draw that much ... */
    ns_t announced_at;  /* ... from then on; NS_NEVER: nothing announced */
    ns_t taken_at;      /* when it was said */
};

/* What the controller asks of it. */
struct channel_request {
    uint8_t number;
    double limit_W; /* INFINITY: be on, and draw what you like */
};

struct world;

/* A server says at join() time that its agent is on this channel. Aborts when the channel is full. */
void channel_attach(struct world *w, int32_t channel, int32_t server);

/* The server's agent reports now, out of turn. */
void channel_report(struct world *w, int32_t channel, int32_t server);

/* The controller sends a request to a server. */
void channel_request(struct world *w, int32_t channel, int32_t server,
                     const struct channel_request *rq);

/* How often each server reports. */
ns_t channel_period(const struct world *w, int32_t channel);

#endif
