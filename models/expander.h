/* expander.h - a 16-bit port expander: the pins that the switches hang on. */
#ifndef MODELS_EXPANDER_H
#define MODELS_EXPANDER_H

#include <stdbool.h>

#include "kind.h"

extern const struct kind expander_kind;

enum { EXPANDER_PINS = 16, EXPANDER_CLAIMS = 32 };

/* A switch says at wire() or join() time that it hangs on pin `bit` and which level it starts at:
 * when the run begins the rack is live, so claimed pins are outputs, the others inputs. From then on
 * the switch's kind->pin() is called whenever the level of the pin changes. Several switches may
 * hang on one pin; the last to claim decides its start level. Aborts when `bit` is not a pin, or
 * when there are more than EXPANDER_CLAIMS of them. */
void expander_claim(struct world *w, int32_t expander, int32_t bit, int32_t switch_part,
                    bool initially_high);

/* The level of a pin now. */
bool expander_pin(const struct world *w, int32_t expander, int32_t bit);

#endif
