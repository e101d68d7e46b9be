/*
 * ingest/batch: up to some 50,000 rows in memory, each video, channel and snapshot once.
 *
 * Of two rows of one video and day the larger stands (see README.md); of a video the texts of its largest row. So what
 * is sent to the server has no key twice, and a description that comes with every row of a video is sent once.
 */
#ifndef INGEST_BATCH_H
#define INGEST_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trending.h"
#include "ytempire/base/mem.h"

struct batch_channel {
    struct csv_field id, name;             /* a channel has an entry for each name it is seen under */
};

struct batch_video {
    char             id[VIDEO_ID_LENGTH];
    int32_t          channel;              /* index */
    int32_t          day;                  /* of the row that these texts come from, as are the views */
    int64_t          views;
    struct csv_field title, tags, thumbnail, description;      /* tags with '|' between them */
    int              category;
    int64_t          published;
    bool             removed;
};

struct batch_row {
    int32_t video, channel;                /* indexes */
    int32_t day;
    int32_t likes, dislikes, comments;     /* or UNKNOWN */
    int64_t views;
};

/* A channel was seen under this name on this day by a row that does not stand. */
struct batch_seen {
    int32_t channel, day;
};

struct batch_letter {
    uint64_t                line;
    struct trending_refusal refusal;
    struct csv_field        raw;
};

struct index {
    uint32_t *slots;                       /* number of the entry + 1 */
    size_t    mask;
};

/* The arrays are kept from one batch to the next; texts lie in the arena. */
struct batch {
    struct arena         *arena;
    size_t                bytes;           /* in the arena, about */
    int64_t               read;            /* rows, refused ones too */
    struct batch_channel *channels;
    struct batch_video   *videos;
    struct batch_row     *rows;
    struct batch_seen    *seen;
    struct batch_letter  *letters;
    size_t channel_count, channel_room, video_count, video_room, row_count, row_room, seen_count, seen_room,
        letter_count, letter_room;
    struct index          by_channel, by_video, by_row;
    struct str            tags;
};

void batch_begin(struct batch *batch);     /* of zeroed memory, or after another batch */
void batch_done(struct batch *batch);
void batch_add(struct batch *batch, const struct trending_row *row);
void batch_refuse(struct batch *batch, const struct csv_record *record, struct trending_refusal refusal);
bool batch_is_full(const struct batch *batch, size_t most_rows);
/* Forgets the rows and keeps the letters. */
void batch_drop_rows(struct batch *batch);

#endif
