#include "trending.h"

#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"
#include "ytempire/base/utf8.h"

/* What the warehouse takes; YouTube's own limits are far below. */
#define NAME_MOST 10000
#define TEXT_MOST 100000
#define ID_MOST 100

/* -- shapes -------------------------------------------------------------------------------------------------------- */

struct trending_shape {
    const char *year;
    bool      (*read_day)(struct csv_field field, int32_t *ret_day);
    const char *columns[COLUMN_COUNT];     /* NULL: this shape has none */
};

static bool read_day_2017(struct csv_field field, int32_t *ret_day);
static bool read_day_2020(struct csv_field field, int32_t *ret_day);

static const struct trending_shape shapes[] = {
    {
        .year = "2017",
        .read_day = read_day_2017,
        .columns =
            {
                [COLUMN_VIDEO_ID] = "video_id",
                [COLUMN_TRENDING_DATE] = "trending_date",
                [COLUMN_TITLE] = "title",
                [COLUMN_CHANNEL_NAME] = "channel_title",
                [COLUMN_CATEGORY] = "category_id",
                [COLUMN_PUBLISHED] = "publish_time",
                [COLUMN_TAGS] = "tags",
                [COLUMN_VIEWS] = "views",
                [COLUMN_LIKES] = "likes",
                [COLUMN_DISLIKES] = "dislikes",
                [COLUMN_COMMENTS] = "comment_count",
                [COLUMN_COMMENTS_OFF] = "comments_disabled",
                [COLUMN_RATINGS_OFF] = "ratings_disabled",
                [COLUMN_THUMBNAIL] = "thumbnail_link",
                [COLUMN_REMOVED] = "video_error_or_removed",
                [COLUMN_DESCRIPTION] = "description",
            },
    },
    {
        .year = "2020",
        .read_day = read_day_2020,
        .columns =
            {
                [COLUMN_VIDEO_ID] = "video_id",
                [COLUMN_TRENDING_DATE] = "trending_date",
                [COLUMN_TITLE] = "title",
                [COLUMN_CHANNEL_ID] = "channelId",
                [COLUMN_CHANNEL_NAME] = "channelTitle",
                [COLUMN_CATEGORY] = "categoryId",
                [COLUMN_PUBLISHED] = "publishedAt",
                [COLUMN_TAGS] = "tags",
                [COLUMN_VIEWS] = "view_count",
                [COLUMN_LIKES] = "likes",
                [COLUMN_DISLIKES] = "dislikes",
                [COLUMN_COMMENTS] = "comment_count",
                [COLUMN_COMMENTS_OFF] = "comments_disabled",
                [COLUMN_RATINGS_OFF] = "ratings_disabled",
                [COLUMN_THUMBNAIL] = "thumbnail_link",
                [COLUMN_DESCRIPTION] = "description",
            },
    },
};

static bool is_optional(enum trending_column column)
{
    return column == COLUMN_THUMBNAIL || column == COLUMN_REMOVED || column == COLUMN_DESCRIPTION;
}

static struct csv_field trimmed(struct csv_field field)
{
    while (field.length > 0 && (*field.text == ' ' || *field.text == '\t')) {
        field.text++;
        field.length--;
    }
    while (field.length > 0 && (field.text[field.length - 1] == ' ' || field.text[field.length - 1] == '\t'))
        field.length--;
    return field;
}

static bool is_word(struct csv_field field, const char *word)
{
    return field.length == strlen(word) && strncasecmp(field.text, word, field.length) == 0;
}

/* The place of a column, -1 when it is absent, -2 when it is there twice. */
static int find_column(const struct csv_record *header, const char *name)
{
    int place = -1;

    for (size_t i = 0; i < header->count; i++)
        if (is_word(trimmed(header->fields[i]), name))
            place = place == -1 ? (int)i : -2;
    return place;
}

/* How many needed columns are missing; the first of them in `ret_missing`. */
static size_t lay_out(const struct trending_shape *shape, const struct csv_record *header,
                      struct trending_layout *layout, const char **ret_missing)
{
    size_t missing = 0;

    *layout = (struct trending_layout){.shape = shape, .width = header->count};
    for (enum trending_column c = 0; c < COLUMN_COUNT; c++) {
        layout->place[c] = shape->columns[c] != NULL ? find_column(header, shape->columns[c]) : -1;
        if (layout->place[c] != -1 || shape->columns[c] == NULL || is_optional(c))
            continue;
        if (missing++ == 0)
            *ret_missing = shape->columns[c];
    }
    return missing;
}

static int refuse_header(const struct csv_record *header, size_t missing, const char *first_missing, const char *year,
                         struct error *error)
{
    struct csv_field first = header->fields[0];
    bool other = memchr(first.text, '\t', first.length) != NULL || memchr(first.text, ';', first.length) != NULL;

    if (header->count == 1)
        error_set(error, ERR_FAILED, "this is no file of trending videos: it begins with '%.*s'",
                  (int)utf8_prefix_of_width(first.text, first.length, 60, NULL), first.text);
    else if (missing < COLUMN_COUNT / 2)
        error_set(error, ERR_FAILED, "column '%s' is missing from a trending file of %s", first_missing, year);
    else
        error_set(error, ERR_FAILED, "this is no file of trending videos: its header has no '%s'", first_missing);
    error_hint(
        error,
        header->count == 1 && other
            ? "fields must be separated by commas"
            : "the first line must name the columns, as in 'video_id,trending_date,title,channel_title,…' (2017) or "
              "'video_id,title,publishedAt,channelId,…' (2020)");
    return ERR_FAILED;
}

int trending_read_header(const struct csv_record *header, struct trending_layout *ret_layout, struct error *error)
{
    const char *nearest = NULL, *year = NULL;
    size_t      least = COLUMN_COUNT + 1;

    if (header->fault != NULL)
        return error_set(error, ERR_FAILED, "the first line cannot be read: %s", header->fault);
    for (size_t i = 0; i < COUNT_OF(shapes); i++) {
        struct trending_layout layout;
        const char            *first_missing = NULL;
        size_t                 missing = lay_out(&shapes[i], header, &layout, &first_missing);

        for (enum trending_column c = 0; missing == 0 && c < COLUMN_COUNT; c++)
            if (layout.place[c] == -2)
                return error_set(error, ERR_FAILED, "column '%s' is there twice", shapes[i].columns[c]);
        if (missing == 0) {
            *ret_layout = layout;
            return 0;
        }
        if (missing < least) {
            least = missing;
            nearest = first_missing;
            year = shapes[i].year;
        }
    }
    return refuse_header(header, least, nearest, year, error);
}

/* -- values -------------------------------------------------------------------------------------------------------- */

/* Digits only: no sign, no blank, no point. */
static bool read_count(struct csv_field field, int64_t most, int64_t *ret_count)
{
    int64_t count = 0;

    if (field.length == 0 || field.length > 19)
        return false;
    for (size_t i = 0; i < field.length; i++) {
        int digit = field.text[i] - '0';

        if (digit < 0 || digit > 9 || __builtin_mul_overflow(count, 10, &count) ||
            __builtin_add_overflow(count, digit, &count))
            return false;
    }
    *ret_count = count;
    return count <= most;
}

static bool read_bool(struct csv_field field, bool *ret_value)
{
    *ret_value = is_word(field, "true");
    return *ret_value || is_word(field, "false");
}

static bool read_part(const char **at, const char *end, int *ret_part)
{
    int64_t     part;
    const char *dot = memchr(*at, '.', (size_t)(end - *at));
    size_t      length = (size_t)((dot != NULL ? dot : end) - *at);

    if (length > 2 || !read_count((struct csv_field){*at, length}, 99, &part))
        return false;
    *at += length + (dot != NULL);
    *ret_part = (int)part;
    return true;
}

/* The calendar of the warehouse: analytics.dim_date. */
static bool make_day(int year, int month, int date, int32_t *ret_day)
{
    if (year < 2005 || year > 2040 || month < 1 || month > 12 || date < 1 || date > days_in_month(year, month))
        return false;
    *ret_day = day_from_civil(year, month, date);
    return true;
}

/* "17.14.11" is 14 November 2017. */
static bool read_day_2017(struct csv_field field, int32_t *ret_day)
{
    const char *at = field.text, *end = at + field.length;
    int         year, date, month;

    return read_part(&at, end, &year) && read_part(&at, end, &date) && read_part(&at, end, &month) && at == end &&
           make_day(2000 + year, month, date, ret_day);
}

/* "2020-08-12T00:00:00Z". */
static bool read_day_2020(struct csv_field field, int32_t *ret_day)
{
    int64_t instant;
    int     year, month, date;

    if (instant_from_text(field.text, field.length, &instant) < 0)
        return false;
    day_to_civil((int32_t)(instant / US_PER_DAY - (instant % US_PER_DAY < 0)), &year, &month, &date);
    return make_day(year, month, date, ret_day);
}

static bool is_video_id(struct csv_field field)
{
    if (field.length != VIDEO_ID_LENGTH)
        return false;
    for (size_t i = 0; i < field.length; i++) {
        char c = field.text[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'))
            return false;
    }
    return true;
}

/* -- rows ---------------------------------------------------------------------------------------------------------- */

struct reading {
    const struct trending_layout *layout;
    const struct csv_record      *record;
    struct trending_refusal      *refusal;
};

static struct csv_field field_of(const struct reading *reading, enum trending_column column)
{
    int place = reading->layout->place[column];

    return place >= 0 ? reading->record->fields[place] : (struct csv_field){"", 0};
}

static bool refuse(const struct reading *reading, enum trending_column column, const char *reason)
{
    *reading->refusal = (struct trending_refusal){
        column < COLUMN_COUNT ? reading->layout->shape->columns[column] : NULL, reason};
    return false;
}

static bool has_width(const struct reading *reading)
{
    const struct csv_record *record = reading->record;

    if (record->fault != NULL)
        return refuse(reading, COLUMN_COUNT, record->fault);
    if (record->count < reading->layout->width)
        return refuse(reading, COLUMN_COUNT,
                      record->last ? "the row ends early, and the file with it" : "the row ends early");
    return record->count == reading->layout->width ||
           refuse(reading, COLUMN_COUNT, "the row has more fields than the header");
}

static bool read_texts(const struct reading *reading, struct trending_row *row)
{
    const struct {
        enum trending_column column;
        size_t               most;
        struct csv_field    *to;
    } texts[] = {
        {COLUMN_TITLE, NAME_MOST, &row->title},
        {COLUMN_CHANNEL_ID, ID_MOST, &row->channel_id},
        {COLUMN_CHANNEL_NAME, NAME_MOST, &row->channel_name},
        {COLUMN_TAGS, TEXT_MOST, &row->tags},
        {COLUMN_THUMBNAIL, NAME_MOST, &row->thumbnail},
        {COLUMN_DESCRIPTION, TEXT_MOST, &row->description},
    };

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        *texts[i].to = field_of(reading, texts[i].column);
        if (texts[i].to->length > texts[i].most)
            return refuse(reading, texts[i].column, "longer than anything of YouTube's");
    }
    return true;
}

static bool read_counters(const struct reading *reading, struct trending_row *row)
{
    int64_t likes, dislikes, comments;
    bool    no_ratings, no_comments, removed = false;

    if (!read_count(field_of(reading, COLUMN_VIEWS), INT64_MAX, &row->views))
        return refuse(reading, COLUMN_VIEWS, "not a count");
    if (!read_count(field_of(reading, COLUMN_LIKES), INT32_MAX, &likes))
        return refuse(reading, COLUMN_LIKES, "not a count");
    if (!read_count(field_of(reading, COLUMN_DISLIKES), INT32_MAX, &dislikes))
        return refuse(reading, COLUMN_DISLIKES, "not a count");
    if (!read_count(field_of(reading, COLUMN_COMMENTS), INT32_MAX, &comments))
        return refuse(reading, COLUMN_COMMENTS, "not a count");
    if (!read_bool(field_of(reading, COLUMN_RATINGS_OFF), &no_ratings))
        return refuse(reading, COLUMN_RATINGS_OFF, "neither true nor false");
    if (!read_bool(field_of(reading, COLUMN_COMMENTS_OFF), &no_comments))
        return refuse(reading, COLUMN_COMMENTS_OFF, "neither true nor false");
    if (reading->layout->place[COLUMN_REMOVED] >= 0 && !read_bool(field_of(reading, COLUMN_REMOVED), &removed))
        return refuse(reading, COLUMN_REMOVED, "neither true nor false");
    row->likes = no_ratings ? UNKNOWN : (int32_t)likes;
    row->dislikes = no_ratings ? UNKNOWN : (int32_t)dislikes;
    row->comments = no_comments ? UNKNOWN : (int32_t)comments;
    row->removed = removed;
    return true;
}

bool trending_read_row(const struct trending_layout *layout, const struct csv_record *record,
                       struct trending_row *ret_row, struct trending_refusal *ret_refusal)
{
    struct reading   reading = {layout, record, ret_refusal};
    struct csv_field published;
    int64_t          category;

    if (!has_width(&reading))
        return false;
    ret_row->video_id = field_of(&reading, COLUMN_VIDEO_ID);
    if (!is_video_id(ret_row->video_id))
        return refuse(&reading, COLUMN_VIDEO_ID, "not the id of a video (11 of A-Z a-z 0-9 _ -)");
    if (!layout->shape->read_day(field_of(&reading, COLUMN_TRENDING_DATE), &ret_row->day))
        return refuse(&reading, COLUMN_TRENDING_DATE, "not a day from 2005 to 2040 as this file writes them");
    if (!read_count(field_of(&reading, COLUMN_CATEGORY), INT32_MAX, &category))
        return refuse(&reading, COLUMN_CATEGORY, "not a number");
    published = field_of(&reading, COLUMN_PUBLISHED);
    if (instant_from_text(published.text, published.length, &ret_row->published) < 0)
        return refuse(&reading, COLUMN_PUBLISHED, "not a time");
    ret_row->category = (int)category;
    return read_texts(&reading, ret_row) && read_counters(&reading, ret_row);
}

bool trending_next_tag(struct csv_field tags, size_t *cursor, struct str *to)
{
    const char *at = tags.text + *cursor, *end = tags.text + tags.length, *bar;

    if (*cursor > tags.length || tags.length == 0 || is_word(tags, "[none]"))
        return false;
    bar = memchr(at, '|', (size_t)(end - at));
    if (bar == NULL)
        bar = end;
    *cursor += (size_t)(bar - at) + 1;
    for (; at < bar; at++)
        if (*at != '"')
            str_add_char(to, *at);
    return true;
}
