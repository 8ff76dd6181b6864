/* journal_text.h - the controller's journal in words, with the names of the rack's parts. */
#ifndef SIM_JOURNAL_TEXT_H
#define SIM_JOURNAL_TEXT_H

#include "controller/controller.h"
#include "rack_table.h"

enum { JOURNAL_TEXT = 256 };

/* Whom an entry is about: the name of a supply, switch, bus, bar, line; "": nobody. */
const char *journal_who(const struct rack_table *t, const struct journal_entry *e);

/* What it says beyond its word, written into text and returned; "": nothing. */
const char *journal_said(char text[JOURNAL_TEXT], const struct rack_table *t,
                         const struct journal_entry *e);

#endif
