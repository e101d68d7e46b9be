/*
 * Any bytes of a terminal are events, the same ones whether they come whole or byte by byte; each key has its one name;
 * a character that comes when all is settled is that character, unless a paste or an answer is open, which their end closes.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/ui/input.h"
#include "ytempire/base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    (void)fprintf(stderr, "%s\n", what);
    abort();
}

static void note(const struct input_event *event, void *who)
{
    char name[KEY_NAME_SIZE];

    must(event->kind != INPUT_KEY || event->key[0] == '\0' || key_name_normal(event->key, name), "a key without a name");
    must(event->kind != INPUT_KEY || event->key[0] == '\0' || strcmp(name, event->key) == 0, "a key with two names");
    must(event->kind != INPUT_KEY || event->length > 0, "a key without bytes");
    must(event->y >= 0 && event->x >= 0, "a place outside of the screen");
    str_addf(who, "%d %s %d %d %d %d ", event->kind, event->key, (int)event->button, event->y, event->x, event->focused);
    str_add_bytes(who, event->bytes != NULL ? event->bytes : "", event->length);
}

static void read_all(const char *bytes, size_t length, size_t step, struct str *to)
{
    static const char ends[] = "\x1b[201~\x1b\\~!!!";       /* of a paste, of an answer, of a sequence, of an old mouse report */
    struct input     *input = input_new(note, to);

    for (size_t at = 0; at < length; at += step)
        input_feed(input, bytes + at, length - at < step ? length - at : step);
    input_settle(input);
    must(!input_waits(input), "it waits after it was settled");
    input_feed(input, ends, sizeof ends - 1);
    input_settle(input);
    input_feed(input, "x", 1);
    must(to->length > 0 && to->data[to->length - 1] == 'x', "a character is not read");
    input_free(input);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str whole = STR_INIT, bytes = STR_INIT;

    read_all((const char *)data, size, size > 0 ? size : 1, &whole);
    read_all((const char *)data, size, 1, &bytes);
    must(whole.length == bytes.length && memcmp(whole.data, bytes.data, whole.length) == 0, "a cut changes what is read");
    str_done(&whole);
    str_done(&bytes);
    return 0;
}
