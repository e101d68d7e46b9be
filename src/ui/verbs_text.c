/* Verbs of what is read: the text of a result, and the log pane. */
#include "console.h"
#include "ytempire/base/mem.h"

static const char directions[] = "up, down, page-up, page-down, half-up, half-down, top, bottom";

static int refuse_direction(const char *word, struct error *error)
{
    error_set(error, ERR_USAGE, "no direction '%s'", word);
    error_hint(error, "%s", directions);
    return ERR_USAGE;
}

static void say_around(struct console *console, bool around, bool back)
{
    if (around)
        console_say(console, LOOK_DIM, "search went on from the %s", back ? "end" : "beginning");
}

static int refuse_nothing_sought(struct error *error)
{
    return error_set(error, ERR_USAGE, "nothing was searched for yet: search TEXT");
}

/* -- the text of a result ------------------------------------------------------------------------------------------ */

static struct pane *pane_of_text(const struct console *console, struct error *error)
{
    struct pane *pane = console_pane(console);

    if (pane != NULL && pane->grid == NULL)
        return pane;
    error_set(error, ERR_USAGE, "there is no text here");
    if (pane != NULL)
        error_hint(error, "'grid search' finds in rows, 'grid move' moves in them");
    return NULL;
}

int verb_page_move(struct console *console, const char *const *words, size_t count, struct error *error)
{
    struct pane *pane = console_pane(console);

    (void)count;
    if (pane == NULL)
        return 0;
    console_touch(console);
    return page_move(&pane->page, words[0]) ? 0 : refuse_direction(words[0], error);
}

static int seek_in_page(struct console *console, bool back, struct error *error)
{
    struct pane *pane = pane_of_text(console, error);
    const char  *text;
    size_t       length;
    bool         around;
    int          r;

    if (pane == NULL)
        return ERR_USAGE;
    if (!sought_is_set(&pane->page.sought))
        return refuse_nothing_sought(error);
    text = pane_text(pane, &length);
    r = page_seek(&pane->page, text, length, back, &around, error);
    if (r >= 0)
        say_around(console, around, back);
    console_touch(console);
    return r;
}

int verb_page_search(struct console *console, const char *const *words, size_t count, struct error *error)
{
    struct pane *pane = pane_of_text(console, error);

    (void)count;
    if (pane == NULL)
        return ERR_USAGE;
    sought_set(&pane->page.sought, words[0]);
    pane->page.has_found = false;              /* from what is seen on */
    return seek_in_page(console, false, error);
}

int verb_page_next(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)words;
    (void)count;
    return seek_in_page(console, false, error);
}

int verb_page_previous(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)words;
    (void)count;
    return seek_in_page(console, true, error);
}

/* -- the log pane -------------------------------------------------------------------------------------------------- */

void console_log(struct console *console, bool open)
{
    console->log_open = open;
    if (!open && console->focus == FOCUS_LOG)
        console_focus(console, console_pane(console) != NULL ? FOCUS_RESULT : FOCUS_PROMPT);
    console_touch(console);
}

int verb_log(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)words;
    (void)count;
    (void)error;
    console_log(console, !console->log_open);
    return 0;
}

int verb_log_move(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)count;
    console_log(console, true);
    return statements_move(console->statements, words[0]) ? 0 : refuse_direction(words[0], error);
}

static int seek_in_log(struct console *console, bool back, struct error *error)
{
    bool around;
    int  r;

    console_log(console, true);
    if (!statements_are_sought(console->statements))
        return refuse_nothing_sought(error);
    r = statements_seek(console->statements, back, &around, error);
    if (r >= 0)
        say_around(console, around, back);
    return r;
}

/* Backwards: what is looked for in a log is what happened last. */
int verb_log_search(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)count;
    statements_sought(console->statements, words[0]);
    return seek_in_log(console, true, error);
}

int verb_log_next(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)words;
    (void)count;
    return seek_in_log(console, false, error);
}

int verb_log_previous(struct console *console, const char *const *words, size_t count, struct error *error)
{
    (void)words;
    (void)count;
    return seek_in_log(console, true, error);
}
