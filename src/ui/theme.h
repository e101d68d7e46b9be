/*
 * theme: how a role looks on this terminal.
 *
 * A file themes/NAME.json, or $XDG_CONFIG_HOME/ytempire/themes/NAME.json first, gives each role a true colour and its
 * stand-ins: {"name": …, "roles": {"ok": {"fg": "#5fd787", "256": 78, "16": "green", "8": "green", "bg": …, "bg256": …,
 * "bg16": …, "bg8": …, "bold": true, "underline": true, "reverse": true, "dim": true}}}. A role that a theme leaves out
 * is `normal`. A colour that is not given for a number of colours is the terminal's own (but "256" is then the nearest to
 * "fg"). `dim` and `reverse` stand in for colours: they hold where a role has no foreground, or background, of its own.
 * conf_theme_names lists the themes there are. Attributes alone are used when there are no colours or NO_COLOR is set,
 * so every theme gives the roles that must be told apart an attribute too: colour is never the only sign.
 */
#ifndef YTEMPIRE_UI_THEME_H
#define YTEMPIRE_UI_THEME_H

#include <stdbool.h>

#include "canvas.h"
#include "ytempire/base/error.h"

/* One look, resolved for a number of colours: -1 is the terminal's own colour. */
struct look_style {
    int  foreground, background;
    bool bold, dim, underline, reverse;
};

struct theme {
    char              *name;
    struct look_style  looks[LOOK_COUNT];
};

/* `colors`: 0 (none, or NO_COLOR), 8, 16 or 256. ERR_UNKNOWN with did-you-mean; ERR_SYNTAX with file, line and column.
 */
int  theme_load(const char *name, int colors, struct theme **ret_theme, struct error *error) NODISCARD;
/* Reads a theme from text; `file` is for messages. */
int theme_read(const char *file, const char *text, int colors, struct theme **ret_theme, struct error *error) NODISCARD;
void theme_free(struct theme *theme);
void theme_freep(struct theme **theme);

#endif
