/*
 * What this terminal can do, by what its environment says and `tput` and `tmux` answer. Nothing is sent to it.
 */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "doctor_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/engine/process.h"

#define COLUMNS_LEAST 40
#define LINES_LEAST 10
#define ESCAPE_TIME_MOST 50

static const char *variable(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && *value != '\0' ? value : NULL;
}

/* A terminal among the standard streams, or -1. */
static int find_terminal(void)
{
    static const int streams[] = {STDOUT_FILENO, STDIN_FILENO, STDERR_FILENO};

    for (size_t i = 0; i < COUNT_OF(streams); i++)
        if (isatty(streams[i]) == 1)
            return streams[i];
    return -1;
}

/* The number a program prints: 0, or why there is none. Caller frees nothing; `why` tells of a program that is not
 * there. */
static int ask_number(const char *const *argv, long long *ret_number, struct error *why)
{
    _cleanup_(mem_freep) char *out = NULL, *err = NULL;
    int status = 0,
        r = process_run(&(struct process_options){.argv = argv, .user = (uid_t)-1}, &status, &out, &err, why);

    if (r < 0)
        return r;
    if (status != 0 || text_to_int64(out, strcspn(out, "\r\n"), ret_number) < 0)
        return error_set(why, ERR_FAILED, "%s: %.*s", argv[0], (int)strcspn(err, "\r\n"), err);
    return 0;
}

/* -- the terminal -------------------------------------------------------------------------------------------------- */

static void check_streams(struct doctor *doctor)
{
    doctor_say(doctor, "standard streams", DOCTOR_OK, NULL, "input: %s; output: %s",
               isatty(STDIN_FILENO) == 1 ? "a terminal" : "no terminal",
               isatty(STDOUT_FILENO) == 1 ? "a terminal" : "no terminal");
}

static void tell_colors(struct doctor *doctor, long long colors)
{
    const char *none = variable("NO_COLOR"), *more = variable("COLORTERM");

    if (none != NULL)
        doctor_say(doctor, "colours", DOCTOR_OK, "unset NO_COLOR to see colours", "none, as NO_COLOR says");
    else if (colors < 8)
        doctor_say(doctor, "colours", DOCTOR_WARNING,
                   "set TERM to one with colours, as xterm-256color, if the terminal has them", "none");
    else
        doctor_say(doctor, "colours", DOCTOR_OK, NULL, "%lld%s%s", colors, more != NULL ? "; COLORTERM says " : "",
                   more != NULL ? more : "");
}

static int check_term(struct doctor *doctor)
{
    const char *term = variable("TERM");
    struct error why = ERROR_INIT;
    long long colors = 0;
    int r;

    if (term == NULL) {
        bool terminal = find_terminal() >= 0;

        doctor_say(doctor, "TERM", terminal ? DOCTOR_WARNING : DOCTOR_SKIPPED,
                   terminal ? "set TERM to what the terminal is, as xterm-256color" : NULL, "not set");
        return 0;
    }
    r = ask_number((const char *const[]){"tput", "-T", term, "colors", NULL}, &colors, &why);
    if (r == ERR_FAILED && strstr(why.text, "unknown terminal") != NULL) {
        doctor_say(doctor, "TERM", DOCTOR_WARNING,
                   "set TERM to what the terminal is, as xterm-256color, or install its description (ncurses-term)",
                   "'%s' is not known here: a plain one is taken for it", term);
    } else if (r < 0) {
        return doctor_trouble(doctor, "TERM", DOCTOR_SKIPPED, r, &why,
                              "install tput (ncurses-bin), to have TERM looked at");
    } else if (text_equal(term, "dumb")) {
        doctor_say(doctor, "TERM", DOCTOR_WARNING, "set TERM to what the terminal is, as xterm-256color",
                   "dumb: the console cannot place its text");
    } else {
        doctor_say(doctor, "TERM", DOCTOR_OK, NULL, "%s", term);
        tell_colors(doctor, colors);
    }
    error_done(&why);
    return 0;
}

static void check_size(struct doctor *doctor)
{
    struct winsize size;
    int fd = find_terminal();

    if (fd < 0 || ioctl(fd, TIOCGWINSZ, &size) != 0)
        doctor_say(doctor, "size", DOCTOR_SKIPPED, NULL, "no terminal");
    else if (size.ws_col == 0 || size.ws_row == 0)
        doctor_say(doctor, "size", DOCTOR_WARNING, "tell it: stty columns 80 rows 24",
                   "the terminal does not know its size");
    else if (size.ws_col < COLUMNS_LEAST || size.ws_row < LINES_LEAST)
        doctor_say(doctor, "size", DOCTOR_WARNING,
                   "make the window larger: the console needs 40×10, and is at home in 80×24", "%d×%d", size.ws_col,
                   size.ws_row);
    else
        doctor_say(doctor, "size", DOCTOR_OK, NULL, "%d×%d", size.ws_col, size.ws_row);
}

static const char *locale_name(void)
{
    const char *name = variable("LC_ALL");

    name = name != NULL ? name : variable("LC_CTYPE");
    name = name != NULL ? name : variable("LANG");
    return name != NULL ? name : "C";
}

/* Asked for beside the program's own locale, which stays as it is. */
static void check_locale(struct doctor *doctor)
{
    const char *name = locale_name(), *codeset;
    locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);

    if (locale == (locale_t)0) {
        doctor_say(doctor, "locale", DOCTOR_WARNING, "set LANG=C.UTF-8, or make the locale with locale-gen",
                   "'%s' is not installed", name);
        return;
    }
    codeset = nl_langinfo_l(CODESET, locale);
    if (text_equal(codeset, "UTF-8"))
        doctor_say(doctor, "locale", DOCTOR_OK, NULL, "%s", name);
    else
        doctor_say(doctor, "locale", DOCTOR_WARNING, "set LANG=C.UTF-8, or another locale whose name ends in UTF-8",
                   "%s is %s: boxes and charts are drawn in ASCII", name, codeset);
    freelocale(locale);
}

/* -- tmux ---------------------------------------------------------------------------------------------------------- */

static int check_escape_time(struct doctor *doctor)
{
    struct error why = ERROR_INIT;
    long long ms = 0;
    int r = ask_number((const char *const[]){"tmux", "show", "-gv", "escape-time", NULL}, &ms, &why);

    if (r < 0)
        return doctor_trouble(doctor, "tmux escape-time", DOCTOR_SKIPPED, r, &why, NULL);
    if (ms > ESCAPE_TIME_MOST)
        doctor_say(doctor, "tmux escape-time", DOCTOR_WARNING,
                   "put 'set -sg escape-time 10' into ~/.tmux.conf, else Esc answers late", "%lld ms", ms);
    else
        doctor_say(doctor, "tmux escape-time", DOCTOR_OK, NULL, "%lld ms", ms);
    return 0;
}

static int check_tmux(struct doctor *doctor)
{
    const char *term = variable("TERM");

    if (variable("TMUX") == NULL) {
        doctor_say(doctor, "tmux", DOCTOR_SKIPPED, NULL, "not in tmux");
        return 0;
    }
    if (term != NULL && (text_starts(term, "tmux") || text_starts(term, "screen")))
        doctor_say(doctor, "tmux", DOCTOR_OK, NULL, "TERM is %s", term);
    else
        doctor_say(doctor, "tmux", DOCTOR_WARNING,
                   "put 'set -g default-terminal tmux-256color' into ~/.tmux.conf, and set TERM in no start-up file",
                   "TERM is %s inside tmux", term != NULL ? term : "not set");
    return check_escape_time(doctor);
}

int doctor_terminal(struct doctor *doctor)
{
    int r;

    check_streams(doctor);
    r = check_term(doctor);
    if (r < 0)
        return r;
    check_size(doctor);
    check_locale(doctor);
    return check_tmux(doctor);
}
