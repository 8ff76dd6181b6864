/* share.h - the share line between supplies that share current actively. */
#ifndef MODELS_SHARE_H
#define MODELS_SHARE_H

#include "kind.h"

extern const struct kind share_kind;

#endif
