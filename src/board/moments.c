/*
 * Moments. Invariant: `bytes` is the size of all blocks that are held here, each counted once; a picture lives as long
 * as a moment shows it.
 */
#include "ytempire/board/moments.h"

#include <string.h>

#include "board_int.h"

/* The rows of a panel, in one block of memory with all their texts. */
struct picture {
    size_t             users, bytes;
    struct board_rows *rows, *history;
};

/* In one block with its texts, but for the pictures. */
struct kept {
    struct board_moment moment;
    struct board_shown *shown;
    struct picture    **pictures;          /* one a panel; NULL: it has no rows */
    size_t              bytes;
};

struct board_moments {
    size_t        most, bytes_most, bytes;
    struct kept **items;                   /* the oldest first */
    size_t        count, room;
    const struct board_moment *held;
};

/* -- copies in one block ------------------------------------------------------------------------------------------- */

/* Filled twice by the same code: without a block it only counts. */
struct pack {
    char  *block;
    size_t used;
};

static void *take(struct pack *pack, size_t size)
{
    size_t at = pack->used;

    pack->used += (size + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    return pack->block != NULL ? pack->block + at : NULL;
}

static const char *take_bytes(struct pack *pack, const char *text, size_t length)
{
    char *to = pack->block != NULL ? pack->block + pack->used : NULL;

    pack->used += length + 1;              /* the block is zeroed */
    if (to != NULL && length > 0)
        memcpy(to, text, length);
    return to;
}

static const char *take_text(struct pack *pack, const char *text)
{
    return text != NULL ? take_bytes(pack, text, strlen(text)) : NULL;
}

static void align(struct pack *pack)
{
    pack->used = (pack->used + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
}

static struct data_column *take_columns(struct pack *pack, const struct board_rows *rows)
{
    struct data_column *to = take(pack, rows->column_count * sizeof *to);

    for (size_t i = 0; i < rows->column_count; i++) {
        struct data_column column = rows->columns[i];

        column.name = take_text(pack, column.name);
        column.currency = take_text(pack, column.currency);
        column.member = take_text(pack, column.member);
        column.title = take_text(pack, column.title);
        column.description = take_text(pack, column.description);
        if (to != NULL)
            to[i] = column;
    }
    align(pack);
    return to;
}

static struct board_rows *take_rows(struct pack *pack, const struct board_rows *rows)
{
    size_t             count = rows != NULL ? rows->row_count * rows->column_count : 0;
    struct board_rows *to;
    struct data_cell  *cells;

    if (rows == NULL)
        return NULL;
    to = take(pack, sizeof *to);
    cells = take(pack, count * sizeof *cells);
    for (size_t i = 0; i < count; i++) {
        const char *text = rows->cells[i].text != NULL
                               ? take_bytes(pack, rows->cells[i].text, rows->cells[i].length) : NULL;

        if (cells != NULL)
            cells[i] = (struct data_cell){text, text != NULL ? rows->cells[i].length : 0};
    }
    align(pack);
    if (to == NULL) {
        (void)take_columns(pack, rows);
        return NULL;
    }
    *to = (struct board_rows){take_columns(pack, rows), cells, rows->column_count, rows->row_count};
    return to;
}

static struct picture *take_picture(struct pack *pack, const struct board_shown *shown)
{
    struct picture    *picture = take(pack, sizeof *picture);
    struct board_rows *rows = take_rows(pack, shown->rows), *history = take_rows(pack, shown->history);

    if (picture != NULL)
        *picture = (struct picture){.bytes = pack->used, .rows = rows, .history = history};
    return picture;
}

static struct kept *take_kept(struct pack *pack, const struct board_moment *now)
{
    struct kept        *kept = take(pack, sizeof *kept);
    struct board_shown *shown = take(pack, now->panel_count * sizeof *shown);
    struct picture    **pictures = take(pack, now->panel_count * sizeof(struct picture *));
    const char         *range = take_text(pack, now->range), *user = take_text(pack, now->user);

    for (size_t i = 0; i < now->panel_count; i++) {
        const char *source = take_text(pack, now->shown[i].source), *reason = take_text(pack, now->shown[i].reason);

        if (shown != NULL) {
            shown[i] = now->shown[i];
            shown[i].source = source;
            shown[i].reason = reason;
        }
    }
    if (kept != NULL)
        *kept = (struct kept){{now->at, range, user, shown, now->panel_count}, shown, pictures, pack->used};
    return kept;
}

static struct picture *picture_new(const struct board_shown *shown)
{
    struct pack pack = {0};

    if (shown->rows == NULL && shown->history == NULL)
        return NULL;
    (void)take_picture(&pack, shown);
    pack = (struct pack){.block = mem_alloc(pack.used)};
    return take_picture(&pack, shown);
}

static struct kept *kept_new(const struct board_moment *now)
{
    struct pack pack = {0};

    (void)take_kept(&pack, now);
    pack = (struct pack){.block = mem_alloc(pack.used)};
    return take_kept(&pack, now);
}

/* -- what differs -------------------------------------------------------------------------------------------------- */

static bool same_column(const struct data_column *a, const struct data_column *b)
{
    return text_equal(a->name, b->name) && a->type == b->type && a->format == b->format &&
           a->decimals == b->decimals && text_equal(a->currency, b->currency) && a->unit == b->unit &&
           a->zone == b->zone && a->role == b->role;
}

static bool same_cell(struct data_cell a, struct data_cell b)
{
    if (a.text == NULL || b.text == NULL)
        return a.text == b.text;
    return a.length == b.length && memcmp(a.text, b.text, a.length) == 0;
}

static bool same_rows(const struct board_rows *a, const struct board_rows *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    if (a->column_count != b->column_count || a->row_count != b->row_count)
        return false;
    for (size_t i = 0; i < a->column_count; i++)
        if (!same_column(&a->columns[i], &b->columns[i]))
            return false;
    for (size_t i = 0; i < a->row_count * a->column_count; i++)
        if (!same_cell(a->cells[i], b->cells[i]))
            return false;
    return true;
}

/* An edition is compared once. */
static bool same_picture(struct board_shown *before, const struct board_shown *now)
{
    if (now->edition != 0 && before->edition == now->edition)
        return true;
    if (!same_rows(before->rows, now->rows) || !same_rows(before->history, now->history))
        return false;
    before->edition = now->edition;
    return true;
}

static struct kept *newest(const struct board_moments *moments)
{
    return moments->count > 0 ? moments->items[moments->count - 1] : NULL;
}

bool board_moments_differ(struct board_moments *moments, const struct board_moment *now)
{
    struct kept *last = newest(moments);

    if (last == NULL || last->moment.panel_count != now->panel_count || !text_equal(last->moment.range, now->range) ||
        !text_equal(last->moment.user, now->user))
        return true;
    for (size_t i = 0; i < now->panel_count; i++)
        if (last->shown[i].state != now->shown[i].state ||
            !text_equal(last->shown[i].reason, now->shown[i].reason) || !same_picture(&last->shown[i], &now->shown[i]))
            return true;
    return false;
}

/* -- keeping ------------------------------------------------------------------------------------------------------- */

static void kept_free(struct board_moments *moments, struct kept *kept)
{
    for (size_t i = 0; i < kept->moment.panel_count; i++) {
        struct picture *picture = kept->pictures[i];

        if (picture == NULL || --picture->users > 0)
            continue;
        moments->bytes -= picture->bytes;
        mem_free(picture);
    }
    moments->bytes -= kept->bytes;
    mem_free(kept);
}

static void drop(struct board_moments *moments, size_t index)
{
    struct kept *kept = moments->items[index];

    moments->count--;
    memmove(&moments->items[index], &moments->items[index + 1],
            (moments->count - index) * sizeof *moments->items);
    kept_free(moments, kept);
}

static void trim(struct board_moments *moments)
{
    size_t oldest = 0;

    while (moments->count > moments->most || moments->bytes > moments->bytes_most) {
        oldest = &moments->items[0]->moment == moments->held ? 1 : 0;
        if (oldest + 1 >= moments->count)
            return;
        drop(moments, oldest);
    }
}

static void keep_picture(struct board_moments *moments, struct kept *kept, size_t panel, const struct board_shown *now)
{
    struct kept        *last = newest(moments);
    struct board_shown *shown = &kept->shown[panel];
    struct picture     *picture;

    if (last != NULL && panel < last->moment.panel_count && same_picture(&last->shown[panel], now)) {
        picture = last->pictures[panel];
    } else {
        picture = picture_new(now);
        moments->bytes += picture != NULL ? picture->bytes : 0;
    }
    if (picture != NULL)
        picture->users++;
    kept->pictures[panel] = picture;
    shown->rows = picture != NULL ? picture->rows : NULL;
    shown->history = picture != NULL ? picture->history : NULL;
}

bool board_moments_keep(struct board_moments *moments, const struct board_moment *now)
{
    struct kept *kept;

    if (!board_moments_differ(moments, now))
        return false;
    kept = kept_new(now);
    moments->bytes += kept->bytes;
    for (size_t i = 0; i < now->panel_count; i++)
        keep_picture(moments, kept, i, &now->shown[i]);
    VEC_PUSH(moments->items, moments->count, moments->room, kept);
    trim(moments);
    return true;
}

struct board_moments *board_moments_new(size_t most, size_t bytes)
{
    struct board_moments *moments = mem_alloc(sizeof *moments);

    moments->most = most;
    moments->bytes_most = bytes;
    return moments;
}

void board_moments_forget(struct board_moments *moments)
{
    while (moments->count > 0)
        kept_free(moments, moments->items[--moments->count]);
    moments->held = NULL;
}

void board_moments_free(struct board_moments *moments)
{
    if (moments == NULL)
        return;
    board_moments_forget(moments);
    mem_free(moments->items);
    mem_free(moments);
}

/* -- looking ------------------------------------------------------------------------------------------------------- */

size_t board_moments_count(const struct board_moments *moments)
{
    return moments->count;
}

size_t board_moments_bytes(const struct board_moments *moments)
{
    return moments->bytes;
}

const struct board_moment *board_moments_at(const struct board_moments *moments, size_t index)
{
    return &moments->items[index]->moment;
}

size_t board_moments_index(const struct board_moments *moments, const struct board_moment *moment)
{
    size_t index = 0;

    while (index < moments->count && &moments->items[index]->moment != moment)
        index++;
    return index;
}

void board_moments_hold(struct board_moments *moments, const struct board_moment *moment)
{
    moments->held = moment;
    if (moment == NULL && moments->count > 0)
        trim(moments);
}
