/* remote_ask.c - a question to a board and its answer, or what came instead.
 * Checked by tests/hil/test_remote.c. */
#include <stdarg.h>
#include <stdio.h>

#include "remote_inside.h"

static const ns_t ASK_AGAIN = MS(500); /* a greeting may get lost while a board starts */

bool remote_fail(struct seat *s, const char *format, ...)
{
    struct remote *r = &s->face;
    va_list args;

    if (!r->failed) {
        int n = snprintf(r->why, sizeof r->why, "link '%.200s': ", r->link);
        va_start(args, format);
        (void)vsnprintf(r->why + n, sizeof r->why - (size_t)n, format, args);
        va_end(args);
    }
    r->failed = true;
    return false;
}

/* ---- one question ------------------------------------------------------------------------------ */

void remote_expect(struct seat *s, const char *what)
{
    (void)snprintf(s->what, sizeof s->what, "%s", what);
}

static double patience_s(const struct seat *s)
{
    return ns_to_s(s->options.patience);
}

/* Why nothing more is to be expected. */
static bool give_up(struct seat *s, enum transport_end end)
{
    char rest[64] = "";
    char said[128] = "";

    if (end == TRANSPORT_STOPPED) {
        s->face.interrupted = true;
        return remote_fail(s, "interrupted while %s was awaited", s->what);
    }
    if (s->begun > 0) {
        (void)snprintf(rest, sizeof rest, ", %zu bytes into a frame", s->begun);
    }
    emulator_said(&s->transport.emulator, said, sizeof said);
    return end == TRANSPORT_CLOSED
               ? remote_fail(s, "%s was awaited: the other end has closed the link%s%s%s", s->what,
                             rest, said[0] != '\0' ? "; " : "", said)
               : remote_fail(s, "%s was awaited: nothing %scame within %.3g s%s", s->what,
                             s->begun > 0 ? "more " : "", patience_s(s), rest);
}

void remote_begin(struct seat *s, enum link_type type)
{
    s->sequence = (uint8_t)(s->sequence == UINT8_MAX ? 1 : s->sequence + 1); /* 0: unasked */
    link_begin(&s->frame, type, s->sequence);
}

struct bytes {
    uint8_t at[2 * LINK_BYTES + 2];
    size_t n;
};

static void put(void *to, uint8_t byte)
{
    struct bytes *b = to;

    b->at[b->n++] = byte;
}

bool remote_send(struct seat *s, ns_t within)
{
    struct bytes b = {.n = 0};

    if (s->frame.bad) {
        return remote_fail(s, "a question for %s that is longer than a frame", s->what);
    }
    link_send(&s->frame, put, &b);
    enum transport_end end = transport_write(&s->transport, b.at, b.n, transport_now() + within);
    return end == TRANSPORT_MORE || give_up(s, end);
}

enum arrival { FRAME, DAMAGED, NOTHING };

/* The next frame, or a damaged one; NOTHING: *end says why. */
static enum arrival next_frame(struct seat *s, ns_t deadline, enum transport_end *end)
{
    for (;;) {
        while (s->at < s->n) {
            uint8_t byte = s->unread[s->at++];
            bool whole = link_take(&s->frame, byte);
            size_t begun = s->begun;
            s->begun = byte == LINK_END ? 0 : begun + 1;
            if (whole) {
                return FRAME;
            }
            if (byte == LINK_END && begun > 0) {
                return DAMAGED;
            }
        }
        s->at = s->n = 0;
        *end = transport_read(&s->transport, s->unread, sizeof s->unread, &s->n, deadline);
        if (*end != TRANSPORT_MORE) {
            return NOTHING;
        }
    }
}

static const char *refusal_word(uint8_t why)
{
    switch ((enum link_refusal)why) {
    case LINK_UNKNOWN:
        return "it does not know that question";
    case LINK_MALFORMED:
        return "the question was too short or too long";
    case LINK_NOT_READY:
        return "it has no table: it has been reset";
    default:
        return "it does not say why";
    }
}

/* Of letters, or of bytes that are none. */
static bool other_frame(struct seat *s, enum link_type type)
{
    if (type == LINK_HELLO) {
        return remote_fail(
            s,
            "%s was awaited: the board greets instead; it has been reset in the middle of "
            "the run, or its firmware has failed",
            s->what);
    }
    return remote_fail(
        s, "%s was awaited: a frame of type 0x%02X with number %u came (wanted: number %u)",
        s->what, (unsigned)type, link_sequence_of(&s->frame), s->sequence);
}

/* The answer to what was sent last. */
static bool await(struct seat *s, enum link_type answer)
{
    enum transport_end end = TRANSPORT_MORE;
    enum arrival a = next_frame(s, transport_now() + s->options.patience, &end);
    uint8_t why = 0;

    if (a == NOTHING) {
        return give_up(s, end);
    }
    if (a == DAMAGED) {
        return remote_fail(s, "%s was awaited: a damaged frame came (its check sequence is wrong)",
                           s->what);
    }
    enum link_type type = link_type_of(&s->frame);
    if (link_sequence_of(&s->frame) != s->sequence && type == answer) {
        return remote_fail(s,
                           "%s with number %u was awaited: number %u came, repeated or out of turn",
                           s->what, s->sequence, link_sequence_of(&s->frame));
    }
    if (type == LINK_REFUSED && link_sequence_of(&s->frame) == s->sequence) {
        link_u8(&s->frame, &why);
        return remote_fail(s, "%s was awaited: the board refuses, %s", s->what, refusal_word(why));
    }
    return type == answer || other_frame(s, type);
}

bool remote_ask(struct seat *s, enum link_type answer)
{
    return remote_send(s, s->options.patience) && await(s, answer);
}

bool remote_is_whole(struct seat *s)
{
    return link_is_whole(&s->frame) ||
           remote_fail(
               s, "%s was awaited: it came, but too short, too long or with numbers out of range",
               s->what);
}

/* ---- greeting ---------------------------------------------------------------------------------- */

/* Speak until the board answers; noise and what is left of an earlier run don't matter. */
bool remote_greet(struct seat *s, ns_t silent_until)
{
    ns_t deadline = transport_now() + s->options.patience;
    ns_t ask_at = silent_until;
    bool asked = false;
    bool came = false;

    for (;;) {
        if (transport_now() >= ask_at) {
            remote_begin(s, LINK_HELLO);
            if (!remote_send(s, s->options.patience)) {
                return false;
            }
            ask_at = transport_now() + ASK_AGAIN;
            asked = true;
        }
        enum transport_end end = TRANSPORT_MORE;
        enum arrival a = next_frame(s, ask_at < deadline ? ask_at : deadline, &end);
        came = came || a != NOTHING || s->begun > 0;
        if (a == FRAME && link_type_of(&s->frame) == LINK_HELLO) {
            if (link_sequence_of(&s->frame) == s->sequence && asked) {
                return true;
            }
            if (link_sequence_of(&s->frame) == 0) {
                ask_at = 0; /* it has just started */
            }
        }
        if (a == NOTHING && end != TRANSPORT_SILENT) {
            return give_up(s, end);
        }
        if (transport_now() >= deadline) {
            return came ? remote_fail(
                              s,
                              "%s was awaited: bytes came, but no answer, within %.3g s; another "
                              "speed, or no powergap firmware?",
                              s->what, patience_s(s))
                        : remote_fail(s, "%s was awaited: nothing came within %.3g s", s->what,
                                      patience_s(s));
        }
    }
}
