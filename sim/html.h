/* html.h - text that goes into HTML and SVG. */
#ifndef SIM_HTML_H
#define SIM_HTML_H

#include <stdio.h>

/* Text, with what would be markup escaped: also good within a quoted attribute. */
void html_text(FILE *out, const char *text);

/* printf for the markup, where %s is escaped like html_text(). Knows %s, %d, %.Nf, %g and %%. */
void html_print(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
