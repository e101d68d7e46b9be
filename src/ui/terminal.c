/* Opening, lending and closing the terminal; its size; its signals. */
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "terminal_int.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

#define LAST_WORDS_US 300000
#define ROWS_MOST 500        /* a size that was set by mistake takes no gigabytes */
#define COLUMNS_MOST 1000

/* -- the line ------------------------------------------------------------------------------------------------------ */

/* A description of our own: the flag O_NONBLOCK of the one we were given is shared with the shell. */
static int open_tty(void)
{
    char name[128];
    int  fd = -1;

    if (ttyname_r(STDIN_FILENO, name, sizeof name) == 0)
        fd = open(name, O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    return fd >= 0 ? fd : open("/dev/tty", O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static void set_raw(const struct terminal *terminal)
{
    struct termios modes = terminal->found;

    cfmakeraw(&modes);
    modes.c_cc[VMIN] = 1;
    modes.c_cc[VTIME] = 0;
    tcsetattr(terminal->tty, TCSADRAIN, &modes);
}

static void read_size(struct terminal *terminal)
{
    struct winsize size = {0};

    if (ioctl(terminal->tty, TIOCGWINSZ, &size) < 0 || size.ws_row == 0 || size.ws_col == 0)
        size = (struct winsize){.ws_row = 24, .ws_col = 80};
    terminal->rows = size.ws_row < ROWS_MOST ? size.ws_row : ROWS_MOST;
    terminal->columns = size.ws_col < COLUMNS_MOST ? size.ws_col : COLUMNS_MOST;
}

/* What a library or the loader writes to standard error would tear the screen: kept until the screen is given back. */
static void hold_error(struct terminal *terminal)
{
    terminal->error_saved = terminal->error_file = -1;
    if (isatty(STDERR_FILENO) != 1)
        return;
    terminal->error_file = memfd_create("stderr", MFD_CLOEXEC);
    if (terminal->error_file < 0)
        return;
    terminal->error_saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    dup2(terminal->error_file, STDERR_FILENO);
}

static void release_error(struct terminal *terminal)
{
    char    bytes[4096];
    off_t   at = 0;
    ssize_t got;

    if (terminal->error_saved < 0)
        return;
    dup2(terminal->error_saved, STDERR_FILENO);
    while (!terminal->gone && (got = pread(terminal->error_file, bytes, sizeof bytes, at)) > 0) {
        (void)!fd_write_all(STDERR_FILENO, bytes, (size_t)got);
        at += got;
    }
    close(terminal->error_saved);
    close(terminal->error_file);
    terminal->error_saved = terminal->error_file = -1;
}

/* -- signals ------------------------------------------------------------------------------------------------------- */

/* Whether it is another one than before. */
static bool take_size(struct terminal *terminal)
{
    int rows = terminal->rows, columns = terminal->columns;

    read_size(terminal);
    if (rows == terminal->rows && columns == terminal->columns)
        return false;
    screen_resize(terminal);
    return true;
}

static void on_window_size(int number, void *who)
{
    struct terminal *terminal = who;

    (void)number;
    if (!terminal->gone && !terminal->lent && take_size(terminal))
        terminal->ops->on_resize(terminal->who);
}

static void come_back(struct terminal *terminal)
{
    set_raw(terminal);
    read_size(terminal);
    screen_resize(terminal);
    screen_enter(terminal);
    out_add(terminal, modes_on(terminal), strlen(modes_on(terminal)));
    terminal->ops->on_resize(terminal->who);
}

static void on_continue(int number, void *who)
{
    struct terminal *terminal = who;

    (void)number;
    if (!terminal->gone && !terminal->lent)
        come_back(terminal);
}

static void on_stop(int number, void *who)
{
    const struct terminal *terminal = who;

    (void)number;
    if (terminal->lent)
        raise(SIGSTOP);                        /* the terminal is the child's: it has stopped, and so do we */
    else
        terminal_suspend(who);
}

static void take_signals(struct terminal *terminal)
{
    loop_signal(terminal->loop, SIGWINCH, on_window_size, terminal);      /* after newterm, which takes some */
    loop_signal(terminal->loop, SIGCONT, on_continue, terminal);
    loop_signal(terminal->loop, SIGTSTP, on_stop, terminal);
}

static void drop_signals(struct terminal *terminal)
{
    static const int numbers[] = {SIGWINCH, SIGCONT, SIGTSTP};

    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        loop_signal(terminal->loop, numbers[i], NULL, NULL);
}

/* -- open and close ------------------------------------------------------------------------------------------------ */

static bool locale_is_utf8(void)
{
    return text_equal(nl_langinfo(CODESET), "UTF-8");
}

int terminal_open(struct loop *loop, const struct terminal_options *options, const struct terminal_ops *ops, void *who,
                  struct terminal **ret_terminal, struct error *error)
{
    struct terminal *terminal = mem_alloc(sizeof *terminal);
    int              r;

    *terminal = (struct terminal){.loop = loop,
                                  .ops = ops,
                                  .who = who,
                                  .mouse = options->mouse,
                                  .no_color = options->no_color,
                                  .error_saved = -1};
    setlocale(LC_CTYPE, "");
    terminal->ascii = options->ascii || !locale_is_utf8();
    terminal->tty = open_tty();
    if (terminal->tty < 0 || tcgetattr(terminal->tty, &terminal->found) < 0) {
        r = error_set(error, ERR_IO, "no terminal: %s", strerror(errno));
        goto fail;
    }
    read_size(terminal);
    r = screen_begin(terminal, error);
    if (r < 0)
        goto fail;
    hold_error(terminal);
    set_raw(terminal);
    rescue_arm(terminal);
    take_signals(terminal);
    (void)take_size(terminal);             /* it may have changed before we heard of it */
    out_add(terminal, modes_on(terminal), strlen(modes_on(terminal)));
    out_push(terminal);
    *ret_terminal = terminal;
    return 0;
fail:
    if (terminal->scratch_file != NULL)
        fclose(terminal->scratch_file);
    if (terminal->tty >= 0)
        close(terminal->tty);
    mem_free(terminal->name);
    mem_free(terminal);
    return r;
}

void terminal_close(struct terminal *terminal)
{
    if (terminal == NULL)
        return;
    drop_signals(terminal);
    screen_end(terminal);
    out_collect(terminal);
    out_add(terminal, modes_off(terminal), strlen(modes_off(terminal)));
    out_drain(terminal, LAST_WORDS_US);
    rescue_disarm();
    loop_unwatch(terminal->loop, terminal->tty);
    if (!terminal->gone)
        tcsetattr(terminal->tty, TCSANOW, &terminal->found);
    close(terminal->tty);
    release_error(terminal);
    fclose(terminal->scratch_file);
    str_done(&terminal->out);
    mem_free(terminal->name);
    mem_free(terminal);
}

/* -- lending ------------------------------------------------------------------------------------------------------- */

void terminal_lend(struct terminal *terminal)
{
    if (terminal->gone || terminal->lent)
        return;
    screen_leave(terminal);
    out_collect(terminal);
    out_add(terminal, modes_off(terminal), strlen(modes_off(terminal)));
    out_drain(terminal, LAST_WORDS_US);
    loop_unwatch(terminal->loop, terminal->tty);
    tcsetattr(terminal->tty, TCSANOW, &terminal->found);
    terminal->lent = true;
}

void terminal_take_back(struct terminal *terminal)
{
    if (!terminal->lent)
        return;
    terminal->lent = false;
    come_back(terminal);
    out_watch(terminal);
}

void terminal_suspend(struct terminal *terminal)
{
    terminal_lend(terminal);
    loop_signal(terminal->loop, SIGCONT, NULL, NULL);
    loop_signal(terminal->loop, SIGTSTP, NULL, NULL);
    kill(0, SIGTSTP);                          /* the whole job, as the line discipline does */
    loop_signal(terminal->loop, SIGTSTP, on_stop, terminal);
    loop_signal(terminal->loop, SIGCONT, on_continue, terminal);
    terminal_take_back(terminal);
}

/* -- what it is ---------------------------------------------------------------------------------------------------- */

int terminal_rows(const struct terminal *terminal)
{
    return terminal->rows;
}

int terminal_columns(const struct terminal *terminal)
{
    return terminal->columns;
}

int terminal_colors(const struct terminal *terminal)
{
    return terminal->colors;
}

bool terminal_ascii(const struct terminal *terminal)
{
    return terminal->ascii;
}

const char *terminal_name(const struct terminal *terminal)
{
    return terminal->name;
}

void terminal_theme(struct terminal *terminal, const struct theme *theme)
{
    terminal->theme = *theme;
    terminal->theme.name = NULL;
    terminal->has_theme = true;
    screen_apply_theme(terminal);
}

bool terminal_ready(const struct terminal *terminal)
{
    return !terminal->gone && !terminal->lent && terminal->sent == terminal->out.length;
}

void terminal_redraw(struct terminal *terminal)
{
    terminal->all = true;
}

void terminal_mouse(struct terminal *terminal, bool on)
{
    out_add(terminal, modes_off(terminal), strlen(modes_off(terminal)));
    terminal->mouse = on;
    out_add(terminal, modes_on(terminal), strlen(modes_on(terminal)));
    out_push(terminal);
}
