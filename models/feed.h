/* feed.h - an AC feed: the common cause behind the supplies it feeds. */
#ifndef MODELS_FEED_H
#define MODELS_FEED_H

#include "kind.h"

extern const struct kind feed_kind;

/* Its present voltage, V rms; 0 while it is open. */
double feed_v_V(const struct world *w, int32_t feed);

#endif
