/* browser.c - Chromium, without a window, a profile of the user's, or a network.
 *
 * Checked by tests/sim/test_report.sh. */
#include "browser.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "program.h"

static const struct place COMMAND_LINE = {.in = NULL};

const char browser_missing[] =
    "a PDF is printed by Chromium, which is not installed (Debian: apt install chromium)";

static const char *const names[] = {"chromium", "chromium-browser", "google-chrome"};

static const char *browser(void)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (program_is_there(names[i])) {
            return names[i];
        }
    }
    return NULL;
}

bool browser_is_there(void)
{
    return browser() != NULL;
}

enum { ARGUMENT = 4096 + 32 };

/* It talks a lot; what matters is whether the file is there. */
static void become_browser(const char *html, const char *pdf, const char *profile)
{
    static char print[ARGUMENT], page[ARGUMENT], home[ARGUMENT];
    char *args[] = {strdup(browser()),
                    strdup("--headless"),
                    strdup("--disable-gpu"),
                    strdup("--no-first-run"),
                    strdup("--disable-background-networking"),
                    strdup("--disable-dev-shm-usage"),
                    strdup("--hide-scrollbars"),
                    strdup("--no-pdf-header-footer"),
                    home,
                    print,
                    strdup(geteuid() == 0 ? "--no-sandbox" : "--disable-extensions"),
                    page,
                    NULL};
    int silent = open("/dev/null", O_RDWR);

    snprintf(home, sizeof home, "--user-data-dir=%s", profile);
    snprintf(print, sizeof print, "--print-to-pdf=%s", pdf);
    snprintf(page, sizeof page, "file://%s", html);
    dup2(silent, STDIN_FILENO);
    dup2(silent, STDOUT_FILENO);
    dup2(silent, STDERR_FILENO);
    execvp(args[0], args);
    _exit(127);
}

/* "%PDF" in front, "%%EOF" at the end. */
static bool is_complete(const char *path)
{
    char text[32] = "";
    FILE *in = fopen(path, "rb");
    bool good = in != NULL && fread(text, 1, 4, in) == 4 && memcmp(text, "%PDF", 4) == 0 &&
                fseek(in, -16, SEEK_END) == 0;

    if (good) {
        text[fread(text, 1, 16, in)] = '\0';
        good = false;
        for (int i = 0; i < 12; i++) {
            good = good || memcmp(text + i, "%%EOF", 5) == 0;
        }
    }
    if (in != NULL) {
        fclose(in);
    }
    return good;
}

static void remove_profile(const char *profile)
{
    pid_t child = fork();

    if (child == 0) {
        execlp("rm", "rm", "-rf", "--", profile, (char *)NULL);
        _exit(127);
    }
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR) {
    }
}

bool browser_print(const char *html, const char *pdf, struct diag *d,
                   const volatile sig_atomic_t *stop)
{
    const char *folder = getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp";
    char profile[PATH_MAX];
    int status = -1;

    snprintf(profile, sizeof profile, "%s/powergap-browser-XXXXXX", folder);
    if (mkdtemp(profile) == NULL) {
        diag_error(d, COMMAND_LINE, "can't make a folder in %s: %s", folder, strerror(errno));
        return false;
    }
    pid_t child = fork();
    if (child == 0) {
        become_browser(html, pdf, profile);
    }
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
        kill(child, SIGTERM);
    }
    remove_profile(profile);
    if (*stop != 0) {
        return false;
    }
    bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0 && is_complete(pdf);
    if (!good) {
        diag_error(d, COMMAND_LINE, "%s could not print the PDF%s", browser(),
                   WIFEXITED(status) && WEXITSTATUS(status) == 0 ? ": is the disk full?" : "");
    }
    return good;
}
