/*
 * semantic/model: files of both spellings, and files with faults: each finding has its place, keeps its own cubes or
 * member out, and touches nothing else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "semantic_help.h"
#include "src/semantic/model.h"

static const char good[] = "{\"cubes\": [{\"name\": \"Good\", \"sql_table\": \"analytics.dim_video\","
                           " \"dimensions\": {\"title\": {\"sql\": \"video_title\", \"type\": \"string\"}}, \"measures\": {\"n\": {\"type\": \"count\"}}}]}";

static struct model *load_two(const char *first, const char *second, struct error *error)
{
    struct model_file files[] = {file_of_text("first.json", first), file_of_text("second.json", second != NULL ? second : "")};
    struct model     *model = NULL;

    return model_load(files, second != NULL ? 2 : 1, &model, error) < 0 ? NULL : model;
}

/* What stands at "first.json:LINE:COLUMN". */
static const char *stands_at(const char *text, const char *where)
{
    unsigned    line = 0, column = 0;
    const char *at = text;

    if (sscanf(where, "first.json:%u:%u", &line, &column) != 2)
        return "";
    for (; line > 1 && at != NULL; line--)
        at = strchr(at, '\n') + 1;
    for (; at != NULL && column > 1 && *at != '\0'; column--)              /* columns are characters */
        for (at++; (*at & 0xC0) == 0x80;)
            at++;
    return at != NULL && column == 1 ? at : "";
}

/* The file beside it stays whole; a finding that says `words` points at where `under` begins ("": the end of the file). */
static void breaks(const char *text, const char *under, const char *words)
{
    struct error          error = ERROR_INIT;
    struct model         *model = load_two(text, good, &error);
    const struct finding *findings;
    size_t                count;
    bool                  found = false;

    if (model == NULL)
        fail_with(text, &error);
    assert_non_null(model_cube(model, "Good"));
    findings = model_findings(model, &count);
    for (size_t i = 0; i < count; i++) {
        const char *at = stands_at(text, findings[i].where);

        found |= strstr(findings[i].message, words) != NULL && findings[i].severity == FINDING_ERROR
                 && (*under != '\0' ? text_starts(at, under) : *at == '\0');
    }
    if (!found) {
        for (size_t i = 0; i < count; i++)
            print_message("%s, at %.30s: %s\n", findings[i].where, stands_at(text, findings[i].where), findings[i].message);
        fail_msg("%s: no finding '%s' at '%s'", text, words, under);
    }
    model_unref(model);
}

static void breaks_in_cube(const char *inside, const char *under, const char *words)
{
    _cleanup_(mem_freep) char *text = mem_printf("{\"cubes\": [{\"name\": \"Bad\", \"sql_table\": \"t\", \n%s\n}]}", inside);

    breaks(text, under, words);
}

static void both_spellings_are_one_model(void **state)
{
    static const char ours[] = "{\"cubes\": [{\"name\": \"V\", \"sqlTable\": \"analytics.fact_video_performance\", \"measures\": {\"total\": {\"sql\": \"SUM(views)\", \"type\": \"number\"}},"
        "\"dimensions\": {\"video\": {\"sql\": \"video_key\", \"type\": \"number\", \"primaryKey\": true}, \"at\": {\"sql\": \"timestamp\", \"type\": \"time\"}},"
        "\"preAggregations\": {\"daily\": {\"type\": \"rollup\", \"measureReferences\": [\"total\"], \"dimensionReferences\": [\"video\"], \"timeDimensionReference\": \"at\", \"granularity\": \"day\"}}}]}";
    static const char cubes[] = "{\"cubes\": [{\"name\": \"V\", \"sql_table\": \"analytics.fact_video_performance\", \"measures\": [{\"name\": \"total\", \"sql\": \"SUM(views)\", \"type\": \"number\"}],"
        "\"dimensions\": [{\"name\": \"video\", \"sql\": \"{CUBE}.video_key\", \"type\": \"number\", \"primary_key\": true}, {\"name\": \"at\", \"sql\": \"${CUBE}.timestamp\", \"type\": \"time\"}],"
        "\"pre_aggregations\": [{\"name\": \"daily\", \"type\": \"rollup\", \"measures\": [\"CUBE.total\"], \"dimensions\": [\"V.video\"], \"time_dimension\": \"CUBE.at\", \"granularity\": \"day\"}]}]}";
    struct fixture *fixture = *state;
    const char     *sql[2];

    for (int i = 0; i < 2; i++) {
        struct model      *model = model_of_text(i == 0 ? ours : cubes);
        const struct cube *cube = model_cube(model, "V");
        struct fixture     asked = *fixture;

        asked.model = model;
        assert_true(cube->dimensions[0]->primary_key);
        assert_ptr_equal(cube->time, cube->dimensions[1]);
        assert_int_equal(cube->rollup_count, 1);
        assert_ptr_equal(cube->rollups[0]->time, cube->time);
        assert_int_equal(cube->rollups[0]->unit, UNIT_DAY);
        assert_int_equal(cube->rollups[0]->measure_count, 1);
        assert_int_equal(cube->rollups[0]->dimension_count, 1);
        sql[i] = compiles(&asked, "V.total by video, day for 2026")->sql;
        model_unref(model);
    }
    assert_string_equal(sql[0], sql[1]);
}

static void the_specifications_file_loads_unchanged(void **state)
{
    _cleanup_(mem_freep) char *folder = path_join(program_data_folder(), "tests/golden/spec_model");
    struct model              *model = model_of_folder(folder);
    const struct cube         *cube = model_cube(model, "VideoPerformance");
    const struct finding      *findings;
    size_t                     count;

    (void)state;
    assert_int_equal(cube->measure_count, 5);
    assert_int_equal(cube->dimension_count, 5);
    assert_int_equal(cube->segment_count, 4);
    assert_int_equal(cube->rollup_count, 1);
    assert_string_equal(cube->time->name, "publish_date");
    assert_int_equal(cube->rollups[0]->dimension_count, 1);      /* the time dimension counts once, at the granularity */
    findings = model_findings(model, &count);
    assert_int_equal(count, 1);
    assert_int_equal(findings[0].severity, FINDING_WARNING);
    assert_non_null(strstr(findings[0].message, "stands as dimension and as time dimension"));
    model_unref(model);
}

static void the_shipped_model_has_no_fault(void **state)
{
    struct model         *model = model_shipped();
    size_t                count;
    const struct finding *findings = model_findings(model, &count);

    (void)state;
    for (size_t i = 0; i < count; i++)
        if (findings[i].severity == FINDING_ERROR)
            fail_msg("%s: %s", findings[i].where, findings[i].message);
    assert_string_equal(model->default_cube->name, "VideoPerformance");
    model_unref(model);
}

static void text_that_is_no_json(void **state)
{
    (void)state;
    breaks("", "", "not JSON");
    breaks("{\"cubes\": [\n  {\"name\": \"A\",}\n]}", "}", "not JSON");
    breaks("{\"cubes\": [", "", "not JSON");
    breaks("[]", "[", "a model file is an object");
    breaks("{\"cubes\": 5}", "\"cubes\"", "'cubes' is a list");
    breaks("{\"cube\": []}", "\"cube\"", "unknown key 'cube' in a model file; did you mean 'cubes'?");
    breaks("{\"cubes\": [5]}", "5", "a cube is an object with a 'name'");
    breaks("{\"cubes\": [{\"sql_table\": \"t\"}]}", "{\"sql", "a cube is an object with a 'name'");
    breaks("{\"a\": \"\xff\"}", "\xff", "not JSON");
    breaks("{\"a\": 1, \"a\": 2}", "\"a\": 2", "not JSON");
}

static void faults_of_a_cube(void **state)
{
    (void)state;
    breaks("{\"cubes\": [{\"name\": \"A b\", \"sql_table\": \"t\"}]}", "{\"name", "'A b' is not a name");
    breaks("{\"cubes\": [{\"name\": \"A\"}]}", "{\"name", "cube A has no 'sql_table'");
    breaks("{\"cubes\": [{\"name\": \"A\", \"sql_table\": \"a b\"}]}", "\"a b\"", "'a b' is not the name of a table");
    breaks("{\"cubes\": [{\"name\": \"A\", \"sql\": \"SELECT 1\"}]}", "\"sql\"", "cube A is left out: 'sql' is for a later version");
    breaks("{\"default_cube\": \"Goood\", \"cubes\": []}", "\"default", "there is no cube 'Goood'; did you mean 'Good'?");
    breaks("{\"time_zone\": \"Mars/Base\"}", "\"time", "'time_zone' names no time zone");
    breaks_in_cube("\"measure\": {}", "\"measure\"", "unknown key 'measure' in a cube; did you mean 'measures'?");
    breaks_in_cube("\"measures\": 5", "\"measures\"", "'measures' is a map of members or a list of them");
    breaks_in_cube("\"measures\": [{\"type\": \"count\"}]", "{\"type", "a member of 'measures' has no name");
    breaks_in_cube("\"measures\": {\"a b\": {\"type\": \"count\"}}", "\"a b\"", "'a b' is not a name");
    breaks_in_cube("\"measures\": {\"a\": 5}", "\"a\"", "'a' is an object");
    breaks_in_cube("\"measures\": {\"a\": {\"type\": \"count\"}}, \"dimensions\": {\"a\": {\"sql\": \"a\", \"type\": \"string\"}}", "\"a\": {\"type", "'a' stands twice");
    breaks_in_cube("\"time_dimension\": \"at\"", "\"time_dim", "cube Bad has no time dimension 'at'");
}

static void faults_of_members(void **state)
{
    (void)state;
    breaks_in_cube("\"measures\": {\"a\": {\"sql\": \"x\"}}", "\"a\"", "measure 'a' has no 'type'");
    breaks_in_cube("\"measures\": {\"a\": {\"sql\": \"x\", \"type\": \"summ\"}}", "\"summ", "unknown type of a measure 'summ'; did you mean 'sum'?");
    breaks_in_cube("\"measures\": {\"a\": {\"type\": \"sum\"}}", "\"a\"", "measure 'a' has no 'sql'");
    breaks_in_cube("\"measures\": {\"a\": {\"type\": \"number\", \"sql\": \"views\"}}", "views", "column 'views'");
    breaks_in_cube("\"measures\": {\"a\": {\"type\": \"number\", \"sql\": \"1\"}}", "\"1", "'a' holds no aggregate");
    breaks_in_cube("\"measures\": {\"a\": {\"type\": \"sum\", \"sql\": \"SUM(views)\"}}", "SUM", "aggregate sum() in SQL of one row");
    breaks_in_cube("\"measures\": {\"a\": {\"type\": \"number\", \"sql\": \"SUM(views\"}}", "\"}}", "a bracket is not closed");
    breaks_in_cube("\"measures\": {\"a\": {\"type\": \"number\", \"sql\": \"median(views)\"}}", "views", "column 'views' stands outside an aggregate");
    breaks_in_cube("\"measures\": {\"a\": {\"type\": \"number\", \"sql\": \"SUM(SUM(views))\"}}", "SUM(views))", "an aggregate inside an aggregate");
    breaks_in_cube("\"measures\": {\"a\": {\"type\": \"number\", \"sql\": \"string_agg(x)\"}}", "string_agg", "not supported");
    breaks_in_cube("\"measures\": {\"a\": {\"type\": \"number\", \"sql\": \"SUM(x) OVER ()\"}}", "SUM", "window functions");
    breaks_in_cube("\"measures\": {\"a\": {\"type\": \"ratio\", \"numerator\": \"b\"}}", "\"b\"", "cube Bad has no measure 'b'");
    breaks_in_cube("\"measures\": {\"a\": {\"type\": \"ratio\", \"numerator\": \"a\", \"denominator\": \"a\"}}", "\"numerator", "'a' rests on itself");
    breaks_in_cube("\"measures\": {\"a\": {\"type\": \"derived\", \"sql\": \"{b} + 1\"}}", "{b}", "'{b}' is neither a member nor a join of cube Bad");
    breaks_in_cube("\"measures\": {\"a\": {\"type\": \"derived\", \"sql\": \"{b} + 1\"}, \"b\": {\"type\": \"derived\", \"sql\": \"{a} + 1\"}}", "{a}", "'a' rests on itself");
    breaks_in_cube("\"measures\": {\"a\": {\"type\": \"last\", \"sql\": \"views\", \"per\": \"video\", \"rule\": \"carry\"}}", "\"per", "cube Bad has no entity 'video'");
    breaks_in_cube("\"entities\": {\"v\": {\"sql\": \"k\"}}, \"measures\": {\"a\": {\"type\": \"last\", \"sql\": \"views\", \"per\": \"v\"}}", "\"a\"", "'a' has no 'rule'; carry, period or exact");
    breaks_in_cube("\"entities\": {\"v\": {\"sql\": \"k\"}}, \"measures\": {\"a\": {\"type\": \"increase\", \"sql\": \"views\", \"per\": \"v\", \"baseline\": \"published\"}}", "\"baseline", "entity 'v' has no 'published'");
    breaks_in_cube("\"measures\": {\"a\": {\"type\": \"sum\", \"sql\": \"x\", \"per\": \"v\"}}", "\"per", "'per' means nothing for a measure of type 'sum'");
    breaks_in_cube("\"measures\": {\"a\": {\"type\": \"sum\", \"sql\": \"x\", \"filters\": [{\"sql\": \"y >\"}]}}", "\"}]}}", "the SQL ends too early");
    breaks_in_cube("\"dimensions\": {\"a\": {\"sql\": \"x\"}}", "\"a\"", "dimension 'a' has no 'type'");
    breaks_in_cube("\"dimensions\": {\"a\": {\"type\": \"string\"}}", "\"a\"", "dimension 'a' has no 'sql'");
    breaks_in_cube("\"dimensions\": {\"a\": {\"sql\": \"x; DROP TABLE y\", \"type\": \"string\"}}", "; DROP", "syntax error at or near");
    breaks_in_cube("\"dimensions\": {\"a\": {\"sql\": \"x) FROM y; --\", \"type\": \"string\"}}", ") FROM", "a bracket closes what was not opened");
    breaks_in_cube("\"dimensions\": {\"a\": {\"sql\": \"other.x\", \"type\": \"string\"}}", "other.x", "'other' is neither the cube's own table nor a reference");
    breaks_in_cube("\"dimensions\": {\"a\": {\"sql\": \"$1\", \"type\": \"string\"}}", "$1", "a parameter ($1) has no value");
    breaks_in_cube("\"dimensions\": {\"a\": {\"sql\": \"random()\", \"type\": \"number\"}}", "random", "another value each time");
    breaks_in_cube("\"dimensions\": {\"a\": {\"sql\": \"LOCALTIME\", \"type\": \"string\"}}", "LOCALTIME", "depends on the session");
    breaks_in_cube("\"dimensions\": {\"a\": {\"sql\": \"{b\", \"type\": \"string\"}}", "{b", "a reference is not closed");
    breaks_in_cube("\"joins\": {\"j\": {\"cube\": \"Good\", \"sql\": \"{CUBE}.a = {j}.b\"}}", "\"j\"", "join 'j' has no 'relationship'");
    breaks_in_cube("\"joins\": {\"j\": {\"cube\": \"Good\", \"relationship\": \"many_to_one\", \"sql\": \"{CUBE}.a = 1\"}}", "\"sql\": \"{CUBE}.a = 1", "does not name the cube it goes to");
    breaks_in_cube("\"joins\": {\"j\": {\"cube\": \"God\", \"relationship\": \"many_to_one\", \"sql\": \"{CUBE}.a = {j}.b\"}}", "\"cube", "there is no cube 'God'; did you mean 'Good'?");
    breaks_in_cube("\"pre_aggregations\": {\"r\": {\"measures\": [\"x\"]}}", "\"x", "cube Bad has no measure 'x'");
}

/* SQL over several lines of JSON text: the place is that of the word, also behind escapes. */
static void places_are_those_of_the_file(void **state)
{
    (void)state;
    breaks_in_cube("\"measures\": {\n  \"a\": {\n    \"type\": \"number\",\n    \"sql\": \"SUM(\\\"a\\\") + \\u0062.c\"\n  }\n}", "\\u0062.c", "'b' is neither");
    breaks_in_cube("\"measures\": {\"a\": {\"type\": \"number\", \"sql\": \"'日本語 é' = = 1\"}}", "= 1\"", "syntax error");
    breaks_in_cube("\"measures\": {\"a\": {\"type\": \"number\", \"sql\": \"'日本語 é' =\"}}", "\"}}", "the SQL ends too early");
}

/* A member of a later version, or one that rests on another file's fault, goes alone. */
static void only_the_member_goes(void **state)
{
    static const char text[] = "{\"cubes\": [{\"name\": \"A\", \"sql_table\": \"t\", \"measures\": {\"n\": {\"type\": \"count\"}, \"r\": {\"type\": \"rank\"},"
        " \"d\": {\"type\": \"derived\", \"sql\": \"{r} + {n}\"}, \"u\": {\"type\": \"count\", \"units\": \"x\"}, \"w\": {\"type\": \"sum\", \"sql\": \"x\", \"time_shift\": {}}},"
        " \"joins\": {\"b\": {\"cube\": \"Broken\", \"relationship\": \"many_to_one\", \"sql\": \"{CUBE}.x = {b}.x\"}},"
        " \"dimensions\": {\"x\": {\"sql\": \"{b}.y\", \"type\": \"string\"}, \"z\": {\"sql\": \"z\", \"type\": \"string\"}}}]}";
    struct error          error = ERROR_INIT;
    struct model         *model = load_two(text, "{\"cubes\": [{\"name\": \"Broken\", \"sql_table\": \"t\", \"dimensions\": 5}]}", &error);
    const struct cube    *cube;
    const struct finding *findings;
    size_t                count, errors = 0;

    (void)state;
    if (model == NULL)
        fail_with(text, &error);
    cube = model_cube(model, "A");
    assert_non_null(cube);
    assert_null(model_cube(model, "Broken"));
    assert_int_equal(cube->measure_count, 1);
    assert_string_equal(cube->measures[0]->name, "n");
    assert_int_equal(cube->dimension_count, 1);
    assert_string_equal(cube->dimensions[0]->name, "z");
    assert_int_equal(cube->join_count, 0);
    findings = model_findings(model, &count);
    for (size_t i = 0; i < count; i++)
        errors += findings[i].severity == FINDING_ERROR;
    assert_int_equal(errors, 7);                     /* r d u w, the join, x, and the file beside it */
    model_unref(model);
}

/* One row cannot be read out of many: what tries to goes, with the reason and what to write instead. */
static void what_reads_one_row_out_of_many_goes(void **state)
{
    static const char text[] = "{\"cubes\": [{\"name\": \"A\", \"sql_table\": \"t\", \"joins\": {"
        "\"many\": {\"cube\": \"B\", \"relationship\": \"one_to_many\", \"sql\": \"{CUBE}.k = {many}.k\"},"
        "\"rests\": {\"cube\": \"B\", \"relationship\": \"many_to_one\", \"sql\": \"{many}.k = {rests}.k\"}},"
        " \"dimensions\": {\"d\": {\"sql\": \"{many}.x\", \"type\": \"string\"}, \"e\": {\"sql\": \"{d}\", \"type\": \"string\"},"
        "  \"f\": {\"sql\": \"f\", \"type\": \"string\"}},"
        " \"measures\": {\"n\": {\"type\": \"count\"}, \"s\": {\"type\": \"sum\", \"sql\": \"{many}.y\"},"
        "  \"g\": {\"type\": \"count\", \"filters\": [{\"sql\": \"{many}.y > 1\"}]}},"
        " \"segments\": {\"p\": {\"sql\": \"{many}.y > 1\"}}},"
        " {\"name\": \"B\", \"sql_table\": \"u\", \"dimensions\": {\"x\": {\"sql\": \"x\", \"type\": \"string\"}}},"
        " {\"name\": \"C\", \"sql_table\": \"v\", \"sql_where\": \"{b}.x > 1\", \"joins\": {"
        "\"b\": {\"cube\": \"B\", \"relationship\": \"one_to_many\", \"sql\": \"{CUBE}.k = {b}.k\"}}}]}";
    static const char *const words[] = {
        "A.rests is left out: it reads 'many', and a row of A has many of B; 'rests' meets as many rows: its relationship is one_to_many too",
        "A.d is left out: it reads 'many', and a row of A has many of B; make it a member of B and ask for many.d",
        "A.e is left out: it reads 'many'",
        "A.s is left out: it reads 'many', and a row of A has many of B; make it a measure of B",
        "A.g is left out: it reads 'many'",
        "A.p is left out: it reads 'many'",
        "cube C is left out: its 'sql_where' reads 'b', and a row has many of B",
    };
    struct error          error = ERROR_INIT;
    struct model         *model = load_two(text, NULL, &error);
    const struct finding *findings;
    size_t                count;

    (void)state;
    if (model == NULL)
        fail_with(text, &error);
    findings = model_findings(model, &count);
    assert_int_equal(count, COUNT_OF(words));
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        bool found = false;

        for (size_t j = 0; j < count; j++)
            found |= strstr(findings[j].message, words[i]) != NULL;
        if (!found)
            fail_msg("no finding '%s', but '%s'", words[i], findings[i].message);
    }
    assert_int_equal(model_cube(model, "A")->join_count, 1);
    assert_int_equal(model_cube(model, "A")->dimension_count, 1);
    assert_int_equal(model_cube(model, "A")->measure_count, 1);
    assert_null(model_cube(model, "C"));
    model_unref(model);
}

static void a_model_without_a_cube_is_refused(void **state)
{
    struct error error = ERROR_INIT;

    (void)state;
    assert_null(load_two("{\"cubes\": []}", NULL, &error));
    check_refusal("{}", error.code, &error, ERR_SYNTAX, "the model has no cube", NULL, NULL);
    error_done(&error);
    assert_null(load_two("{\"cubes\": [", NULL, &error));
    check_refusal("{", error.code, &error, ERR_SYNTAX, "no cube of the model can be used: not JSON", NULL, "first.json:1:12; 'lint' lists all");
    error_done(&error);
}

static void a_cube_of_one_name_stands_once(void **state)
{
    struct error          error = ERROR_INIT;
    struct model         *model = load_two(good, good, &error);
    const struct finding *findings;
    size_t                count;

    (void)state;
    assert_non_null(model);
    findings = model_findings(model, &count);
    assert_int_equal(count, 1);
    assert_string_equal(findings[0].message, "cube Good stands in first.json already");
    assert_string_equal(findings[0].where, "second.json:1:12");
    model_unref(model);
}

/* The hash names the model in cache keys: of the texts, not of where they lie. */
static void the_hash_is_of_the_texts(void **state)
{
    struct model *one = model_of_text(good), *same = model_of_text(good), *other;
    struct error  error = ERROR_INIT;

    (void)state;
    other = load_two(good, "{\"cubes\": []}", &error);
    assert_string_equal(model_hash(one), model_hash(same));
    assert_string_not_equal(model_hash(one), model_hash(other));
    assert_int_equal(strlen(model_hash(one)), 32);
    model_unref(one);
    model_unref(same);
    model_unref(other);
}

static void a_model_is_counted(void **state)
{
    struct model *model = model_of_text(good), *again = model_ref(model);

    (void)state;
    model_unref(model);
    assert_string_equal(model_cube(again, "Good")->name, "Good");
    model_unref(again);
    model_unref(NULL);
}

/* -- what a fragment becomes ---------------------------------------------------------------------------------------------- */

static void has_sql(struct fixture *fixture, const char *dimension, const char *sql)
{
    _cleanup_(mem_freep) char *text = mem_printf("{\"cubes\": [{\"name\": \"F\", \"sql_table\": \"analytics.fact\", \"joins\": {\"other\": {\"cube\": \"O\", \"relationship\": \"many_to_one\","
        " \"sql\": \"{CUBE}.k = {other}.k\"}}, \"dimensions\": {\"d\": {\"type\": \"string\", \"sql\": \"%s\"}, \"e\": {\"type\": \"string\", \"sql\": \"b\"}}},"
        " {\"name\": \"O\", \"sql_table\": \"analytics.other_table\", \"dimensions\": {\"f\": {\"sql\": \"lower(g)\", \"type\": \"string\"}}}]}", dimension);
    struct fixture asked = *fixture;
    const char    *found;

    asked.model = model_of_text(text);
    found = compiles(&asked, "from F by d")->sql;
    if (strstr(found, sql) == NULL)
        fail_msg("%s: no '%s' in\n%s", dimension, sql, found);
    model_unref(asked.model);
}

static void fragments_are_cut_by_place(void **state)
{
    has_sql(*state, "b", "SELECT fact.b::text AS d1");
    has_sql(*state, "fact.b", "SELECT fact.b::text AS d1");
    has_sql(*state, "analytics.fact.b", "SELECT fact.b::text AS d1");
    has_sql(*state, "{CUBE}.b", "SELECT fact.b::text AS d1");
    has_sql(*state, "${CUBE}.b || fact.b", "fact.b || fact.b");
    has_sql(*state, "{F}.b", "SELECT fact.b::text AS d1");
    has_sql(*state, "{e} || 'x'", "SELECT ((fact.b) || 'x')::text AS d1");
    has_sql(*state, "{F.e}", "SELECT (fact.b)::text AS d1");
    has_sql(*state, "lower({other}.g)", "SELECT lower(other.g)::text AS d1");
    has_sql(*state, "{O}.g", "SELECT other.g::text AS d1");
    has_sql(*state, "{other.f}", "lower(other.g)");
    has_sql(*state, "CASE WHEN b = 'it''s {b}' THEN \\\"Q x\\\" END", "CASE WHEN fact.b = 'it''s {b}' THEN fact.\"Q x\" END");
    has_sql(*state, "b /* {x} c */ || c -- d", "fact.b");
    has_sql(*state, "(SELECT o.g FROM analytics.other_table AS o WHERE o.k = fact.k)", "(SELECT o.g FROM analytics.other_table AS o WHERE o.k = fact.k)");
    has_sql(*state, "(SELECT o.g FROM other_table o WHERE o.k = {CUBE}.k LIMIT 1)", "FROM analytics.other_table o WHERE o.k = fact.k LIMIT 1");
    has_sql(*state, "date_trunc('day', at, {ZONE})::text", "date_trunc('day', fact.at, $1::text)::text");
    has_sql(*state, "(at > now())::text", "(fact.at > $1::timestamptz)::text");
    has_sql(*state, "(at > CURRENT_DATE - 7)::text", "(fact.at > $1::date - 7)::text");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_spellings_are_one_model),
        cmocka_unit_test(the_specifications_file_loads_unchanged),
        cmocka_unit_test(the_shipped_model_has_no_fault),
        cmocka_unit_test(text_that_is_no_json),
        cmocka_unit_test(faults_of_a_cube),
        cmocka_unit_test(faults_of_members),
        cmocka_unit_test(places_are_those_of_the_file),
        cmocka_unit_test(only_the_member_goes),
        cmocka_unit_test(what_reads_one_row_out_of_many_goes),
        cmocka_unit_test(a_model_without_a_cube_is_refused),
        cmocka_unit_test(a_cube_of_one_name_stands_once),
        cmocka_unit_test(the_hash_is_of_the_texts),
        cmocka_unit_test(a_model_is_counted),
        cmocka_unit_test(fragments_are_cut_by_place),
    };

    return cmocka_run_group_tests(tests, fixture_plain, fixture_done);
}
