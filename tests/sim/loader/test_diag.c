/* Problems come out sorted, once, with a caret under the text they are about. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/diag.h"

static const char file[] = "one: 1\n\ttwo: 12 A # \xc3\xa4 wide\nthree: 3\n";
static const struct text text = {"dir/x.yaml", file, sizeof file - 1};

static struct place at(int32_t line, int32_t column, int32_t length)
{
    return (struct place){.in = &text, .line = line, .column = column, .length = length};
}

static void expect_printed(struct diag *d, bool json, const char *golden)
{
    char *got = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&got, &size);

    if (json) {
        diag_print_json(d, f);
    } else {
        diag_print(d, f, false);
    }
    fclose(f);
    cr_expect(strcmp(got, golden) == 0, "%s", got);
    free(got);
    diag_free(d);
}

Test(diag, sorts_and_drops_what_was_said)
{
    struct diag *d = diag_new();

    diag_error(d, at(3, 8, 1), "third");
    diag_error(d, at(2, 7, 4), "'%s' wants a voltage", "two");
    diag_hint(d, "did you mean '12 V'?");
    diag_warning(d, at(1, 6, 0), "first");
    diag_error(d, at(3, 8, 1), "third");
    diag_hint(d, "belongs to what was dropped");
    cr_expect(diag_errors(d) == 2 && diag_warnings(d) == 1);
    expect_printed(d, false,
                   "dir/x.yaml:1:6: warning: first\n"
                   "    1 | one: 1\n"
                   "      |      ^\n"
                   "dir/x.yaml:2:7: error: 'two' wants a voltage\n"
                   "    2 |  two: 12 A # \xc3\xa4 wide\n"
                   "      |       ^~~~\n"
                   "      = hint: did you mean '12 V'?\n"
                   "dir/x.yaml:3:8: error: third\n"
                   "    3 | three: 3\n"
                   "      |        ^\n");
}

Test(diag, has_a_form_for_scripts)
{
    struct diag *d = diag_new();

    diag_error(d, at(2, 7, 4), "a \"quoted\" \\ word\nand a new line");
    expect_printed(
        d, true,
        "{\"severity\": \"error\", \"file\": \"dir/x.yaml\", \"line\": 2, \"column\": 7, "
        "\"length\": 4, \"message\": \"a \\\"quoted\\\" \\\\ word and a new line\", "
        "\"hint\": \"\"}\n");
}

Test(diag, says_nothing_to_a_terminal_that_a_file_made_up)
{
    struct diag *d = diag_new();

    diag_error(d, (struct place){.in = NULL}, "no part is named '%s'", "\033[2Jx");
    expect_printed(d, false, "powergap: error: no part is named ' [2Jx'\n");
}

Test(diag, counts_what_it_does_not_keep)
{
    struct diag *d = diag_new();
    char *got = NULL;
    size_t size = 0;

    for (int32_t i = 0; i < DIAG_KEPT + 31; i++) {
        diag_error(d, at(1, 1, 1), "problem %d", i);
    }
    cr_expect(diag_errors(d) == DIAG_KEPT + 31 && diag_is_full(d));
    FILE *f = open_memstream(&got, &size);
    diag_print(d, f, true);
    fclose(f);
    cr_expect(strstr(got, "and 31 more\n") && strstr(got, "\033[1;31merror:"));
    free(got);
    diag_free(d);
}
