/* html.c - escaping.  Checked by tests/sim/test_report.c. */
#include "html.h"

#include <stdarg.h>
#include <string.h>

void html_text(FILE *out, const char *text)
{
    static const char special[] = "&<>\"'";
    static const char *const as[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};

    while (*text != '\0') {
        size_t n = strcspn(text, special);
        fwrite(text, 1, n, out);
        text += n;
        if (*text != '\0') {
            fputs(as[strchr(special, *text) - special], out);
            text++;
        }
    }
}

void html_print(FILE *out, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    while (*format != '\0') {
        size_t n = strcspn(format, "%");
        int digits = 6;
        fwrite(format, 1, n, out);
        format += n + (format[n] == '%');
        if (format[0] == '.') { /* %.1f */
            digits = format[1] - '0';
            format += 2;
        }
        switch (*format) {
        case '\0':
            break;
        case 's':
            html_text(out, va_arg(args, const char *));
            break;
        case 'd':
            fprintf(out, "%d", va_arg(args, int));
            break;
        case 'f':
            fprintf(out, "%.*f", digits, va_arg(args, double));
            break;
        case 'g':
            fprintf(out, "%.*g", digits, va_arg(args, double));
            break;
        default:
            fputc(*format, out);
            break;
        }
        format += *format != '\0';
    }
    va_end(args);
}
