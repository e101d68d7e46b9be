/* ui/terminal: on a pseudo-terminal whose other end is ours. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

#include "src/ui/terminal_int.h"

static int other_end = -1;

static void set_size(unsigned short rows, unsigned short columns)
{
    struct winsize size = {.ws_row = rows, .ws_col = columns};

    assert_int_equal(ioctl(other_end, TIOCSWINSZ, &size), 0);
}

/* ncurses begins: as slow as it may be, with a person who makes the window larger meanwhile. */
int __real_screen_begin(struct terminal *terminal, struct error *error);
int __wrap_screen_begin(struct terminal *terminal, struct error *error);
int __wrap_screen_begin(struct terminal *terminal, struct error *error)
{
    int r = __real_screen_begin(terminal, error);

    set_size(50, 160);
    return r;
}

static void ignore_bytes(void *who, const char *bytes, size_t length)
{
    (void)who, (void)bytes, (void)length;
}

static void ignore(void *who)
{
    (void)who;
}

static void a_size_that_changes_while_the_screen_begins_is_seen(void **state)
{
    static const struct terminal_ops ops = {ignore_bytes, ignore, ignore, ignore};
    struct loop     *loop = loop_new();
    struct terminal *terminal = NULL;

    (void)state;
    set_size(24, 80);
    assert_int_equal(terminal_open(loop, &(struct terminal_options){.ascii = true}, &ops, NULL, &terminal, NULL), 0);
    assert_int_equal(terminal_rows(terminal), 50);
    assert_int_equal(terminal_columns(terminal), 160);
    assert_int_equal(terminal->shown->rows, 50);
    assert_int_equal(terminal->shown->columns, 160);
    terminal_close(terminal);
    loop_free(loop);
}

/* Standard input is the terminal: where the program looks for it. */
static int open_terminal(void **state)
{
    int end;

    (void)state;
    other_end = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (other_end < 0 || grantpt(other_end) < 0 || unlockpt(other_end) < 0)
        return -1;
    end = open(ptsname(other_end), O_RDWR | O_NOCTTY);
    return end >= 0 && dup2(end, STDIN_FILENO) == STDIN_FILENO && setenv("TERM", "xterm-256color", 1) == 0 ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_size_that_changes_while_the_screen_begins_is_seen),
    };

    return cmocka_run_group_tests(tests, open_terminal, NULL);
}
