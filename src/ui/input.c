/*
 * Bytes to events.
 *
 * Invariant: between two calls `held` is empty or the beginning of one sequence, one character or the end mark of a
 * paste, and never longer than HELD_MOST. A paste and an answer's text are taken out of `held` as they come.
 */
#include "input.h"

#include <stdio.h>
#include <string.h>

#include "input_names.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/utf8.h"

enum { HELD_MOST = 256, PASTE_MOST = 64 << 20, VALUES_MOST = 8 };
enum { PRIVATE_USE = 0xe000, PRIVATE_USE_END = 0xf8ff };      /* here kitty has its media keys and the like */

static const char paste_end[] = "\x1b[201~";

struct input {
    input_on_event *on_event;
    void           *who;
    struct str      held, paste;
    bool            in_paste, in_answer;
};

/* ESC [ mark values intermediate final; of a value "5:1" the part after the colon is in `sub`. */
struct csi {
    char     mark, intermediate, final;
    unsigned count;
    unsigned values[VALUES_MOST], subs[VALUES_MOST];
};

struct input *input_new(input_on_event *on_event, void *who)
{
    struct input *input = mem_alloc(sizeof *input);

    input->on_event = on_event;
    input->who = who;
    return input;
}

void input_free(struct input *input)
{
    if (input != NULL) {
        str_done(&input->held);
        str_done(&input->paste);
    }
    mem_free(input);
}

/* -- events -------------------------------------------------------------------------------------------------------- */

static void send_key(struct input *input, const char *name, const char *bytes, size_t length)
{
    struct input_event event = {.kind = INPUT_KEY, .bytes = bytes, .length = length};

    snprintf(event.key, sizeof event.key, "%s", name);
    input->on_event(&event, input->who);
}

static void send_word(struct input *input, const char *word, unsigned with, const char *bytes, size_t length)
{
    char name[KEY_NAME_SIZE] = "";

    if (word != NULL)
        key_name_word(word, with, name);
    send_key(input, name, bytes, length);
}

static void send_point(struct input *input, uint32_t point, unsigned with, const char *bytes, size_t length)
{
    char name[KEY_NAME_SIZE];

    (void)key_name_point(point, with, name);
    send_key(input, name, bytes, length);
}

/* What a terminal sends for the key when it is asked for nothing new: readline knows that. 0: there is no such thing.
 */
static size_t plain_bytes(uint32_t point, unsigned with, char bytes[static 8])
{
    size_t length = 0;

    if (with & WITH_META)
        bytes[length++] = '\x1b';
    if (with & WITH_CONTROL) {
        if (point == '/')
            point = '_';
        if (with & WITH_SHIFT && point != '_')
            return 0;
        if (point != ' ' && (point < '@' || point > 'z' || point == '`'))
            return 0;
        bytes[length++] = (char)(point == ' ' ? 0 : point & 0x1f);
        return length;
    }
    if (with & WITH_SHIFT && point >= 'a' && point <= 'z')
        point -= 'a' - 'A';
    else if (with & WITH_SHIFT && (point <= ' ' || point == 0x7f))
        return 0;
    return length + utf8_encode(point, bytes + length);
}

/* A key told by its code point: CSI-u and modifyOtherKeys. */
static void send_code(struct input *input, uint32_t point, unsigned with, const char *bytes, size_t length)
{
    char   plain[8], name[KEY_NAME_SIZE];
    bool   known = (point < PRIVATE_USE || point > PRIVATE_USE_END) && key_name_point(point, with, name);
    size_t plain_length = known ? plain_bytes(point, with, plain) : 0;

    if (!known)
        name[0] = '\0';
    send_key(input, name, plain_length > 0 ? plain : bytes, plain_length > 0 ? plain_length : length);
}

/* -- ESC [ --------------------------------------------------------------------------------------------------------- */

static void send_mouse(struct input *input, unsigned code, unsigned x, unsigned y, bool released)
{
    static const enum mouse_button buttons[] = {MOUSE_LEFT, MOUSE_MIDDLE, MOUSE_RIGHT, MOUSE_RELEASE};
    struct input_event event = {.kind = INPUT_MOUSE, .x = x > 0 ? (int)x - 1 : 0, .y = y > 0 ? (int)y - 1 : 0};

    if (code >= 128 || (code & 64 && (code & 3) > 1) || (code & 32 && (code & 3) == 3))
        return;                                  /* more buttons, wheels to the side, movement without a button */
    event.button = code & 64   ? (code & 1 ? MOUSE_WHEEL_DOWN : MOUSE_WHEEL_UP)
                   : code & 32 ? MOUSE_DRAG
                               : buttons[code & 3];
    if (released)
        event.button = MOUSE_RELEASE;
    input->on_event(&event, input->who);
}

static const char *word_of_number(unsigned number)
{
    static const char *const words[] = {
        [1] = "Home",  [2] = "Insert", [3] = "Delete", [4] = "End",  [5] = "PgUp", [6] = "PgDn", [7] = "Home",
        [8] = "End",   [11] = "F1",    [12] = "F2",    [13] = "F3",  [14] = "F4",  [15] = "F5",  [17] = "F6",
        [18] = "F7",   [19] = "F8",    [20] = "F9",    [21] = "F10", [23] = "F11", [24] = "F12", [25] = "F13",
        [26] = "F14",  [28] = "F15",   [29] = "F16",   [31] = "F17", [32] = "F18", [33] = "F19", [34] = "F20",
    };

    return number < COUNT_OF(words) ? words[number] : NULL;
}

/* The last byte of ESC [ and ESC O alike. */
static const char *word_of_final(char final)
{
    static const struct {
        char        final;
        const char *word;
    } finals[] = {
        {'A', "Up"}, {'B', "Down"}, {'C', "Right"}, {'D', "Left"}, {'E', "Center"}, {'F', "End"},
        {'H', "Home"}, {'P', "F1"}, {'Q', "F2"}, {'R', "F3"}, {'S', "F4"},
    };

    for (size_t i = 0; i < COUNT_OF(finals); i++)
        if (finals[i].final == final)
            return finals[i].word;
    return NULL;
}

/* 1 + the sum of shift 1, alt 2, control 4, super or meta 8 …; what we have no name for counts as Meta. */
static unsigned modifiers(unsigned value)
{
    unsigned bits = value > 0 ? value - 1 : 0;

    return (bits & 7) | (bits & 8 ? WITH_META : 0);
}

static unsigned value_at(const struct csi *csi, unsigned index)
{
    return index < csi->count ? csi->values[index] : 0;
}

static void send_tilde(struct input *input, const struct csi *csi, unsigned with, const char *bytes, size_t length)
{
    unsigned number = value_at(csi, 0);

    if (number == 200) {
        input->in_paste = true;
        str_clear(&input->paste);
    } else if (number == 27 && csi->count >= 3) {
        send_code(input, value_at(csi, 2), with, bytes, length);
    } else if (number != 201) {                  /* the end of a paste that has not begun */
        send_word(input, word_of_number(number), with, bytes, length);
    }
}

/* rxvt: shift, control or both as the last byte. */
static unsigned rxvt_modifiers(char final)
{
    return final == '$' ? WITH_SHIFT : final == '^' ? WITH_CONTROL : WITH_SHIFT | WITH_CONTROL;
}

static void send_letter(struct input *input, const struct csi *csi, unsigned with, const char *bytes, size_t length)
{
    static const char *const rxvt[] = {"Up", "Down", "Right", "Left"};

    if (csi->final == 'Z')
        send_word(input, "Tab", with | WITH_SHIFT, bytes, length);
    else if (csi->final >= 'a' && csi->final <= 'd' && csi->count == 0)
        send_word(input, rxvt[csi->final - 'a'], WITH_SHIFT, bytes, length);
    else if (csi->final == 'R' && (csi->count != 2 || csi->values[0] != 1))
        return;                                  /* where the cursor is */
    else if (csi->final != 't' && csi->final != 'n' && csi->final != 'x')
        send_word(input, word_of_final(csi->final), with, bytes, length);
}

/* A whole sequence. Answers (they have a mark or an intermediate byte, or are not asked for) are swallowed. */
static void send_csi(struct input *input, const struct csi *csi, const char *bytes, size_t length)
{
    unsigned with = modifiers(value_at(csi, 1));

    if (csi->mark == '<' && (csi->final == 'M' || csi->final == 'm')) {
        send_mouse(input, value_at(csi, 0), value_at(csi, 1), value_at(csi, 2), csi->final == 'm');
    } else if (csi->mark != '\0' || csi->intermediate != '\0' || (csi->count > 1 && csi->subs[1] == 3)) {
        return;                                  /* … and a key that is let go */
    } else if ((csi->final == 'I' || csi->final == 'O') && csi->count == 0) {
        input->on_event(&(struct input_event){.kind = INPUT_FOCUS, .focused = csi->final == 'I'}, input->who);
    } else if (csi->final == '~') {
        send_tilde(input, csi, with, bytes, length);
    } else if (csi->final == 'u') {
        send_code(input, value_at(csi, 0), with, bytes, length);
    } else if (strchr("$^@", csi->final) != NULL && csi->count == 1) {
        send_word(input, word_of_number(csi->values[0]), rxvt_modifiers(csi->final), bytes, length);
    } else {
        send_letter(input, csi, with, bytes, length);
    }
}

static void add_digit(struct csi *csi, bool sub, char digit)
{
    unsigned *value;

    if (csi->count == 0)
        csi->count = 1;
    value = sub ? &csi->subs[csi->count - 1] : &csi->values[csi->count - 1];
    if (*value < 100000000)
        *value = *value * 10 + (unsigned)(digit - '0');
}

/* Reads from `at` on: 1 the sequence is whole (`at` is behind it), 0 more is to come, -1 it is none (`at` is at what
 * broke it). */
static int read_csi(const char *bytes, size_t length, size_t *at, struct csi *ret_csi)
{
    bool sub = false;

    for (; *at < length; (*at)++) {
        char c = bytes[*at];

        if (c >= '0' && c <= '9') {
            add_digit(ret_csi, sub, c);
        } else if (c == ';') {
            if (ret_csi->count < VALUES_MOST)
                ret_csi->count += ret_csi->count == 0 ? 2 : 1;
            sub = false;
        } else if (c == ':') {
            sub = true;
        } else if (c == '$' && ret_csi->mark == '\0' && ret_csi->count == 1) {
            ret_csi->final = c;                  /* rxvt */
            (*at)++;
            return 1;
        } else if (c >= ' ' && c <= '/') {
            ret_csi->intermediate = c;
        } else if (c >= '<' && c <= '?') {
            ret_csi->mark = c;
        } else if (c >= '@' && c <= '~') {
            ret_csi->final = c;
            (*at)++;
            return 1;
        } else {
            return -1;
        }
    }
    return 0;
}

/* ESC [ M and three bytes: a mouse report of a terminal that knows no other. */
static size_t take_old_mouse(struct input *input, const char *bytes, size_t length, size_t at)
{
    if (length < at + 3)
        return 0;
    unsigned code = (unsigned char)bytes[at], x = (unsigned char)bytes[at + 1], y = (unsigned char)bytes[at + 2];

    if (code >= 32 && x >= 33 && y >= 33)
        send_mouse(input, code - 32, x - 32, y - 32, false);
    return at + 3;
}

/* `at` is behind ESC [ or ESC ESC [; the latter is Meta. */
static size_t take_csi(struct input *input, const char *bytes, size_t length, size_t at, bool meta)
{
    static const char *const linux_keys[] = {"F1", "F2", "F3", "F4", "F5"};
    struct csi csi = {0};
    int        r;

    if (at < length && bytes[at] == '[') {       /* the Linux console */
        if (at + 1 == length)
            return 0;
        bool known = bytes[at + 1] >= 'A' && bytes[at + 1] <= 'E';
        send_word(input, known ? linux_keys[bytes[at + 1] - 'A'] : NULL, meta ? WITH_META : 0, bytes, at + 2);
        return at + 2;
    }
    if (at < length && bytes[at] == 'M')
        return take_old_mouse(input, bytes, length, at + 1);
    r = read_csi(bytes, length, &at, &csi);
    if (r == 0)
        return at < HELD_MOST ? 0 : at;
    if (r < 0)
        return at;
    if (meta) {
        if (csi.count < 2)
            csi.count = 2;
        csi.values[1] = (modifiers(csi.values[1]) | WITH_META) + 1;
    }
    send_csi(input, &csi, bytes, at);
    return at;
}

/* -- ESC O and other beginnings ------------------------------------------------------------------------------------ */

/* The keypad as an application asks for it: its keys are the characters on them. */
static size_t take_keypad(struct input *input, const char *bytes, size_t at, unsigned with)
{
    static const char keypad[] = "*+,-./0123456789";
    char              c = bytes[at], plain;

    if (c >= 'j' && c <= 'y')
        plain = keypad[c - 'j'];
    else if (c == 'M' || c == 'I' || c == 'X' || c == ' ')
        plain = c == 'M' ? '\r' : c == 'I' ? '\t' : c == 'X' ? '=' : ' ';
    else
        return 0;
    send_code(input, (unsigned char)plain, with, bytes, at + 1);
    return at + 1;
}

/* ESC O final, or ESC O modifier final. `at` is behind the O. 0: more is to come, or (`*ret_none`) it is no such key.
 */
static size_t take_ss3(struct input *input, const char *bytes, size_t length, size_t at, bool meta, bool *ret_none)
{
    static const char *const rxvt[] = {"Up", "Down", "Right", "Left"};
    unsigned with = meta ? WITH_META : 0;

    if (at < length && bytes[at] >= '2' && bytes[at] <= '9')
        with |= modifiers((unsigned)(bytes[at++] - '0'));
    if (at == length)
        return 0;
    if (word_of_final(bytes[at]) != NULL)
        send_word(input, word_of_final(bytes[at]), with, bytes, at + 1);
    else if (bytes[at] >= 'a' && bytes[at] <= 'd')
        send_word(input, rxvt[bytes[at] - 'a'], with | WITH_CONTROL, bytes, at + 1);
    else if (take_keypad(input, bytes, at, with) == 0)
        *ret_none = true;
    return *ret_none ? 0 : at + 1;
}

/* ESC ] digit, ESC P and ESC _ G begin what only a terminal sends: an answer, up to BEL or ESC \. */
static bool begins_answer(char kind, char next)
{
    return (kind == ']' && next >= '0' && next <= '9') || (kind == '_' && next == 'G') ||
           (kind == 'P' && next != '\0' && strchr("0123456789>!|+$=", next) != NULL);
}

static size_t take_answer(struct input *input, const char *bytes, size_t length)
{
    for (size_t at = 0; at < length; at++) {
        if ((unsigned char)bytes[at] >= ' ')
            continue;
        if (bytes[at] == '\x1b' && at + 1 == length)
            return at;                           /* perhaps the first half of its end */
        input->in_answer = false;
        if (bytes[at] == '\x1b' && bytes[at + 1] == '\\')
            return at + 2;
        return bytes[at] == '\a' ? at + 1 : at;  /* anything else that is not text ends it and is itself */
    }
    return length;
}

/* -- one thing at a time: the bytes it took, or 0 when it is not whole --------------------------------------------- */

static size_t take_point(struct input *input, const char *bytes, size_t length, size_t at, unsigned with, bool settle)
{
    static const unsigned char leads[] = {0xc2, 0xe0, 0xf0, 0xf5};
    uint32_t      point;
    size_t        n = utf8_decode(bytes + at, length - at, &point);
    unsigned char lead = (unsigned char)bytes[at];

    if (n == 1 && lead >= 0x80) {                /* not valid, or not whole */
        size_t need = lead < leads[0] || lead >= leads[3] ? 1 : lead < leads[1] ? 2 : lead < leads[2] ? 3 : 4;
        bool   tail = true;

        for (size_t i = at + 1; i < length; i++)
            tail = tail && ((unsigned char)bytes[i] & 0xc0) == 0x80;
        if (!settle && tail && length - at < need)
            return 0;
        send_key(input, "", bytes, at + 1);
        return at + 1;
    }
    send_point(input, point, with, bytes, at + n);
    return at + n;
}

static size_t take_escape_alone(struct input *input, const char *bytes)
{
    send_key(input, "Esc", bytes, 1);
    return 1;
}

/* Behind one ESC, or two (then the first is Meta for a sequence, or a key of its own). */
static size_t take_escape(struct input *input, const char *bytes, size_t length, bool settle)
{
    size_t n, at = length > 1 && bytes[1] == '\x1b' ? 2 : 1;
    bool   none = false, meta = at == 2;

    if (length == at)
        return settle ? take_escape_alone(input, bytes) : 0;
    if (meta && bytes[at] != '[' && bytes[at] != 'O')
        return take_escape_alone(input, bytes);
    if (bytes[at] == '[' && (length > at + 1 || !settle))
        return length > at + 1 ? take_csi(input, bytes, length, at + 1, meta) : 0;
    if (bytes[at] == 'O' && (length > at + 1 || !settle)) {
        n = take_ss3(input, bytes, length, at + 1, meta, &none);
        if (n > 0 || (!none && !settle))
            return n;
    }
    if (meta)
        return take_escape_alone(input, bytes);
    if (strchr("]P_", bytes[1]) != NULL && bytes[1] != '\0') {
        if (length == 2 && !settle)
            return 0;
        if (length > 2 && begins_answer(bytes[1], bytes[2])) {
            input->in_answer = true;
            return 2;
        }
    }
    return take_point(input, bytes, length, 1, WITH_META, settle);
}

static void add_paste(struct input *input, const char *text, size_t length)
{
    if (input->paste.length < PASTE_MOST)
        str_add_bytes(&input->paste, text, length);
}

/* Line ends are \n, however they came. */
static void send_paste(struct input *input)
{
    struct str *paste = &input->paste;
    size_t      to = 0;

    for (size_t at = 0; at < paste->length; at++) {
        char c = paste->data[at];

        if (c == '\r' && at + 1 < paste->length && paste->data[at + 1] == '\n')
            continue;
        paste->data[to++] = c == '\r' ? '\n' : c;
    }
    paste->length = to;
    if (to > 0)
        paste->data[to] = '\0';
    input->on_event(&(struct input_event){.kind = INPUT_PASTE, .bytes = str_text(paste), .length = to}, input->who);
    str_done(paste);
}

static size_t take_paste(struct input *input, const char *bytes, size_t length)
{
    const char *mark = memchr(bytes, '\x1b', length);
    size_t      text = mark != NULL ? (size_t)(mark - bytes) : length, matched = 0;

    if (text > 0) {
        add_paste(input, bytes, text);
        return text;
    }
    while (matched < length && matched < sizeof paste_end - 1 && bytes[matched] == paste_end[matched])
        matched++;
    if (matched == sizeof paste_end - 1) {
        input->in_paste = false;
        send_paste(input);
        return matched;
    }
    if (matched == length)
        return 0;
    add_paste(input, bytes, matched);
    return matched;
}

static size_t take_one(struct input *input, const char *bytes, size_t length, bool settle)
{
    if (input->in_paste)
        return take_paste(input, bytes, length);
    if (input->in_answer)
        return take_answer(input, bytes, length);
    if (bytes[0] == '\x1b')
        return take_escape(input, bytes, length, settle);
    return take_point(input, bytes, length, 0, 0, settle);
}

/* An answer that ends, or ends itself, takes nothing: it is a step all the same. */
static bool step(struct input *input, size_t *at, bool settle)
{
    bool   in_answer = input->in_answer;
    size_t n = take_one(input, input->held.data + *at, input->held.length - *at, settle);

    *at += n;
    return n > 0 || in_answer != input->in_answer;
}

static void run(struct input *input, bool settle)
{
    struct str *held = &input->held;
    size_t      at = 0;

    while (at < held->length && step(input, &at, settle))
        ;
    if (at == 0)
        return;
    memmove(held->data, held->data + at, held->length - at);
    held->length -= at;
}

void input_feed(struct input *input, const char *bytes, size_t length)
{
    str_add_bytes(&input->held, bytes, length);
    run(input, false);
}

/* The middle of a paste, of an answer or of ESC [ with a number is never a key, however long the rest takes. */
bool input_waits(const struct input *input)
{
    const struct str *held = &input->held;
    size_t            escapes = 0;

    if (held->length == 0 || input->in_paste)
        return false;
    while (escapes < held->length && held->data[escapes] == '\x1b')
        escapes++;
    return escapes == 0 || held->length <= escapes + 1 || held->data[escapes] != '[';
}

void input_settle(struct input *input)
{
    if (!input_waits(input))
        return;
    input->in_answer = false;                    /* what is held is an ESC that did not end it */
    run(input, true);
}
