/* Invariant: no two channels have the same (id, name), no two videos the same id, no two rows the same (video, day). */
#include "batch.h"

#include <stdio.h>
#include <string.h>

#include "category.h"
#include "ytempire/base/md5.h"

#define MOST_BYTES ((size_t)10 << 20)
#define RAW_MOST ((size_t)64 * 1024)

/* -- indexes ------------------------------------------------------------------------------------------------------- */

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;

    while (length >= 8) {
        uint64_t eight;

        memcpy(&eight, at, 8);
        hash = (hash ^ eight) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 32;
        at += 8;
        length -= 8;
    }
    for (; length > 0; at++, length--)
        hash = (hash ^ *at) * UINT64_C(0x100000001B3);
    return hash ^ hash >> 29;
}

/* Grows when it would be more than half full; the caller's `hash_of` tells the hash of an entry again. */
static void index_reserve(struct index *index, size_t count, const struct batch *batch,
                          uint64_t (*hash_of)(const struct batch *batch, size_t entry))
{
    size_t room = index->slots != NULL ? index->mask + 1 : 0;

    if ((count + 1) * 2 <= room)
        return;
    room = room > 0 ? room * 2 : 1024;
    mem_free(index->slots);
    index->slots = mem_alloc(room * sizeof *index->slots);
    index->mask = room - 1;
    for (size_t i = 0; i < count; i++) {
        size_t at = hash_of(batch, i) & index->mask;

        while (index->slots[at] != 0)
            at = (at + 1) & index->mask;
        index->slots[at] = (uint32_t)i + 1;
    }
}

static void index_clear(struct index *index)
{
    if (index->slots != NULL)
        memset(index->slots, 0, (index->mask + 1) * sizeof *index->slots);
}

static bool same(struct csv_field a, struct csv_field b)
{
    return a.length == b.length && memcmp(a.text, b.text, a.length) == 0;
}

static int compare(struct csv_field a, struct csv_field b)
{
    int order = memcmp(a.text, b.text, a.length < b.length ? a.length : b.length);

    return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

static struct csv_field kept(struct batch *batch, struct csv_field field)
{
    batch->bytes += field.length + 32;
    return (struct csv_field){arena_strndup(batch->arena, field.text, field.length), field.length};
}

/* -- channels ------------------------------------------------------------------------------------------------------ */

static uint64_t hash_channel(struct csv_field id, struct csv_field name)
{
    return hash_bytes(hash_bytes(id.length, id.text, id.length), name.text, name.length);
}

/* A channel without an id of its own is known by its name: the hash is of that, the id is made of it. */
static bool is_titled(struct csv_field id)
{
    return id.length == 38 && memcmp(id.text, "title:", 6) == 0;
}

static uint64_t hash_of_channel(const struct batch *batch, size_t entry)
{
    const struct batch_channel *channel = &batch->channels[entry];

    return hash_channel(is_titled(channel->id) ? (struct csv_field){"", 0} : channel->id, channel->name);
}

static struct csv_field make_id(struct batch *batch, struct csv_field name)
{
    char id[6 + MD5_TEXT_SIZE] = "title:";

    md5_text(name.text, name.length, id + 6);
    return kept(batch, (struct csv_field){id, sizeof id - 1});
}

static int32_t put_channel(struct batch *batch, struct csv_field id, struct csv_field name)
{
    size_t at;

    if (is_titled(id))
        id.length = 0;
    index_reserve(&batch->by_channel, batch->channel_count, batch, hash_of_channel);
    at = hash_channel(id, name) & batch->by_channel.mask;
    for (uint32_t slot; (slot = batch->by_channel.slots[at]) != 0; at = (at + 1) & batch->by_channel.mask) {
        const struct batch_channel *channel = &batch->channels[slot - 1];

        if (same(channel->name, name) && (id.length == 0 ? is_titled(channel->id) : same(channel->id, id)))
            return (int32_t)slot - 1;
    }
    struct batch_channel channel = {.id = id.length == 0 ? make_id(batch, name) : kept(batch, id),
                                    .name = kept(batch, name)};
    VEC_PUSH(batch->channels, batch->channel_count, batch->channel_room, channel);
    batch->by_channel.slots[at] = (uint32_t)batch->channel_count;
    return (int32_t)batch->channel_count - 1;
}

/* -- videos -------------------------------------------------------------------------------------------------------- */

static struct csv_field category_field(int id)
{
    const char *name = category_name(id);

    return (struct csv_field){name != NULL ? name : "", name != NULL ? strlen(name) : 0};
}

/* The order in which the texts of a video are compared where day and views are the same: ingest_retell.sql has it too.
 */
static int compare_texts(const struct batch *batch, const struct batch_video *a, const struct batch_video *b)
{
    int order = compare(a->title, b->title);

    if (order == 0)
        order = compare(a->tags, b->tags);
    if (order == 0)
        order = compare(a->description, b->description);
    if (order == 0)
        order = compare(category_field(a->category), category_field(b->category));
    if (order == 0)
        order = compare(batch->channels[a->channel].id, batch->channels[b->channel].id);
    if (order == 0)
        order = (a->published > b->published) - (a->published < b->published);
    if (order == 0)
        order = compare(a->thumbnail, b->thumbnail);
    return order != 0 ? order : b->removed - a->removed;
}

static uint64_t hash_of_video(const struct batch *batch, size_t entry)
{
    return hash_bytes(1, batch->videos[entry].id, VIDEO_ID_LENGTH);
}

static void keep_texts(struct batch *batch, struct batch_video *video)
{
    video->title = kept(batch, video->title);
    video->tags = kept(batch, video->tags);
    video->thumbnail = kept(batch, video->thumbnail);
    video->description = kept(batch, video->description);
}

static void join_tags(struct batch *batch, const struct trending_row *row)
{
    size_t cursor = 0;

    str_clear(&batch->tags);
    while (trending_next_tag(row->tags, &cursor, &batch->tags))
        str_add_char(&batch->tags, '|');
    if (batch->tags.length > 0)
        batch->tags.data[--batch->tags.length] = '\0';
}

static int32_t put_video(struct batch *batch, const struct trending_row *row, int32_t channel)
{
    struct batch_video new = {
        .channel = channel,
        .day = row->day,
        .views = row->views,
        .title = row->title,
        .thumbnail = row->thumbnail,
        .description = row->description,
        .category = row->category,
        .published = row->published,
        .removed = row->removed,
    };
    size_t at;

    memcpy(new.id, row->video_id.text, VIDEO_ID_LENGTH);
    join_tags(batch, row);
    new.tags = (struct csv_field){str_text(&batch->tags), batch->tags.length};
    index_reserve(&batch->by_video, batch->video_count, batch, hash_of_video);
    at = hash_bytes(1, new.id, VIDEO_ID_LENGTH) & batch->by_video.mask;
    for (uint32_t slot; (slot = batch->by_video.slots[at]) != 0; at = (at + 1) & batch->by_video.mask) {
        struct batch_video *old = &batch->videos[slot - 1];

        if (memcmp(old->id, new.id, VIDEO_ID_LENGTH) != 0)
            continue;
        int order = new.day != old->day ? new.day - old->day : (new.views > old->views) - (new.views < old->views);
        int texts = compare_texts(batch, &new, old);

        if (texts != 0 && (order > 0 || (order == 0 && texts > 0))) {
            keep_texts(batch, &new);
            *old = new;
        } else if (order > 0) {
            old->day = new.day;
            old->views = new.views;
        }
        return (int32_t)slot - 1;
    }
    keep_texts(batch, &new);
    VEC_PUSH(batch->videos, batch->video_count, batch->video_room, new);
    batch->by_video.slots[at] = (uint32_t)batch->video_count;
    return (int32_t)batch->video_count - 1;
}

/* -- snapshots ----------------------------------------------------------------------------------------------------- */

static int order_of(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int64_t known(int32_t counter)
{
    return counter == UNKNOWN ? 0 : counter;
}

/* ingest_facts.sql has it too. */
static int compare_rows(const struct batch *batch, const struct batch_row *a, const struct batch_row *b)
{
    int order = order_of(a->views, b->views);

    if (order == 0)
        order = order_of(known(a->likes), known(b->likes));
    if (order == 0)
        order = order_of(known(a->comments), known(b->comments));
    if (order == 0)
        order = order_of(known(a->dislikes), known(b->dislikes));
    if (order == 0)
        order = (a->likes != UNKNOWN) - (b->likes != UNKNOWN);
    if (order == 0)
        order = (a->comments != UNKNOWN) - (b->comments != UNKNOWN);
    return order != 0 ? order : compare(batch->channels[a->channel].id, batch->channels[b->channel].id);
}

static uint64_t hash_row(const struct batch_row *row)
{
    int32_t key[2] = {row->video, row->day};

    return hash_bytes(2, key, sizeof key);
}

static uint64_t hash_of_row(const struct batch *batch, size_t entry)
{
    return hash_row(&batch->rows[entry]);
}

static void put_row(struct batch *batch, struct batch_row new)
{
    size_t at;

    index_reserve(&batch->by_row, batch->row_count, batch, hash_of_row);
    at = hash_row(&new) & batch->by_row.mask;
    for (uint32_t slot; (slot = batch->by_row.slots[at]) != 0; at = (at + 1) & batch->by_row.mask) {
        struct batch_row *old = &batch->rows[slot - 1];

        if (old->video != new.video || old->day != new.day)
            continue;
        bool              stands = compare_rows(batch, &new, old) > 0;
        struct batch_seen seen = {stands ? old->channel : new.channel, new.day};

        if (old->channel != new.channel)
            VEC_PUSH(batch->seen, batch->seen_count, batch->seen_room, seen);
        if (stands)
            *old = new;
        return;
    }
    VEC_PUSH(batch->rows, batch->row_count, batch->row_room, new);
    batch->by_row.slots[at] = (uint32_t)batch->row_count;
}

/* -- the face ------------------------------------------------------------------------------------------------------ */

void batch_drop_rows(struct batch *batch)
{
    batch->channel_count = batch->video_count = batch->row_count = batch->seen_count = 0;
    index_clear(&batch->by_channel);
    index_clear(&batch->by_video);
    index_clear(&batch->by_row);
}

void batch_begin(struct batch *batch)
{
    arena_free(batch->arena);
    batch->arena = arena_new();
    batch->bytes = 0;
    batch->read = 0;
    batch->letter_count = 0;
    batch_drop_rows(batch);
}

void batch_done(struct batch *batch)
{
    arena_free(batch->arena);
    mem_free(batch->channels);
    mem_free(batch->videos);
    mem_free(batch->rows);
    mem_free(batch->seen);
    mem_free(batch->letters);
    mem_free(batch->by_channel.slots);
    mem_free(batch->by_video.slots);
    mem_free(batch->by_row.slots);
    str_done(&batch->tags);
    *batch = (struct batch){0};
}

void batch_add(struct batch *batch, const struct trending_row *row)
{
    int32_t channel = put_channel(batch, row->channel_id, row->channel_name);
    int32_t video = put_video(batch, row, channel);

    put_row(batch, (struct batch_row){
                       .video = video, .channel = channel, .day = row->day, .views = row->views, .likes = row->likes,
                       .dislikes = row->dislikes, .comments = row->comments,
                   });
    batch->read++;
}

void batch_refuse(struct batch *batch, const struct csv_record *record, struct trending_refusal refusal)
{
    struct str          raw = STR_INIT;
    struct batch_letter letter = {.line = record->line, .refusal = refusal};

    csv_mend(&raw, record->raw, record->raw_length < RAW_MOST ? record->raw_length : RAW_MOST);
    letter.raw = kept(batch, (struct csv_field){str_text(&raw), raw.length});
    VEC_PUSH(batch->letters, batch->letter_count, batch->letter_room, letter);
    batch->read++;
    str_done(&raw);
}

bool batch_is_full(const struct batch *batch, size_t most_rows)
{
    return batch->read >= (int64_t)most_rows || batch->bytes >= MOST_BYTES;
}
