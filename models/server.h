/* server.h - a server: input ORing, hot-swap capacitor, lock-out, constant power, minutes of boot. */
#ifndef MODELS_SERVER_H
#define MODELS_SERVER_H

#include "kind.h"

extern const struct kind server_kind;

#endif
