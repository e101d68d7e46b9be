/* The one spelling of each key: modifiers in the order C- M- S-, and of keys that send the same byte, the plain one. */
#include "input_names.h"

#include <stdio.h>
#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/utf8.h"

static const char *const words[] = {
    "Up",     "Down", "Left", "Right", "Home", "End", "PgUp", "PgDn", "Insert", "Delete", "Center", "F1",  "F2",
    "F3",     "F4",   "F5",   "F6",    "F7",   "F8",  "F9",   "F10",  "F11",    "F12",    "F13",    "F14", "F15",
    "F16",    "F17",  "F18",  "F19",   "F20",
};

/* Keys that are a character to the terminal. */
static const struct {
    const char *word;
    uint32_t    point;
} point_words[] = {{"Tab", '\t'}, {"Enter", '\r'}, {"Esc", 0x1b}, {"Space", ' '}, {"BSpace", 0x7f}};

static const struct {
    const char *said, *word;
} other_words[] = {
    {"PageUp", "PgUp"}, {"PageDown", "PgDn"}, {"Return", "Enter"}, {"Escape", "Esc"},
    {"Del", "Delete"},  {"Ins", "Insert"},    {"Backspace", "BSpace"},
};

static void spell(const char *base, size_t length, unsigned with, char ret_name[KEY_NAME_SIZE])
{
    snprintf(ret_name, KEY_NAME_SIZE, "%s%s%s%.*s", with & WITH_CONTROL ? "C-" : "", with & WITH_META ? "M-" : "",
             with & WITH_SHIFT ? "S-" : "", (int)length, base);
}

void key_name_word(const char *word, unsigned with, char ret_name[KEY_NAME_SIZE])
{
    spell(word, strlen(word), with, ret_name);
}

static bool is_letter(uint32_t point)
{
    return (point >= 'a' && point <= 'z') || (point >= 'A' && point <= 'Z');
}

/* Control with a character as the byte it sends says it: C-A is C-a, C-i is Tab, C-/ is C-_. */
static void normal_control(uint32_t *point, unsigned *with)
{
    if (*point >= 'A' && *point <= 'Z')
        *point += 'a' - 'A';
    else if (*point == '@')
        *point = ' ';
    else if (*point == '/')
        *point = '_';
    if (*with & WITH_SHIFT)
        return;
    if (*point == 'i' || *point == 'm' || *point == '[' || *point == '?') {
        *point = *point == 'i' ? '\t' : *point == 'm' ? '\r' : *point == '[' ? 0x1b : 0x7f;
        *with &= ~(unsigned)WITH_CONTROL;
    }
}

static const char *point_word(uint32_t point)
{
    for (size_t i = 0; i < COUNT_OF(point_words); i++)
        if (point_words[i].point == point)
            return point_words[i].word;
    return NULL;
}

bool key_name_point(uint32_t point, unsigned with, char ret_name[KEY_NAME_SIZE])
{
    char bytes[4];

    ret_name[0] = '\0';
    if (point < 0x20 && point_word(point) == NULL) {
        point = point == 0 ? ' ' : point < 0x1b ? point + 'a' - 1 : point + '@';
        with |= WITH_CONTROL;
    }
    if (with & WITH_SHIFT && point > ' ' && point < 0x7f && !(with & WITH_CONTROL && is_letter(point))) {
        if (point >= 'a' && point <= 'z')
            point -= 'a' - 'A';
        with &= ~(unsigned)WITH_SHIFT;           /* the character says it */
    }
    if (with & WITH_CONTROL)
        normal_control(&point, &with);
    if (point_word(point) != NULL) {
        key_name_word(point_word(point), with, ret_name);
        return true;
    }
    if (point < 0x20 || (point >= 0x7f && point < 0xa0) || point > 0x10ffff || (point >= 0xd800 && point < 0xe000))
        return false;
    spell(bytes, utf8_encode(point, bytes), with, ret_name);
    return true;
}

static unsigned take_modifiers(const char **name)
{
    unsigned with = 0;

    for (; (*name)[0] != '\0' && (*name)[1] == '-' && (*name)[2] != '\0'; *name += 2) {
        unsigned bit = **name == 'C' ? WITH_CONTROL : **name == 'M' ? WITH_META : **name == 'S' ? WITH_SHIFT : 0;

        if (bit == 0)
            break;
        with |= bit;
    }
    return with;
}

bool key_name_normal(const char *name, char ret_name[KEY_NAME_SIZE])
{
    unsigned with = take_modifiers(&name);
    uint32_t point = 0;
    size_t   bytes = utf8_decode(name, strlen(name), &point);

    ret_name[0] = '\0';
    if (bytes == 0)
        return false;
    if (name[bytes] == '\0')
        return utf8_valid_prefix(name, bytes) == bytes && point > ' ' && point != 0x7f &&
               key_name_point(point, with, ret_name);
    for (size_t i = 0; i < COUNT_OF(other_words); i++)
        if (text_equal_nocase(name, other_words[i].said))
            name = other_words[i].word;
    for (size_t i = 0; i < COUNT_OF(point_words); i++)
        if (text_equal_nocase(name, point_words[i].word))
            return key_name_point(point_words[i].point, with, ret_name);
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text_equal_nocase(name, words[i])) {
            key_name_word(words[i], with, ret_name);
            return true;
        }
    return false;
}
