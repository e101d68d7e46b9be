#include "feed.h"

#include <string.h>

#include "ytempire/base/mem.h"

void feed_begin(struct feed *feed, csv_read *read, void *who, size_t room)
{
    *feed = (struct feed){.read = read, .who = who, .data = mem_alloc(room), .room = room, .line = 1, .column = 1};
}

void feed_done(struct feed *feed)
{
    mem_free(feed->data);
    *feed = (struct feed){0};
}

bool feed_is_full(const struct feed *feed)
{
    return feed->at == 0 && feed->end == feed->room;
}

static int look_at_mark(struct feed *feed, struct error *error)
{
    const unsigned char *bytes = (const unsigned char *)feed->data;

    feed->begun = true;
    if (feed->end >= 2 && ((bytes[0] == 0xFF && bytes[1] == 0xFE) || (bytes[0] == 0xFE && bytes[1] == 0xFF))) {
        error_set(error, ERR_FAILED, "the file is UTF-16, not UTF-8");
        error_hint(error, "convert it: iconv -f UTF-16 -t UTF-8 FILE > NEW");
        return ERR_FAILED;
    }
    if (feed->end >= 3 && memcmp(feed->data, "\xEF\xBB\xBF", 3) == 0)
        feed->at = 3;
    return 0;
}

int feed_more(struct feed *feed, struct error *error)
{
    size_t got = 1;
    int    r = 0;

    if (feed->at > 0) {
        memmove(feed->data, feed->data + feed->at, feed->end - feed->at);
        feed->end -= feed->at;
        feed->at = 0;
    }
    if (feed->ended || feed->end == feed->room)
        return 0;
    do {
        r = feed->read(feed->who, feed->data + feed->end, feed->room - feed->end, &got, error);
        if (r < 0)
            return r;
        feed->end += got;
        feed->ended = got == 0;
    } while (!feed->begun && feed->end < 3 && !feed->ended);
    if (!feed->begun)
        r = look_at_mark(feed, error);
    return r < 0 ? r : !feed->ended || feed->end > feed->at;
}

void feed_take(struct feed *feed, size_t length)
{
    const char *from = feed->data + feed->at, *to = from + length;

    for (const char *end; (end = memchr(from, '\n', (size_t)(to - from))) != NULL; from = end + 1) {
        feed->line++;
        feed->column = 1;
    }
    for (; from < to; from++)
        feed->column += ((unsigned char)*from & 0xC0) != 0x80;
    feed->at += length;
}
