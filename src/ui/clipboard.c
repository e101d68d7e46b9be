/*
 * The clipboard of the person's own machine: tmux passes text on with `load-buffer -w -` (its default drops OSC 52);
 * else OSC 52, which most terminals take, also over SSH (ECMA-48 OSC, xterm's ctlseqs, "Manipulate Selection Data");
 * where neither can be, a file.
 */
#include <stdlib.h>
#include <string.h>

#include "console.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/engine/process.h"

#define OSC_MOST 74994               /* bytes of text: what terminals take, 100,000 in base64 */

static void add_base64(struct str *to, const unsigned char *bytes, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (size_t i = 0; i < length; i += 3) {
        size_t   left = length - i;
        unsigned word = (unsigned)bytes[i] << 16 | (left > 1 ? (unsigned)bytes[i + 1] << 8 : 0) |
                        (left > 2 ? bytes[i + 2] : 0);

        str_add_char(to, digits[word >> 18]);
        str_add_char(to, digits[word >> 12 & 63]);
        str_add_char(to, left > 1 ? digits[word >> 6 & 63] : '=');
        str_add_char(to, left > 2 ? digits[word & 63] : '=');
    }
}

/* tmux asks its own terminal (set-clipboard), and keeps a buffer besides. */
static int through_tmux(const char *text, size_t length)
{
    static const char *const       argv[] = {"tmux", "load-buffer", "-w", "-", NULL};
    _cleanup_(mem_freep) char     *out = NULL, *err = NULL;
    const struct process_options options = {
        .argv = argv, .input = text, .input_length = length, .user = (uid_t)-1, .group = (gid_t)-1};
    int                            status, r = process_run(&options, &status, &out, &err, NULL);

    return r < 0 ? r : status == 0 ? 0 : ERR_FAILED;
}

static int to_file(const char *text, size_t length, char **ret_where, struct error *error)
{
    _cleanup_(mem_freep) char *path = conf_state_path("clipboard");
    int r = file_write(path, text, length, 0600, error);

    if (r >= 0)
        *ret_where = TAKE(path);
    return r;
}

/* GNU screen passes on what stands in a DCS, of which it takes some hundred bytes each. */
#define SCREEN_MOST 500

static void send(struct console *console, const struct str *sequence)
{
    const char *screen = getenv("STY");
    struct str  wrapped = STR_INIT;

    if (screen == NULL || screen[0] == '\0') {
        terminal_send(console->terminal, str_text(sequence), sequence->length);
        return;
    }
    for (size_t at = 0; at < sequence->length; at += SCREEN_MOST) {
        size_t left = sequence->length - at;

        str_add(&wrapped, "\033P");
        str_add_bytes(&wrapped, str_text(sequence) + at, left < SCREEN_MOST ? left : SCREEN_MOST);
        str_add(&wrapped, "\033\\");
    }
    terminal_send(console->terminal, str_text(&wrapped), wrapped.length);
    str_done(&wrapped);
}

int clipboard_copy(struct console *console, const char *text, size_t length, char **ret_where, struct error *error)
{
    const char *name = terminal_name(console->terminal), *tmux = getenv("TMUX");
    struct str  sequence = STR_INIT;

    if (tmux != NULL && tmux[0] != '\0' && through_tmux(text, length) >= 0) {
        *ret_where = mem_strdup("tmux");
        return 0;
    }
    if (length > OSC_MOST || text_equal(name, "linux") || text_starts(name, "vt"))
        return to_file(text, length, ret_where, error);
    str_add(&sequence, "\033]52;c;");
    add_base64(&sequence, (const unsigned char *)text, length);
    str_add_char(&sequence, '\a');
    send(console, &sequence);
    str_done(&sequence);
    *ret_where = mem_strdup("the terminal's clipboard");
    return 0;
}
