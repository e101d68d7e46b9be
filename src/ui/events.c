/* What keys, pastes and the mouse do: by where the focus is. */
#include <stdio.h>
#include <string.h>

#include "console.h"
#include "ytempire/base/mem.h"

#define HANDS_REST_US 700000       /* no key for as long: what was typed is done */

static bool is_text(const struct input_event *event)
{
    return event->length > 0 && (unsigned char)event->bytes[0] >= 0x20 && event->bytes[0] != 0x7f;
}

/* A question that comes while somebody types takes no key until the hands have rested: the y of "by" is no yes. */
static bool is_meant_for_line(struct console *console)
{
    int64_t now = loop_now(console->loop), before = console->key_us;

    console->key_us = now;
    if (console->question == NULL || !console->question->surprises)
        return false;
    console->question->surprises = now - before < HANDS_REST_US;
    return console->question->surprises;
}

static void key_in_question(struct console *console, const struct input_event *event)
{
    const char *key = event->key, *command = keys_find(console->keys, "always", key);

    if (is_meant_for_line(console)) {
        if (is_text(event))
            prompt_key(console->prompt, event);
    } else if (text_equal(command, "suspend") || text_equal(command, "redraw"))
        console_do(console, command);
    else if (text_equal(key, "y") || text_equal(key, "Y"))
        console_answer(console, true);
    else if (text_equal(key, "n") || text_equal(key, "N") || text_equal(key, "Esc") || text_equal(key, "Enter") ||
             text_equal(key, "C-c") || text_equal(key, "q"))
        console_answer(console, false);
}

static void key_in_list(struct console *console, const struct input_event *event)
{
    const char *command = keys_find(console->keys, "list", event->key);

    if (command == NULL && (text_equal(event->key, "BSpace") || text_equal(event->key, "C-h")))
        picker_rub_out(console->list);
    else if (command != NULL)
        console_do_key(console, command);
    else if (text_equal(event->key, "C-c"))
        console_close_list(console);
    else if ((command = keys_find(console->keys, "always", event->key)) != NULL)
        console_do_key(console, command);
    else if (is_text(event))
        picker_type(console->list, event->bytes, event->length);
    console_touch(console);
}

static void key_in_form(struct console *console, const struct input_event *event)
{
    const char *command = keys_find(console->keys, "form", event->key);

    if (command == NULL)
        command = keys_find(console->keys, "always", event->key);
    if (command != NULL)
        console_do_key(console, command);
    else
        connect_key(console, event);
}

/* Of the keys that hold everywhere, Ctrl-C is the prompt's own when nothing runs. */
static void key_in_prompt(struct console *console, const struct input_event *event)
{
    const char *command = keys_find(console->keys, "always", event->key);

    if (text_equal(command, "cancel") && console_at_work(console) == NULL) {
        console_interrupt(console);
    } else if (command != NULL) {
        console_do_key(console, command);
    } else if (text_equal(event->key, "Esc") && prompt_is_empty(console->prompt) &&
               !prompt_has_popup(console->prompt) && (console_has_panels(console) || console_pane(console) != NULL)) {
        console_focus(console, FOCUS_RESULT);
    } else {
        prompt_key(console->prompt, event);
    }
    console_touch(console);
}

static void key_in_result(struct console *console, const struct input_event *event)
{
    bool        in_panel = console->live != NULL && console->focus == FOCUS_RESULT;
    const char *places[] = {"tour", console_place(console), in_panel ? "panel" : "any", "any", "always"};

    for (size_t i = console->tour > 0 && console->focus == FOCUS_RESULT ? 0 : 1; i < COUNT_OF(places); i++) {
        const char *command = keys_find(console->keys, places[i], event->key);

        if (command != NULL) {
            console_do_key(console, command);
            return;
        }
    }
    console_say(console, LOOK_WARN, "'%s' does nothing here; ? lists the keys", event->key);
}

static bool is_in(struct area area, const struct input_event *event)
{
    return event->y >= area.y && event->y < area.y + area.rows;
}

static void wheel(struct console *console, const struct input_event *event)
{
    const struct pane *pane = console_pane(console);
    const char        *direction = event->button == MOUSE_WHEEL_UP ? "up" : "down";
    char               command[32];

    snprintf(command, sizeof command,
             is_in(console->log_area, event)        ? "log move %s"
             : console->live != NULL              ? "panel move %s"
             : console->board != NULL             ? "board move %s"
             : pane != NULL && pane->grid != NULL ? "grid move %s 3"
                                                  : "page move %s",
             direction);
    console_do(console, command);
}

/* The panel that was clicked on gets the keys. */
static bool click_on_panel(struct console *console, const struct input_event *event)
{
    for (size_t i = 0; console->live != NULL && i < live_count(console->live); i++) {
        struct area area = console->panel_areas[i];
        struct pane *pane;

        if (!is_in(area, event) || event->x < area.x || event->x >= area.x + area.columns)
            continue;
        console->panel = i;
        console_focus(console, FOCUS_RESULT);
        pane = console_pane(console);
        if (pane != NULL && pane->grid != NULL && grid_click(pane->grid, event->y, event->x, false))
            console_do_key(console, "grid sort");
        live_look(console->live);
        return true;
    }
    return false;
}

static void click(struct console *console, const struct input_event *event)
{
    struct pane *pane = console_pane(console);

    if (click_on_panel(console, event))
        return;
    if (console_has_panels(console) && !is_in(console->log_area, event)) {
        console_focus(console, FOCUS_PROMPT);
    } else if (is_in(console->log_area, event)) {
        console_focus(console, FOCUS_LOG);
        statements_choose(console->statements, event->y - console->log_area.y);
    } else if (is_in(console->result_area, event)) {
        console_focus(console, FOCUS_RESULT);
        if (pane != NULL && pane->grid != NULL && grid_click(pane->grid, event->y, event->x, false))
            console_do_key(console, "grid sort");
    } else if (event->y > console->result_area.y) {
        console_focus(console, FOCUS_PROMPT);
    }
}

static void on_mouse(struct console *console, const struct input_event *event)
{
    if (console->list != NULL) {
        if (event->button == MOUSE_WHEEL_UP || event->button == MOUSE_WHEEL_DOWN)
            picker_move(console->list, event->button == MOUSE_WHEEL_UP ? "up" : "down");
        else if (event->button == MOUSE_LEFT && picker_click(console->list, event->y, event->x))
            console_do_key(console, "list run");
    } else if (console->connect != NULL) {
        return;
    } else if (event->button == MOUSE_WHEEL_UP || event->button == MOUSE_WHEEL_DOWN) {
        wheel(console, event);
    } else if (event->button == MOUSE_LEFT) {
        click(console, event);
    }
    console_touch(console);
}

void console_event(const struct input_event *event, void *who)
{
    struct console *console = who;

    if (console->quit || event->kind == INPUT_FOCUS)
        return;
    if (event->kind == INPUT_MOUSE) {
        if (console->question == NULL)
            on_mouse(console, event);
        return;
    }
    if (event->kind == INPUT_KEY && console->question == NULL) {
        str_clear(&console->message);        /* read by now */
        mem_free(TAKE(console->done_as));
        console->key_us = loop_now(console->loop);
    }
    if (console->question != NULL)
        key_in_question(console, event);
    else if (event->kind == INPUT_PASTE && console->list != NULL)
        picker_type(console->list, event->bytes, event->length);
    else if (console->list != NULL)
        key_in_list(console, event);
    else if (console->connect != NULL)
        event->kind == INPUT_PASTE ? connect_key(console, event) : key_in_form(console, event);
    else if (event->kind == INPUT_PASTE || console->focus == FOCUS_PROMPT) {
        if (event->kind == INPUT_PASTE)
            console_focus(console, FOCUS_PROMPT);
        event->kind == INPUT_PASTE ? prompt_key(console->prompt, event) : key_in_prompt(console, event);
    } else {
        key_in_result(console, event);
    }
    console_touch(console);
}
