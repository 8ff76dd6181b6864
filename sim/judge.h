/* judge.h - what must hold: watches every expectation during the run, then rules on each.
 *
 * It only reads. The run calls it before and after each instant and from the plant's sink. */
#ifndef SIM_JUDGE_H
#define SIM_JUDGE_H

#include "gap.h"
#include "log.h"
#include "plant.h"
#include "watch.h"

struct judge;

/* The last two are of runs that prove nothing: real time was missed; the bench has failed. */
enum verdict {
    VERDICT_PASS,
    VERDICT_UNRESOLVED,
    VERDICT_FAIL,
    VERDICT_INVALID,
    VERDICT_ERROR,
    VERDICTS
};
const char *verdict_word(enum verdict v); /* "PASS" */

/* The ruling on one instance of an expectation, or on a deed that was not done. */
struct ruling {
    enum verdict verdict;
    int32_t expectation; /* index; -1: about a deed */
    int32_t deed;        /* index; -1: about an expectation */
    int32_t instance;
    const char *text;       /* the instance in words */
    enum quantity quantity; /* of measured, limit, margin and error */
    double measured, limit; /* NAN: there is none */
    double margin;          /* >= 0 is good */
    double error;           /* how wrong margin may be */
    ns_t at;                /* when it was worst; NS_NEVER: never */
    char note[96];          /* what the numbers don't say */
};

struct judge *judge_new(const struct scenario *s);
void judge_free(struct judge *j);

/* The world exists; nothing has run yet. */
void judge_begin(struct judge *j, const struct world *w);

/* The next instant at which the judge wants to look by itself: the run stops there. */
ns_t judge_stop(const struct judge *j);

/* From the sink: the island's segment is about to be replaced; an event has happened. */
void judge_span(struct judge *j, const struct world *w, int32_t island, ns_t t1);
void judge_event(struct judge *j, const struct event *e);
/* An action was done; the script's ear. */
void judge_action(struct judge *j, int32_t part, const struct action *action, ns_t at);
/* Everything due at this instant has happened. */
void judge_after(struct judge *j, const struct world *w);

/* The run has ended: rule. `effects` says what became of each deed. */
struct script;
void judge_end(struct judge *j, const struct world *w, const struct script *script);

int32_t judge_rulings(const struct judge *j);
const struct ruling *judge_ruling(const struct judge *j, int32_t i);
/* FAIL before UNRESOLVED before PASS; whatever was ruled, if the run was declared void. */
enum verdict judge_verdict(const struct judge *j);

/* Ruling i may be wrong by so much more; `turns`: it may be the other way round. Then it decides nothing. */
void judge_widen(struct judge *j, int32_t i, double error, bool turns);

/* The run proves nothing: VERDICT_INVALID or VERDICT_ERROR, and why, which must outlive the judge. */
void judge_void(struct judge *j, enum verdict v, const char *why);
const char *judge_void_why(const struct judge *j); /* NULL: it is not void */

/* Every gap: those of `gap:` expectations and those of the default observers, by start. */
const struct gaps *judge_gaps(const struct judge *j);
int32_t judge_watches(const struct judge *j);
const struct watch *judge_watch(const struct judge *j, int32_t i);
/* Does this watch see gaps? (The others are about other expectations.) */
bool judge_sees_gaps(const struct judge *j, int32_t i);

#endif
