/*
 * The canvas through ncurses, which finds the shortest way from what the terminal shows to what it shall show. Its
 * output goes to a file in memory, never to the terminal (terminal_out.c). newterm(3X) and not initscr(3X), which ends
 * the program when it does not know the terminal.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "terminal_int.h"
#include "ytempire/base/mem.h"

#include <termcap.h>

#include <ncurses.h>       /* last: it calls OK, ERR and lines its own */

/* The room the terminal's own descriptions give no name to: bracketed paste, SGR mouse reports with drags, focus
 * reports. */
#define PASTE_ON "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
#define MOUSE_ON "\033[?1002h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1002l"

const char *modes_on(const struct terminal *terminal)
{
    if (!terminal->addresses)
        return "";
    return terminal->mouse ? PASTE_ON MOUSE_ON : PASTE_ON;
}

const char *modes_off(const struct terminal *terminal)
{
    return terminal->addresses ? MOUSE_OFF PASTE_OFF : "";
}

/* -- which terminal ------------------------------------------------------------------------------------------------ */

/* Whether the terminal is known and can place its cursor, asked without making a screen, which newterm(3X) does not free
 * when it cannot be used. */
static bool can_show(const char *name)
{
    return tgetent(NULL, name) == 1 && tgetstr("cm", NULL) != NULL;
}

static SCREEN *try_name(struct terminal *terminal, const char *name)
{
    if (!can_show(name))
        return NULL;
    use_env(FALSE);                            /* LINES and COLUMNS would keep us from following the window */
    set_escdelay(25);
    mem_free(terminal->name);
    terminal->name = mem_strdup(name);
    return newterm(name, terminal->scratch_file, stdin);
}

static SCREEN *find_screen(struct terminal *terminal)
{
    static const char *const stand_ins[] = {"xterm-256color", "xterm", "vt100"};
    const char *named = getenv("TERM");
    SCREEN     *screen = NULL;

    if (named != NULL && named[0] != '\0') {
        if (text_equal(named, "dumb"))         /* it says itself that it can do nothing */
            return NULL;
        screen = try_name(terminal, named);
    }
    for (size_t i = 0; screen == NULL && i < COUNT_OF(stand_ins); i++)
        screen = try_name(terminal, stand_ins[i]);
    return screen;
}

static int colors_of_screen(const struct terminal *terminal)
{
    if (terminal->no_color || !has_colors())
        return 0;
    start_color();
    return COLORS >= 256 ? 256 : COLORS >= 16 ? 16 : COLORS >= 8 ? 8 : 0;
}

int screen_begin(struct terminal *terminal, struct error *error)
{
    terminal->scratch = memfd_create("screen", MFD_CLOEXEC);
    terminal->scratch_file = terminal->scratch < 0 ? NULL : fdopen(terminal->scratch, "w");
    if (terminal->scratch_file == NULL)
        return error_set(error, ERR_IO, "no memory file for the screen: %s", strerror(errno));
    if (find_screen(terminal) == NULL) {
        error_set(error, ERR_USAGE, "the terminal (TERM=%s) cannot place its cursor",
                  getenv("TERM") ? getenv("TERM") : "");
        error_hint(error, "TERM=xterm-256color, or --exec and --file, which need no terminal");
        return ERR_USAGE;
    }
    terminal->addresses = true;
    terminal->colors = colors_of_screen(terminal);
    if (terminal->colors > 0)
        use_default_colors();
    raw();
    noecho();
    nonl();
    keypad(stdscr, FALSE);
    typeahead(-1);
    idlok(stdscr, TRUE);                       /* a list that scrolls is scrolled by the terminal */
    leaveok(stdscr, FALSE);
    resizeterm(terminal->rows, terminal->columns);
    terminal->shown = canvas_new(terminal->rows, terminal->columns);
    terminal->all = true;
    terminal->cursor_shown = true;
    return 0;
}

void screen_end(struct terminal *terminal)
{
    if (terminal->shown != NULL)
        endwin();
    canvas_free(terminal->shown);
    terminal->shown = NULL;
}

void screen_leave(struct terminal *terminal)
{
    (void)terminal;
    def_prog_mode();
    endwin();
}

void screen_enter(struct terminal *terminal)
{
    reset_prog_mode();
    terminal->cursor_shown = true;
    terminal->all = true;
    clearok(curscr, TRUE);
}

void screen_resize(struct terminal *terminal)
{
    resizeterm(terminal->rows, terminal->columns);
    canvas_resize(terminal->shown, terminal->rows, terminal->columns);
    terminal->all = true;
}

static void add_string(char *to, size_t room, size_t *length, const char *name)
{
    const char *text = tigetstr(name);

    if (text == NULL || text == (const char *)(intptr_t)-1 || *length + strlen(text) >= room)
        return;
    memcpy(to + *length, text, strlen(text) + 1);
    *length += strlen(text);
}

size_t screen_rescue(char *to, size_t room)
{
    static const char *const names[] = {"sgr0", "op", "rmkx", "cnorm", "rmcup"};
    size_t length = strlen(MOUSE_OFF PASTE_OFF);

    memcpy(to, MOUSE_OFF PASTE_OFF, length + 1);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        add_string(to, room, &length, names[i]);
    return length;
}

/* -- colours ------------------------------------------------------------------------------------------------------- */

void screen_apply_theme(struct terminal *terminal)
{
    for (int look = 0; terminal->colors > 0 && look < LOOK_COUNT; look++) {
        struct look_style style = terminal->theme.looks[look];

        init_pair((short)(look + 1), (short)style.foreground, (short)style.background);
    }
    terminal->all = true;
}

static attr_t attributes_of(const struct look_style *style)
{
    return (style->bold ? A_BOLD : 0) | (style->dim ? A_DIM : 0) | (style->underline ? A_UNDERLINE : 0) |
           (style->reverse ? A_REVERSE : 0);
}

/* -- cells --------------------------------------------------------------------------------------------------------- */

static void put_cell(const struct terminal *terminal, int y, int x, const struct cell *cell)
{
    wchar_t text[CELL_POINTS + 1] = {L' '};
    cchar_t shown;
    attr_t  attributes = terminal->has_theme ? attributes_of(&terminal->theme.looks[cell->look]) : A_NORMAL;

    for (int i = 0; i < CELL_POINTS && cell->points[i] != 0; i++)
        text[i] = (wchar_t)cell->points[i];
    setcchar(&shown, text, attributes, terminal->colors > 0 ? (short)(cell->look + 1) : 0, NULL);
    mvadd_wchnstr(y, x, &shown, 1);
}

static bool is_same_cell(const struct cell *a, const struct cell *b)
{
    return a->width == b->width && a->look == b->look && memcmp(a->points, b->points, sizeof a->points) == 0;
}

/* Gives ncurses the cells that differ; says whether there were any. */
static bool put_cells(struct terminal *terminal, const struct canvas *canvas)
{
    struct canvas *shown = terminal->shown;
    int            rows = canvas->rows < shown->rows ? canvas->rows : shown->rows;
    int            columns = canvas->columns < shown->columns ? canvas->columns : shown->columns;
    bool           any = false;

    for (int y = 0; y < rows; y++)
        for (int x = 0; x < columns; x++) {
            const struct cell *cell = &canvas->cells[y * canvas->columns + x];
            struct cell       *old = &shown->cells[y * shown->columns + x];

            if (!terminal->all && is_same_cell(cell, old))
                continue;
            any = true;
            *old = *cell;
            if (cell->width > 0)
                put_cell(terminal, y, x, cell);
        }
    return any;
}

static void put_cursor(struct terminal *terminal, const struct canvas *canvas)
{
    bool show = canvas->cursor_y >= 0;

    if (show != terminal->cursor_shown) {
        curs_set(show ? 1 : 0);
        terminal->cursor_shown = show;
    }
    if (show)
        move(canvas->cursor_y, canvas->cursor_x);
}

void terminal_show(struct terminal *terminal, const struct canvas *canvas)
{
    bool moved = canvas->cursor_y != terminal->shown->cursor_y || canvas->cursor_x != terminal->shown->cursor_x;

    if (terminal->gone || terminal->lent)
        return;
    if (!terminal_ready(terminal))
        return;
    if (!put_cells(terminal, canvas) && !moved && !terminal->all)
        return;
    terminal->shown->cursor_y = canvas->cursor_y;
    terminal->shown->cursor_x = canvas->cursor_x;
    put_cursor(terminal, canvas);
    if (terminal->all)
        clearok(curscr, TRUE);
    terminal->all = false;
    refresh();
    out_collect(terminal);
    out_push(terminal);
}
