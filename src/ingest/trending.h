/*
 * ingest/trending: what the rows of the public trending files say ("Trending YouTube Video Statistics" of 2017, and its
 * successor of 2020). Pure: from fields of text to values, or to the reason why not.
 */
#ifndef INGEST_TRENDING_H
#define INGEST_TRENDING_H

#include <stdbool.h>
#include <stdint.h>

#include "csv.h"
#include "ytempire/base/error.h"

#define VIDEO_ID_LENGTH 11
#define UNKNOWN (-1)               /* of a counter that was switched off */

enum trending_column {
    COLUMN_VIDEO_ID,
    COLUMN_TRENDING_DATE,
    COLUMN_TITLE,
    COLUMN_CHANNEL_ID,
    COLUMN_CHANNEL_NAME,
    COLUMN_CATEGORY,
    COLUMN_PUBLISHED,
    COLUMN_TAGS,
    COLUMN_VIEWS,
    COLUMN_LIKES,
    COLUMN_DISLIKES,
    COLUMN_COMMENTS,
    COLUMN_COMMENTS_OFF,
    COLUMN_RATINGS_OFF,
    COLUMN_THUMBNAIL,
    COLUMN_REMOVED,
    COLUMN_DESCRIPTION,
    COLUMN_COUNT,
};

struct trending_shape;

/* Where the columns of one file lie. */
struct trending_layout {
    const struct trending_shape *shape;
    size_t                       width;                  /* fields of a row */
    int                          place[COLUMN_COUNT];    /* -1: not in this file */
};

/* Finds the shape by its header; ERR_FAILED saying what is missing. */
int trending_read_header(const struct csv_record *header, struct trending_layout *ret_layout,
                         struct error *error) NODISCARD;

/* One video on one day. Texts are those of the record. */
struct trending_row {
    struct csv_field video_id, title, channel_id, channel_name, tags, thumbnail, description;
    int32_t          day;                                /* the snapshot is its midnight, UTC */
    int              category;
    int64_t          published;
    int64_t          views;
    int32_t          likes, dislikes, comments;          /* or UNKNOWN */
    bool             removed;
};

/* Why a row is refused: the same words for the same reason, so that they can be counted. */
struct trending_refusal {
    const char *column;            /* of the file, or NULL: the row as a whole */
    const char *reason;
};

bool trending_read_row(const struct trending_layout *layout, const struct csv_record *record,
                       struct trending_row *ret_row, struct trending_refusal *ret_refusal);

/* The tags of a row one by one: quotes off; false at the end. `cursor` starts at 0. */
bool trending_next_tag(struct csv_field tags, size_t *cursor, struct str *to);

#endif
