/* Every kind of bad input gives exactly the diagnostics that stand beside it in tests/bad/, and never
 * a scenario. Oracle: the golden texts, which a person has read. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/arena.h"
#include "sim/scenario.h"
#include "toy.h"

#define FOLDER "tests/bad/"

/* What diag_print() says, to be freed. */
static char *printed(struct diag *d)
{
    char *text = NULL;
    size_t size = 0;
    FILE *f = open_memstream(&text, &size);

    diag_print(d, f, false);
    fclose(f);
    return text;
}

static char *whole_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *text = NULL;
    size_t size = 0;

    cr_assert(f, "%s is missing", path);
    FILE *to = open_memstream(&text, &size);
    for (int c; (c = fgetc(f)) != EOF;) {
        fputc(c, to);
    }
    fclose(to);
    fclose(f);
    return text;
}

TestSuite(bad_input, .init = toy_kinds);

static void check_case(const char *name)
{
    char path[200], golden_path[200];
    struct diag *d = diag_new();

    snprintf(path, sizeof path, FOLDER "%s.yaml", name);
    snprintf(golden_path, sizeof golden_path, FOLDER "%s.txt", name);
    struct scenario *s = scenario_load(path, d);
    char *got = printed(d), *golden = whole_file(golden_path);

    cr_expect(strcmp(got, golden) == 0, "%s:\n%s", path, got);
    cr_expect((s == NULL) == (golden[0] != 0), "%s: %s", path, s ? "was loaded" : "was refused");
    free(got);
    free(golden);
    scenario_free(s);
    diag_free(d);
}

Test(bad_input, says_what_the_golden_text_says)
{
    DIR *dir = opendir(FOLDER);
    const struct dirent *entry;
    int n = 0;

    cr_assert(dir);
    while ((entry = readdir(dir)) != NULL) {
        char name[100];
        size_t length = strlen(entry->d_name);
        if (length > 5 && length < sizeof name &&
            strcmp(entry->d_name + length - 5, ".yaml") == 0) {
            memcpy(name, entry->d_name, length - 5);
            name[length - 5] = 0;
            check_case(name);
            n++;
        }
    }
    closedir(dir);
    cr_expect(n > 30);
}

static void expect_text(const char *bytes, size_t size, const char *golden)
{
    struct diag *d = diag_new();
    struct scenario *s = scenario_load_text("x.yaml", bytes, size, d);
    char *got = printed(d);

    cr_expect(!s);
    cr_expect(strcmp(got, golden) == 0, "%s", got);
    free(got);
    scenario_free(s);
    diag_free(d);
}

Test(bad_input, that_is_no_text)
{
    static const char huge[TEXT_LIMIT + 1];

    expect_text("", 0, "x.yaml: error: the file is empty\n");
    expect_text(" \n\n", 3, "x.yaml: error: the file is empty\n");
    expect_text("\x7f"
                "ELF\0\0",
                6, "x.yaml: error: binary data at line 1, column 1: byte 0x7f\n");
    expect_text("a: b\0c", 6, "x.yaml: error: binary data at line 1, column 5: byte 0x00\n");
    expect_text("a: b\nc: \xff\xfe", 10,
                "x.yaml: error: not UTF-8 at line 2, column 4: byte 0xff\n");
    expect_text("a: \xc0\xaf", 5, "x.yaml: error: not UTF-8 at line 1, column 4: byte 0xc0\n");
    expect_text("a: \xed\xa0\x80", 6, "x.yaml: error: not UTF-8 at line 1, column 4: byte 0xed\n");
    expect_text(huge, sizeof huge, "x.yaml: error: the file is larger than 8 MiB\n");
}

Test(bad_input, that_is_no_file)
{
    static const struct {
        const char *path, *golden;
    } cases[] = {
        {"tests/bad", "tests/bad: error: can't read the scenario 'tests/bad': it is a folder\n"},
        {"tests/none.yaml", "tests/none.yaml: error: can't read the scenario 'tests/none.yaml': No "
                            "such file or directory\n"},
        {"/dev/zero",
         "/dev/zero: error: can't read the scenario '/dev/zero': not a regular file\n"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct diag *d = diag_new();
        cr_expect(!scenario_load(cases[i].path, d));
        char *got = printed(d);
        cr_expect(strcmp(got, cases[i].golden) == 0, "%s", got);
        free(got);
        diag_free(d);
    }
}

/* n copies of `unit` between `head` and `tail`. */
static char *repeated(const char *head, const char *unit, int n, const char *tail, size_t *size)
{
    char *text = NULL;
    FILE *f = open_memstream(&text, size);

    fputs(head, f);
    for (int i = 0; i < n; i++) {
        fputs(unit, f);
    }
    fputs(tail, f);
    fclose(f);
    return text;
}

/* What is meant to exhaust a loader is refused, soon. The time limit is the runner's. */
Test(bad_input, that_would_exhaust_the_loader, .timeout = 60)
{
    static const struct {
        const char *head, *unit;
        int n;
        const char *tail;
    } cases[] = {
        {"a: ", "[", 100000, ""},
        {"a: ", "{a: ", 100000, ""},
        {"", "- ", 30000, ""},
        {"a: [", "[],", 1000000, "]"},
        {"duration: 1 s\nrack: {", "a: {is: feed},", 100000, "}"},
        {"duration: 1 s\nrack: {file: none.yaml,", "w[*]: {}, ", 100000, "}"},
        {"duration: 1 s\nrack: {b: {is: bus, v: 12 V, c: ", "9", 60000, " F}}"},
        {"duration: 1 s\nrack: {f: {is: feed}}\nexpect: [{gap: ", "(", 4000, "}]"},
        {"duration: 1 s\nrack: {f: {is: feed}}\nexpect: [{gap: ", "- ", 2000, "}]"},
        {"duration: 1 s\nrack: {f: {is: feed}}\nexpect: [{gap: ", "not ", 1000, "}]"},
        {"duration: 1 s\nrack: {f: {is: feed}}\nexpect: [{gap: f.v_rms", " + f.v_rms", 300, "}]"},
        {"duration: 1 s\nrack: {f[1..4096]: {is: feed}}\ndo: [", "{at: 1 s, act: f[*].open},", 9000,
         "]"},
        {"duration: 1 s\nrack: {f[1..4096]: {is: feed}}\nexpect: [", "{never: f[*].v_rms > 1 V},",
         9000, "]"},
        {"duration: 1 s\nrack: {f: {is: feed}}\nvary: {f.v_rms: ", "100 V..300 V step 1e-300 V", 1,
         "}"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size = 0;
        char *text = repeated(cases[i].head, cases[i].unit, cases[i].n, cases[i].tail, &size);
        struct diag *d = diag_new();
        cr_expect(!scenario_load_text("x.yaml", text, size, d), "case %zu was loaded", i);
        cr_expect(diag_errors(d) > 0);
        diag_free(d);
        free(text);
    }
}
