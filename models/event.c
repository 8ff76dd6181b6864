/* event.c - the words of event.h as text. */
#include "event.h"

#define EVENT_WORD(id, word, doc) word,
#define EVENT_DOC(id, word, doc)  doc,

static const char *const words[EVENT_KINDS] = {EVENTS(EVENT_WORD)};
static const char *const docs[EVENT_KINDS] = {EVENTS(EVENT_DOC)};

const char *event_word(enum event_kind kind)
{
    return words[kind];
}

const char *event_doc(enum event_kind kind)
{
    return docs[kind];
}
