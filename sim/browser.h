/* browser.h - the one door to a browser without a window (Chromium): it makes pages of paper of a web
 * page. */
#ifndef SIM_BROWSER_H
#define SIM_BROWSER_H

#include <signal.h>
#include <stdbool.h>

#include "diag.h"

/* Can it be run? */
bool browser_is_there(void);

/* What to say when it can't. */
extern const char browser_missing[];

/* Print the file `html` as the PDF file `pdf`, which is replaced. Both are absolute paths. False:
 * reported, or `stop`. */
bool browser_print(const char *html, const char *pdf, struct diag *d,
                   const volatile sig_atomic_t *stop);

#endif
