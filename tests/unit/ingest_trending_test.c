/* ingest: the rows of trending files, in both shapes, without a server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "src/ingest/batch.h"
#include "src/ingest/trending.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

#define NEEDED_2017                                                                                       \
    "video_id,trending_date,title,channel_title,category_id,publish_time,tags,views,likes,dislikes,"      \
    "comment_count,comments_disabled,ratings_disabled"

/* A line without quotes as a record. */
struct line {
    struct csv_record record;
    struct csv_field  fields[32];
};

static void cut(struct line *line, const char *text)
{
    line->record = (struct csv_record){.fields = line->fields, .line = 1};
    for (const char *comma; text != NULL; text = comma != NULL ? comma + 1 : NULL) {
        comma = strchr(text, ',');
        line->fields[line->record.count++] =
            (struct csv_field){text, comma != NULL ? (size_t)(comma - text) : strlen(text)};
    }
}

static struct trending_layout layout_of(const char *header)
{
    struct trending_layout layout = {0};
    struct error           error = ERROR_INIT;
    struct line            line;

    cut(&line, header);
    if (trending_read_header(&line.record, &layout, &error) < 0)
        fail_msg("%s", error.text);
    return layout;
}

/* "" for a row that is taken, else "column: reason". */
static const char *verdict(const char *header, const char *text, struct trending_row *ret_row)
{
    static char             words[200];
    struct trending_layout  layout = layout_of(header);
    struct trending_refusal refusal = {0};
    struct line             line;

    cut(&line, text);
    if (trending_read_row(&layout, &line.record, ret_row, &refusal))
        return "";
    (void)snprintf(words, sizeof words, "%s: %s", refusal.column != NULL ? refusal.column : "row", refusal.reason);
    return words;
}

static void columns_are_found_by_name(void **state)
{
    struct trending_row row = {0};

    (void)state;
    assert_string_equal(
        verdict("Views, video_id ,extra,likes,dislikes,comment_count,comments_disabled,ratings_disabled,"
                "trending_date,title,channel_title,category_id,publish_time,tags",
                "7,aaaaaaaaaaa,x,3,2,1,false,FALSE,17.01.12,t,c,10,2017-11-13T17:13:01.000Z,a", &row),
        "");
    assert_int_equal(row.views, 7);
    assert_int_equal(row.likes, 3);
    assert_int_equal(row.comments, 1);
    assert_int_equal(row.day, day_from_civil(2017, 12, 1));
    assert_int_equal(row.published, INT64_C(1510593181) * US_PER_SECOND);
    assert_int_equal(row.description.length, 0);
    assert_false(row.removed);
}

static void what_was_switched_off_is_unknown(void **state)
{
    struct trending_row row = {0};

    (void)state;
    assert_string_equal(
        verdict(NEEDED_2017, "aaaaaaaaaaa,17.14.11,t,c,10,2017-11-13T00:00:00Z,a,5,0,0,9,False,True", &row), "");
    assert_int_equal(row.likes, UNKNOWN);
    assert_int_equal(row.dislikes, UNKNOWN);
    assert_int_equal(row.comments, 9);
    assert_string_equal(
        verdict(NEEDED_2017, "aaaaaaaaaaa,17.14.11,t,c,10,2017-11-13T00:00:00Z,a,5,8,0,0,True,False", &row), "");
    assert_int_equal(row.likes, 8);
    assert_int_equal(row.comments, UNKNOWN);
}

static void days_are_read_as_each_shape_writes_them(void **state)
{
    static const char shape_2020[] =
        "video_id,title,publishedAt,channelId,channelTitle,categoryId,trending_date,tags,view_count,"
        "likes,dislikes,comment_count,thumbnail_link,comments_disabled,ratings_disabled,description";
    static const struct {
        const char *header, *before, *day, *after;
        int         year, month, date; /* 0: refused */
    } cases[] = {
        {NEEDED_2017, "aaaaaaaaaaa,", "17.14.11", ",t,c,1,2017-11-13T00:00:00Z,,1,1,1,1,False,False", 2017, 11, 14},
        {NEEDED_2017, "aaaaaaaaaaa,", "20.29.02", ",t,c,1,2017-11-13T00:00:00Z,,1,1,1,1,False,False", 2020, 2, 29},
        {NEEDED_2017, "aaaaaaaaaaa,", "18.29.02", ",t,c,1,2017-11-13T00:00:00Z,,1,1,1,1,False,False", 0, 0, 0},
        {NEEDED_2017, "aaaaaaaaaaa,", "17.11.14", ",t,c,1,2017-11-13T00:00:00Z,,1,1,1,1,False,False", 0, 0, 0},
        {NEEDED_2017, "aaaaaaaaaaa,", "2017-11-14", ",t,c,1,2017-11-13T00:00:00Z,,1,1,1,1,False,False", 0, 0, 0},
        {NEEDED_2017, "aaaaaaaaaaa,", "41.01.01", ",t,c,1,2017-11-13T00:00:00Z,,1,1,1,1,False,False", 0, 0, 0},
        {NEEDED_2017, "aaaaaaaaaaa,", "", ",t,c,1,2017-11-13T00:00:00Z,,1,1,1,1,False,False", 0, 0, 0},
        {shape_2020, "aaaaaaaaaaa,t,2020-08-11T00:00:00Z,UC1,c,1,", "2020-08-12T00:00:00Z", ",,1,1,1,1,,False,False,d",
         2020, 8, 12},
        {shape_2020, "aaaaaaaaaaa,t,2020-08-11T00:00:00Z,UC1,c,1,", "2020-08-12", ",,1,1,1,1,,False,False,d", 2020, 8,
         12},
        {shape_2020, "aaaaaaaaaaa,t,2020-08-11T00:00:00Z,UC1,c,1,", "20.12.08", ",,1,1,1,1,,False,False,d", 0, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        _cleanup_(mem_freep) char *text = mem_printf("%s%s%s", cases[i].before, cases[i].day, cases[i].after);
        struct trending_row        row = {0};
        const char                *words = verdict(cases[i].header, text, &row);

        if (cases[i].year == 0) {
            assert_true(text_starts(words, "trending_date: "));
        } else {
            assert_string_equal(words, "");
            assert_int_equal(row.day, day_from_civil(cases[i].year, cases[i].month, cases[i].date));
        }
    }
}

static void counters_are_digits_that_fit(void **state)
{
    static const struct {
        const char *views, *likes, *words;
    } cases[] = {
        {"0", "0", ""},
        {"9223372036854775807", "2147483647", ""},
        {"9223372036854775808", "1", "views: not a count"},
        {"-1", "1", "views: not a count"},
        {"+1", "1", "views: not a count"},
        {" 1", "1", "views: not a count"},
        {"1.5", "1", "views: not a count"},
        {"", "1", "views: not a count"},
        {"1", "2147483648", "likes: not a count"},
        {"1", "None", "likes: not a count"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        _cleanup_(mem_freep) char *text = mem_printf(
            "aaaaaaaaaaa,17.14.11,t,c,1,2017-11-13T00:00:00Z,,%s,%s,1,1,False,False", cases[i].views, cases[i].likes);
        struct trending_row row = {0};

        assert_string_equal(verdict(NEEDED_2017, text, &row), cases[i].words);
    }
}

static void tags_are_split_at_bars(void **state)
{
    static const struct {
        const char *tags, *wanted;
    } cases[] = {
        {"a|\"b c\"|\"d\"", "a/b c/d/"},
        {"[none]", ""},
        {"[None]", ""},
        {"", ""},
        {"a||b", "a//b/"},
        {"a|", "a//"},
        {"Ünï", "Ünï/"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        _cleanup_(str_done) struct str got = STR_INIT;
        size_t                         cursor = 0;

        while (trending_next_tag((struct csv_field){cases[i].tags, strlen(cases[i].tags)}, &cursor, &got))
            str_add(&got, "/");
        assert_string_equal(str_text(&got), cases[i].wanted);
    }
}

static void a_batch_has_no_key_twice(void **state)
{
    static const char *const rows[] = {
        "aaaaaaaaaaa,17.14.11,old,c,10,2017-11-13T00:00:00Z,x,5,1,1,1,False,False",
        "aaaaaaaaaaa,17.14.11,old,c,10,2017-11-13T00:00:00Z,x,7,1,1,1,False,False",
        "aaaaaaaaaaa,17.15.11,new,d,10,2017-11-13T00:00:00Z,x,6,1,1,1,False,False",
        "bbbbbbbbbbb,17.14.11,b,c,10,2017-11-13T00:00:00Z,x,5,1,1,1,False,False",
    };
    struct trending_layout layout = layout_of(NEEDED_2017);
    struct batch           batch = {0};

    (void)state;
    batch_begin(&batch);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct trending_row     row = {0};
        struct trending_refusal refusal;
        struct line             line;

        cut(&line, rows[i]);
        assert_true(trending_read_row(&layout, &line.record, &row, &refusal));
        batch_add(&batch, &row);
    }
    assert_int_equal(batch.read, 4);
    assert_int_equal(batch.row_count, 3);
    assert_int_equal(batch.video_count, 2);
    assert_int_equal(batch.channel_count, 2);
    assert_int_equal(batch.rows[0].views, 7);
    assert_memory_equal(batch.videos[0].title.text, "new", 4);
    assert_true(batch_is_full(&batch, 4));
    assert_false(batch_is_full(&batch, 5));
    batch_done(&batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_are_found_by_name),       cmocka_unit_test(what_was_switched_off_is_unknown),
        cmocka_unit_test(days_are_read_as_each_shape_writes_them),
        cmocka_unit_test(counters_are_digits_that_fit),    cmocka_unit_test(tags_are_split_at_bars),
        cmocka_unit_test(a_batch_has_no_key_twice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
