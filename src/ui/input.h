/*
 * input: what comes from the terminal, as events.
 *
 * Understands the sequences of xterm, VT220, rxvt, the Linux console, screen and tmux without terminfo (they do not
 * contradict one another), CSI-u and modifyOtherKeys, bracketed paste, SGR mouse reports (1006), focus reports and
 * answers (DA, OSC), which it swallows. A paste is one event however it was cut into reads; what looks like a key in it
 * is text. Names of keys are written as in the key table: "a" "é" "C-a" "M-a" "C-M-a" "F5" "S-F5" "C-Left" "Up" "PgUp"
 * "PgDn" "Home" "End" "Insert" "Delete" "Tab" "S-Tab" "Enter" "M-Enter" "Esc" "Space" "BSpace" "C-Space". A lone ESC is
 * a key only when nothing followed for a while: the caller sets a timer when input_waits, then calls input_settle. The
 * middle of a paste or of what only a terminal sends (ESC [ 1 …) is waited for without one.
 */
#ifndef YTEMPIRE_UI_INPUT_H
#define YTEMPIRE_UI_INPUT_H

#include <stdbool.h>
#include <stddef.h>

enum input_kind { INPUT_KEY, INPUT_PASTE, INPUT_MOUSE, INPUT_FOCUS };
enum mouse_button {
    MOUSE_LEFT,
    MOUSE_MIDDLE,
    MOUSE_RIGHT,
    MOUSE_RELEASE,
    MOUSE_WHEEL_UP,
    MOUSE_WHEEL_DOWN,
    MOUSE_DRAG
};

#define KEY_NAME_SIZE 24
#define INPUT_ESC_US 40000             /* how long a lone ESC is held back */

struct input_event {
    enum input_kind   kind;
    char              key[KEY_NAME_SIZE];      /* INPUT_KEY: its name; "" when it has none (an unknown sequence) */
    const char *bytes;                         /* valid during the call. INPUT_KEY: as they came, or as a plain
                                                * terminal sends the key, for readline. INPUT_PASTE: the text, \r as \n */
    size_t            length;
    enum mouse_button button;                  /* INPUT_MOUSE, 0-based place */
    int               y, x;
    bool              focused;                 /* INPUT_FOCUS */
};

typedef void input_on_event(const struct input_event *event, void *who);

struct input *input_new(input_on_event *on_event, void *who);
void          input_free(struct input *input);
/* Calls on_event for each event that is complete; bytes of one that is not are kept. */
void          input_feed(struct input *input, const char *bytes, size_t length);
bool          input_waits(const struct input *input);     /* what is held may be a key, or more may come */
void          input_settle(struct input *input);          /* … and will not be: what is there are keys */

/* Whether a name is one that input_feed can give, in its normal spelling ("C-M-x", not "M-C-x"). Writes that spelling.
 */
bool          key_name_normal(const char *name, char ret_name[KEY_NAME_SIZE]);

#endif
