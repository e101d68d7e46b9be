/*
 * ingest/feed: bytes that come piece by piece, looked at in a buffer that does not grow. What is at the front is used
 * up by feed_take, which counts the lines and columns it passes.
 */
#ifndef INGEST_FEED_H
#define INGEST_FEED_H

#include "csv.h"

struct feed {
    csv_read *read;
    void     *who;
    char     *data;
    size_t    room, at, end;
    bool      begun, ended;
    uint64_t  line;                /* of data[at]; the first is 1 */
    size_t    column;              /* of data[at] in it, in characters; the first is 1 */
};

void feed_begin(struct feed *feed, csv_read *read, void *who, size_t room);
void feed_done(struct feed *feed);
/* 1: more is there; 0: the bytes have ended, or the buffer is full (feed_is_full). A byte order mark is passed over;
 * UTF-16 is ERR_FAILED. What was pointed to in the buffer moves. */
int  feed_more(struct feed *feed, struct error *error) NODISCARD;
bool feed_is_full(const struct feed *feed);
void feed_take(struct feed *feed, size_t length);

#endif
