/* What tests of the ui compare: a canvas as text. */
#ifndef UI_HELP_H
#define UI_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "src/ui/canvas.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

static inline void assert_screen_at(const struct canvas *canvas, const char *expected, const char *file, int line)
{
    struct str text = STR_INIT;

    canvas_dump(canvas, &text);
    if (strcmp(str_text(&text), expected) != 0) {
        print_error("is:\n%s\nnot:\n%s\n", str_text(&text), expected);
        str_done(&text);
        _fail(file, line);
    }
    str_done(&text);
}
#define assert_screen(canvas, expected) assert_screen_at(canvas, expected, __FILE__, __LINE__)

#endif
