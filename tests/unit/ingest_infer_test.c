/* ingest/infer: mappings that are proposed, and what is never chosen in silence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "src/ingest/infer.h"

/* The mapping and the remarks of a text; the code. Both are to be ended. */
static int infer(const char *text, const char *target, struct str *mapping, struct str *remarks)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct infer_sample sample;
    struct error        error = ERROR_INIT;
    int                 r = infer_sample_read(arena, text, strlen(text), true, &sample, &error);

    *mapping = *remarks = STR_INIT;
    if (r >= 0)
        r = infer_propose(&sample, target, mapping, remarks, &error);
    if (r < 0)
        str_add(remarks, error.text);
    error_done(&error);
    return r;
}

static void assert_inferred(const char *text, int code, const char *in_mapping, const char *in_remarks)
{
    struct str mapping, remarks;

    assert_int_equal(infer(text, NULL, &mapping, &remarks), code);
    if (strstr(str_text(&mapping), in_mapping) == NULL)
        fail_msg("no %s in %s", in_mapping, str_text(&mapping));
    if (strstr(str_text(&remarks), in_remarks) == NULL)
        fail_msg("no %s in %s", in_remarks, str_text(&remarks));
    str_done(&mapping);
    str_done(&remarks);
}

static void dates_that_could_be_two_are_not_chosen(void **state)
{
    (void)state;
    assert_inferred("id,day,amount\nA,03/04/2026,1\n", ERR_PARTIAL, "\"source_ref\": \"id\"",
                    "in two ways: format \"DD/MM/YYYY\", or \"MM/DD/YYYY\"");
    assert_inferred("id,day,amount\nA,04/04/2026,1\n", ERR_PARTIAL, "\"source_ref\"", "needs what no field surely is");
    assert_inferred("id,day,amount\nA,03/04/2026,1\nB,13/04/2026,1\n", 0, "\"format\": \"DD/MM/YYYY\"", "read as UTC");
    assert_inferred("id,day,amount\nA,04/13/2026,1\nB,03/04/2026,1\n", 0, "\"format\": \"MM/DD/YYYY\"", "");
    assert_inferred("id,day,amount\nA,2026-04-13,1\n", 0,
                    "{\"from\": \"day\", \"type\": \"timestamp\", \"zone\": \"UTC\"}", "");
}

static void times_have_their_zone_or_are_said_to_have_none(void **state)
{
    struct str mapping, remarks;

    (void)state;
    assert_int_equal(
        infer("id,at,views\nv,2026-04-13T10:00:00+02:00,1\nw,2026-04-13T10:00:00Z,1\n", NULL, &mapping, &remarks), 0);
    assert_non_null(strstr(str_text(&mapping), "{\"from\": \"at\", \"type\": \"timestamp\"}"));
    assert_null(strstr(str_text(&remarks), "UTC"));
    str_done(&mapping);
    str_done(&remarks);
    assert_inferred("id,at,views\nv,1776074400,1\n", 0, "\"format\": \"epoch\"}", "");
    assert_inferred("id,at,views\nv,1776074400000,1\n", 0, "\"format\": \"epoch_ms\"}", "");
    assert_inferred("id,at,views\nv,20260413,1\n", 0, "\"type\": \"date\"", "");
}

static void numbers_read_in_one_way_only(void **state)
{
    (void)state;
    assert_inferred("id;day;amount\nA;2026-01-01;12,5\n", 0, "\"decimal\": \",\", \"times\": 100", "times 100");
    assert_inferred("id;day;amount\nA;2026-01-01;1.007,25\n", 0, "\"decimal\": \",\", \"thousands\": \".\"", "");
    assert_inferred("id;day;amount\nA;2026-01-01;1.007 €\n", 0, "\"source_ref\"",
                    "field 'amount' could be 'total_cost_cents' in two ways");
    assert_inferred("id;day;amount\nA;2026-01-01;0.125\n", 0, "{\"from\": \"amount\", \"times\": 100}", "");
    assert_inferred("id;day;amount\nA;2026-01-01;$1,007.50\n", 0, "\"thousands\": \",\", \"strip\": \"$\"", "");
    assert_inferred("id,date,viewCount\nv,2026-01-01,9000000000\n", 0, "\"views\": \"viewCount\"", "");
    assert_inferred("id,date,views,likes\nv,2026-01-01,1,9000000000\n", 0, "\"views\"",
                    "not all its values read as that");
    assert_inferred("id,date,views,likes\n007,2026-01-01,N/A,\nv,2026-01-01,1,\n", 0,
                    "{\"from\": \"views\", \"null\": [\"\", \"N/A\"]}", "field 'likes' is empty in the sample");
}

static void other_types(void **state)
{
    (void)state;
    assert_inferred("video_id,is_active,duration,tags\nv,yes,PT1M3S,a|b\nw,no,1:03,c\n", 0,
                    "\"is_active\": \"is_active\"", "as 'videos'");
    assert_inferred("video_id,is_active,duration,tags\nv,yes,PT1M3S,a|b\nw,no,1:03,c\n", 0,
                    "{\"from\": \"duration\", \"type\": \"duration\"}", "");
    assert_inferred("video_id,is_active,duration,tags\nv,yes,63,a|b\nw,maybe,64,c\n", 0,
                    "{\"from\": \"tags\", \"separator\": \"|\"}", "'is_active' is named as 'is_active'");
}

static void kinds_are_told_by_what_is_in_them(void **state)
{
    (void)state;
    assert_inferred("id\tdate\tviews\nv\t2026-01-01\t1\n", 0, "\"kind\": \"tsv\"", "");
    assert_inferred("{\"id\":\"v\",\"date\":\"2026-01-01\",\"statistics\":{\"viewCount\":\"1\"},\"x\":1}\n", 0,
                    "\"views\": \"statistics.viewCount\"", "field 'x' fits no column");
    assert_inferred("[{\"id\":\"v\",\"date\":\"2026-01-01\",\"views\":1}]", 0, "\"kind\": \"json\"", "");
    assert_inferred("{\"a\": 1,\n\"b\": {\"list\": [{\"id\":\"v\",\"date\":\"2026-01-01\",\"views\":1}]}}", 0,
                    "\"path\": \"b.list\"", "");
    assert_inferred("a \"b\",a \"b\",date,id,views\n1,2,2026-01-01,v,3\n", 0, "\"views\"", "is there twice");
    assert_inferred("x,y\n1,2\n", ERR_FAILED, "", "no field has the name");
    assert_inferred("x,y\n", ERR_FAILED, "", "no records");
}

/* Whatever the order of its rows, a file's mapping is the same. */
static void the_order_of_rows_does_not_matter(void **state)
{
    static const char *const rows[] = {"A,03/04/2026,N/A,1\n", "B,13/04/2026,\"1,5\",\n", "C,04/04/2026,2,x\n"};
    static const int orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    struct str       first = STR_INIT;

    (void)state;
    for (size_t o = 0; o < COUNT_OF(orders); o++) {
        struct str text = STR_INIT, mapping, remarks;

        str_add(&text, "id,day,quantity,note\n");
        for (size_t i = 0; i < 3; i++)
            str_add(&text, rows[orders[o][i]]);
        assert_int_equal(infer(str_text(&text), "costs", &mapping, &remarks), 0);
        str_add(&mapping, str_text(&remarks));
        if (o == 0)
            str_add(&first, str_text(&mapping));
        assert_string_equal(str_text(&mapping), str_text(&first));
        str_done(&text);
        str_done(&mapping);
        str_done(&remarks);
    }
    str_done(&first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_that_could_be_two_are_not_chosen),
        cmocka_unit_test(times_have_their_zone_or_are_said_to_have_none),
        cmocka_unit_test(numbers_read_in_one_way_only),
        cmocka_unit_test(other_types),
        cmocka_unit_test(kinds_are_told_by_what_is_in_them),
        cmocka_unit_test(the_order_of_rows_does_not_matter),
    };
    return cmocka_run_group_tests_name("ingest_infer", tests, NULL, NULL);
}
