/* anatomy.c - walks from recovery to fault through the causes, and names each link by its event.
 *
 *   transfer, nack, ...   its `from` splits the link: waiting before, on the wire after. Before the
 *                         first decision that is the poll, afterwards the queue and the command
 *   alert                 waiting for it before; after it, finding out who it was
 *   decide                thinking; where the bus was busy with others meanwhile: queueing
 *   pins, *_command       the command on its way
 *   conducts, closed ...  actuation; bounce_*: bounce
 *   starting .. regulated start-up
 *   the rest of the gap, after the last event that helped: recharging
 *
 * A gap that is open at the end of the run has no recovery. Its chain begins at the furthest step
 * towards one that the fault has led to, and the rest is what that step was waiting for.
 *
 * Checked by tests/sim/test_anatomy.c. */
#include "anatomy.h"

#include <stdio.h>
#include <string.h>

#include "words.h"

enum { CHAIN_MAX = 2048, LOOK_AHEAD = 256 };

struct walk {
    const struct log *log;
    const struct gap *gap;
    struct anatomy *a;
    ns_t reached; /* everything before is accounted for */
    bool decided; /* a decision lies behind */
};

static const struct {
    const char *word, *doc;
} names[SPAN_CLASSES] = {
    [SPAN_WAIT_POLL] = {"wait_poll", "waiting for the poll"},
    [SPAN_WAIT_ALERT] = {"wait_alert", "waiting for the alert"},
    [SPAN_FIND] = {"find", "finding who alerts"},
    [SPAN_TRANSFER] = {"transfer", "reading on the bus"},
    [SPAN_DECIDE] = {"decide", "deciding"},
    [SPAN_QUEUE] = {"queue", "queueing for the bus"},
    [SPAN_WRITE] = {"write", "writing the command"},
    [SPAN_ACTUATE] = {"actuate", "switch actuation"},
    [SPAN_BOUNCE] = {"bounce", "contact bounce"},
    [SPAN_START_UP] = {"start_up", "supply start-up"},
    [SPAN_RECHARGE] = {"recharge", "recharging"},
    [SPAN_OTHER] = {"other", "other"},
};

const char *span_word(enum span_class c)
{
    return names[c].word;
}

const char *span_doc(enum span_class c)
{
    return names[c].doc;
}

/* ---- chains ------------------------------------------------------------------------------------ */

uint32_t anatomy_root(const struct log *l, uint32_t id)
{
    uint32_t action = 0;
    uint32_t deed = id;

    for (const struct event *e = log_at(l, id); e != NULL && e->kind != EV_START;
         e = e->cause < e->id ? log_at(l, e->cause) : NULL) {
        action = e->kind == EV_ACTION ? e->id : action;
        deed = e->kind != EV_INLET && e->kind != EV_DERATED ? e->id : deed;
    }
    return action != 0 ? action : deed;
}

/* The events behind `id`, newest first, back to the last one before `since`. */
static int32_t chain_of(const struct log *l, uint32_t id, ns_t since, uint32_t chain[CHAIN_MAX])
{
    int32_t n = 0;

    for (const struct event *e = log_at(l, id); e != NULL && e->kind != EV_START && n < CHAIN_MAX;
         e = e->cause < e->id ? log_at(l, e->cause) : NULL) {
        chain[n++] = e->id;
        if (e->at <= since) {
            break;
        }
    }
    return n;
}

/* The instant at which the input of the supply behind this chain was lost; NS_NEVER: it was not. */
static ns_t input_lost_at(const struct log *l, uint32_t id)
{
    for (const struct event *e = log_at(l, id); e != NULL;
         e = e->cause < e->id ? log_at(l, e->cause) : NULL) {
        if (e->kind == EV_INPUT_LOST) {
            return e->at;
        }
    }
    return NS_NEVER;
}

/* ---- spans ------------------------------------------------------------------------------------- */

/* Account for the time up to `to`, within the gap. */
static void reach(struct walk *k, ns_t to, enum span_class is, uint32_t event)
{
    struct anatomy *a = k->a;

    to = to < k->gap->end ? to : k->gap->end;
    if (to <= k->reached) {
        return;
    }
    a->within[is] += to - k->reached;
    struct span *last = a->n_spans > 0 ? &a->span[a->n_spans - 1] : NULL;
    if (last != NULL && (last->is == is || a->n_spans == ANATOMY_SPANS)) {
        last->to = to;
        last->event = event;
    } else {
        a->span[a->n_spans++] = (struct span){is, k->reached, to, event};
    }
    k->reached = to;
}

static bool is_transfer(enum event_kind kind)
{
    return kind == EV_TRANSFER || kind == EV_NACK || kind == EV_BUS_TIMEOUT ||
           kind == EV_BUS_CLEAR || kind == EV_TRANSFER_CUT || kind == EV_MUX_RESET;
}

static bool is_control(enum event_kind kind)
{
    return is_transfer(kind) || kind == EV_DECIDE || kind == EV_PINS || kind == EV_CONTROLLER_RESET;
}

/* From a decision, or an alert, to its transfer: the controller thinks, and waits while others use the
 * bus; after an alert, what it begins on the bus itself is finding out who it was. */
static void reach_turn(struct walk *k, const struct event *c, const struct event *e, ns_t to)
{
    for (uint32_t id = c->id + 1; id < e->id; id++) {
        const struct event *other = log_at(k->log, id);
        if (is_transfer(other->kind) && other->part == e->part && other->at <= to) {
            reach(k, other->from, SPAN_DECIDE, id);
            bool finds = c->kind == EV_ALERT && other->from >= c->at;
            reach(k, other->at, finds ? SPAN_FIND : SPAN_QUEUE, id);
        }
    }
    reach(k, to, SPAN_DECIDE, e->id);
}

/* The transfer during which the expander's pins moved: it ends after them, with the same cause. */
static const struct event *transfer_around(const struct log *l, const struct event *pins)
{
    for (uint32_t id = pins->id + 1; id < pins->id + LOOK_AHEAD; id++) {
        const struct event *e = log_at(l, id);
        if (e == NULL) {
            return NULL;
        }
        if (is_transfer(e->kind) && e->cause == pins->cause && e->from <= pins->at) {
            return e;
        }
    }
    return NULL;
}

static enum span_class class_of(const struct event *c, const struct event *e)
{
    switch (e->kind) {
    case EV_BOUNCE_OPEN:
    case EV_BOUNCE_CLOSED:
        return SPAN_BOUNCE;
    case EV_CLOSE_COMMAND:
    case EV_OPEN_COMMAND:
        return SPAN_WRITE;
    case EV_CONDUCTS:
    case EV_CLOSED:
    case EV_OPENS:
    case EV_OPEN:
    case EV_REFUSED:
    case EV_ORING_OFF:
    case EV_ORING_ON:
    case EV_TRIP:
    case EV_DROP_OUT:
        return c->kind == EV_BOUNCE_CLOSED || c->kind == EV_BOUNCE_OPEN ? SPAN_BOUNCE
                                                                        : SPAN_ACTUATE;
    case EV_STARTING:
    case EV_OUTPUT_ON:
    case EV_REGULATED:
    case EV_POWER_GOOD:
    case EV_COMMAND_ON:
        return SPAN_START_UP;
    case EV_ALERT:
        return SPAN_WAIT_ALERT;
    case EV_DECIDE:
        return SPAN_DECIDE;
    default:
        return SPAN_OTHER;
    }
}

/* One link of the chain: from its cause c to the event e. */
static void reach_link(struct walk *k, const struct event *c, const struct event *e)
{
    if (is_transfer(e->kind)) {
        if (is_control(c->kind) || c->kind == EV_ALERT) {
            reach_turn(k, c, e, e->from);
        } else {
            reach(k, e->from, SPAN_WAIT_POLL, e->id);
        }
        reach(k, e->at, k->decided ? SPAN_WRITE : SPAN_TRANSFER, e->id);
    } else if (e->kind == EV_PINS) {
        const struct event *transfer = transfer_around(k->log, e);
        if (transfer != NULL) {
            reach_turn(k, c, transfer, transfer->from);
        }
        reach(k, e->at, SPAN_WRITE, e->id);
    } else {
        reach(k, e->at, class_of(c, e), e->id);
    }
    k->decided = k->decided || e->kind == EV_DECIDE;
}

/* Has the controller decided before this event of the chain? */
static bool has_decided(const struct log *l, const struct event *e)
{
    for (; e != NULL && is_control(e->kind); e = e->cause < e->id ? log_at(l, e->cause) : NULL) {
        if (e->kind == EV_DECIDE) {
            return true;
        }
    }
    return false;
}

/* Which event ended the gap? Of those that brought the voltage a fair part of its way back, the last
 * that goes back to the fault; when none does, the last. (The very last to help may have been a
 * supply's ORing that joined a recovery under way.) */
static uint32_t recovery_of(const struct log *l, const struct gap *g, uint32_t fault)
{
    static const double FAIR = 0.1;
    uint32_t found = 0;
    bool is_ours = false;

    for (int32_t i = 0; !g->open && i < g->n_helps; i++) {
        double after = i + 1 < g->n_helps ? g->help[i + 1].value : 0.0;
        bool ours = fault != 0 && anatomy_root(l, g->help[i].event) == fault;
        if (after - g->help[i].value >= FAIR * -g->deepest && (ours || !is_ours)) {
            found = g->help[i].event;
            is_ours = ours;
        }
    }
    return found != 0 ? found : g->helped;
}

/* ---- gaps that stay open ----------------------------------------------------------------------- */

/* What comes after a step towards recovery, when nothing has come; SPAN_CLASSES: it is no such step. */
static enum span_class awaited_after(const struct log *l, const struct event *e)
{
    const struct event *cause = log_at(l, e->cause);

    switch (e->kind) {
    case EV_TRANSFER: /* the reading that shows the fault, not the polling that goes on */
        return cause != NULL && !is_control(cause->kind) ? SPAN_DECIDE : SPAN_CLASSES;
    case EV_ALERT:
        return SPAN_FIND;
    case EV_DECIDE:
        return SPAN_DECIDE; /* no command has followed */
    case EV_PINS:
    case EV_CLOSE_COMMAND:
    case EV_REFUSED:
        return SPAN_ACTUATE;
    case EV_BOUNCE_OPEN:
        return SPAN_BOUNCE;
    case EV_INPUT_BACK:
    case EV_COOL:
    case EV_COMMAND_ON:
    case EV_STARTING:
    case EV_OUTPUT_ON:
        return SPAN_START_UP;
    case EV_CONDUCTS:
    case EV_CLOSED:
    case EV_BOUNCE_CLOSED:
    case EV_REGULATED:
    case EV_POWER_GOOD:
        return SPAN_RECHARGE;
    default:
        return SPAN_CLASSES;
    }
}

static bool comes_from(const struct log *l, const struct event *e, uint32_t fault)
{
    while (e != NULL && e->id > fault) {
        e = e->cause < e->id ? log_at(l, e->cause) : NULL;
    }
    return e != NULL && e->id == fault;
}

/* The furthest step that the fault has led to, and what it waits for. Without one: for the poll,
 * where somebody polls. */
static uint32_t furthest_step(const struct log *l, uint32_t fault, enum span_class *awaited)
{
    bool polls = false;

    for (uint32_t id = l->n; fault != 0 && id > fault; id--) {
        const struct event *e = log_at(l, id);
        *awaited = awaited_after(l, e);
        if (*awaited != SPAN_CLASSES && comes_from(l, e, fault)) {
            return id;
        }
        polls = polls || is_transfer(e->kind);
    }
    *awaited = polls ? SPAN_WAIT_POLL : SPAN_OTHER;
    return 0;
}

/* ---- the whole gap ----------------------------------------------------------------------------- */

/* Along the chain that leads to `last`, then the rest of the gap. */
static void partition(struct walk *k, uint32_t last, enum span_class rest)
{
    uint32_t chain[CHAIN_MAX];
    int32_t n = chain_of(k->log, last, k->gap->start, chain);

    if (n > 0) {
        const struct event *first = log_at(k->log, chain[n - 1]);
        k->decided = has_decided(k->log, first);
        reach(k, first->at, SPAN_OTHER, first->id);
    }
    for (int32_t i = n - 2; i >= 0; i--) {
        reach_link(k, log_at(k->log, chain[i + 1]), log_at(k->log, chain[i]));
    }
    reach(k, k->gap->end, rest, 0);
}

void anatomy_find(const struct log *l, const struct gap *g, struct anatomy *a)
{
    struct walk k = {.log = l, .gap = g, .a = a, .reached = g->start};
    const struct event *hurt = log_at(l, g->hurt);

    *a = (struct anatomy){.n_spans = 0};
    if (hurt != NULL && hurt->kind != EV_START) {
        a->fault = anatomy_root(l, g->hurt);
        ns_t fault_at = log_at(l, a->fault)->at;
        ns_t lost_at = input_lost_at(l, g->hurt);
        ns_t bare_at = lost_at == NS_NEVER ? fault_at : hurt->at;
        bare_at = bare_at < g->start ? bare_at : g->start;
        a->hold_up = bare_at - fault_at;
        a->ride_through = g->start - bare_at;
    }
    a->recovery = recovery_of(l, g, a->fault);
    a->same_fault = a->fault != 0 && a->recovery != 0 && anatomy_root(l, a->recovery) == a->fault;
    if (g->open) {
        enum span_class awaited;
        uint32_t last = furthest_step(l, a->fault, &awaited);
        partition(&k, last, awaited);
    } else {
        partition(&k, a->recovery, SPAN_RECHARGE);
    }
}

/* ---- in words ---------------------------------------------------------------------------------- */

static void append(char *buf, size_t room, const char *text)
{
    size_t used = strlen(buf);

    if (used + 1 < room) {
        snprintf(buf + used, room - used, "%s", text);
    }
}

static void append_span(char *buf, const char *link, const char *doc, ns_t t)
{
    char length[WORDS_TIME];

    append(buf, ANATOMY_TEXT, link);
    append(buf, ANATOMY_TEXT, doc);
    append(buf, ANATOMY_TEXT, " ");
    append(buf, ANATOMY_TEXT, words_time(length, ns_to_s(t)));
}

const char *span_name(const struct anatomy *a, int32_t i, const struct gap *g, const struct log *l,
                      const struct part parts[], char buf[SPAN_NAME])
{
    const struct span *s = &a->span[i];
    char name[LOG_NAME];

    if (g->open && i + 1 == a->n_spans) {
        snprintf(buf, SPAN_NAME, s->is == SPAN_OTHER ? "not recovered" : "not recovered (%s)",
                 span_doc(s->is));
    } else if (s->is == SPAN_OTHER && s->event != 0) {
        snprintf(buf, SPAN_NAME, "until %s", log_name(l, parts, s->event, name));
    } else {
        snprintf(buf, SPAN_NAME, "%s", span_doc(s->is));
    }
    return buf;
}

/* Is it one of a class that is told once, with its sum? */
static bool is_summed(const struct anatomy *a, int32_t i, const struct gap *g)
{
    return a->span[i].is != SPAN_OTHER && !(g->open && i + 1 == a->n_spans);
}

/* The time to tell at span i: with that of later ones of its class; 0: an earlier one has told it. */
static ns_t time_to_tell(const struct anatomy *a, int32_t i, const struct gap *g)
{
    bool sums = is_summed(a, i, g);
    ns_t sum = 0;

    for (int32_t k = 0; k < a->n_spans; k++) {
        if (k == i || (sums && is_summed(a, k, g) && a->span[k].is == a->span[i].is)) {
            if (k < i) {
                return 0;
            }
            sum += a->span[k].to - a->span[k].from;
        }
    }
    return sum;
}

const char *anatomy_text(const struct anatomy *a, const struct gap *g, const struct log *l,
                         const struct part parts[], char buf[ANATOMY_TEXT])
{
    const char *link = "after ";
    char name[SPAN_NAME];

    buf[0] = '\0';
    if (a->hold_up > 0) {
        append_span(buf, link, "hold-up", a->hold_up);
        link = " and ";
    }
    if (a->ride_through > 0) {
        append_span(buf, link, "ride-through", a->ride_through);
    }
    link = buf[0] != '\0' ? ": " : "";
    for (int32_t i = 0; i < a->n_spans; i++) {
        ns_t t = time_to_tell(a, i, g);
        if (t > 0) {
            append_span(buf, link, span_name(a, i, g, l, parts, name), t);
            link = ", ";
        }
    }
    return buf;
}
