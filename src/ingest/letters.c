#include "letters.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ytempire/base/mem.h"

/* -- reading ------------------------------------------------------------------------------------------------------- */

static void add_id(struct str *array, int64_t id)
{
    char text[24];

    (void)snprintf(text, sizeof text, "%" PRId64, id);
    array_add(array, text);
}

static const char *kept(struct arena *arena, const char *text)
{
    return text != NULL ? arena_strdup(arena, text) : NULL;
}

int letters_read(struct ingest *ingest, struct arena *arena, struct letter **ret_letters, size_t *ret_count,
                 struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    _cleanup_(str_done) struct str ids = STR_INIT;
    struct values  values = {0};
    struct letter *letters;
    int            r;

    array_begin(&ids);
    for (size_t i = 0; i < ingest->options->letter_count; i++)
        add_id(&ids, ingest->options->letters[i]);
    array_end(&ids);
    value_text(&values, str_text(&ids));
    value_text(&values, ingest->options->source);
    r = values_run(ingest->pgs[0], "letters_take", &values, &result, error);
    if (r < 0)
        return r;
    letters = ARENA_ARRAY(arena, struct letter, pg_result_rows(result) + 1);
    for (size_t i = 0; i < pg_result_rows(result); i++)
        letters[i] = (struct letter){
            .id = pg_result_int(result, i, 0),
            .file = kept(arena, pg_result_text(result, i, 1)),
            .raw = kept(arena, pg_result_text(result, i, 2)),
            .header = kept(arena, pg_result_text(result, i, 3)),
            .fault = kept(arena, pg_result_text(result, i, 4)),
        };
    *ret_letters = letters;
    *ret_count = pg_result_rows(result);
    return 0;
}

int letters_keep_header(struct ingest *ingest, const char *digest, const char *header, struct error *error)
{
    struct values values = {0};

    value_text(&values, ingest->options->source);
    value_text(&values, digest);
    value_text(&values, header);
    value_int(&values, ingest->job->id);
    return ingest_write(ingest, "letters_header", &values, NULL, error);
}

int letters_read_bytes(void *who, char *bytes, size_t room, size_t *ret_length, struct error *error)
{
    struct letter_bytes *from = who;

    (void)error;
    *ret_length = 0;
    while (*ret_length < room && from->part < COUNT_OF(from->parts)) {
        const char *text = from->parts[from->part] != NULL ? from->parts[from->part] + from->at : "";
        size_t      left = strlen(text), n = left < room - *ret_length ? left : room - *ret_length;

        memcpy(bytes + *ret_length, text, n);
        *ret_length += n;
        from->at += n;
        if (n == left) {
            from->part++;
            from->at = 0;
        }
    }
    return 0;
}

/* -- what came of them --------------------------------------------------------------------------------------------- */

void letters_begin(struct letters_outcome *outcome)
{
    struct str *arrays[] = {&outcome->retired, &outcome->refused, &outcome->columns, &outcome->reasons};

    for (size_t i = 0; i < COUNT_OF(arrays); i++) {
        str_clear(arrays[i]);
        array_begin(arrays[i]);
    }
    outcome->retired_count = outcome->refused_count = 0;
}

void letters_done(struct letters_outcome *outcome)
{
    str_done(&outcome->retired);
    str_done(&outcome->refused);
    str_done(&outcome->columns);
    str_done(&outcome->reasons);
}

void letters_retire(struct letters_outcome *outcome, int64_t id)
{
    add_id(&outcome->retired, id);
    outcome->retired_count++;
}

void letters_refuse(struct letters_outcome *outcome, int64_t id, const char *column, const char *reason)
{
    add_id(&outcome->refused, id);
    array_add(&outcome->columns, column != NULL ? column : "");
    array_add(&outcome->reasons, reason);
    outcome->refused_count++;
}

const char *letters_retired(struct letters_outcome *outcome)
{
    if (outcome->retired_count == 0)
        return NULL;
    array_end(&outcome->retired);
    return str_text(&outcome->retired);
}

int letters_write_refused(struct ingest *ingest, struct letters_outcome *outcome, struct error *error)
{
    struct values values = {0};

    if (outcome->refused_count == 0)
        return 0;
    array_end(&outcome->refused);
    array_end(&outcome->columns);
    array_end(&outcome->reasons);
    value_text(&values, str_text(&outcome->refused));
    value_text(&values, str_text(&outcome->columns));
    value_text(&values, str_text(&outcome->reasons));
    return ingest_write(ingest, "letters_refused", &values, NULL, error);
}

/* -- by a person's hand -------------------------------------------------------------------------------------------- */

static void ids_as_array(const int64_t *ids, size_t count, struct str *to)
{
    array_begin(to);
    for (size_t i = 0; i < count; i++)
        add_id(to, ids[i]);
    array_end(to);
}

static int refuse_unknown(long long id, struct error *error)
{
    error_set(error, ERR_UNKNOWN, "there is no open dead letter %lld", id);
    error_hint(error, "'deadletters' lists them");
    return ERR_UNKNOWN;
}

/* The open letters among `ids` by source; ERR_UNKNOWN when one is not open. */
static int by_source(struct pg *pg, const int64_t *ids, size_t count, struct pg_result **ret_result, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    _cleanup_(str_done) struct str array = STR_INIT;
    struct values values = {0};
    int           r;

    ids_as_array(ids, count, &array);
    value_text(&values, str_text(&array));
    r = values_run(pg, "letters_sources", &values, &result, error);
    if (r >= 0 && pg_result_rows(result) > 0 && pg_result_text(result, 0, 0) == NULL)
        r = refuse_unknown(pg_result_int(result, 0, 2), error);
    if (r >= 0)
        *ret_result = TAKE(result);
    return r;
}

int ingest_open_letters(struct pg *pg, const char *source, int64_t **ret_ids, size_t *ret_count, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    const struct ingest_source *found;
    struct values               values = {0};
    int64_t                    *ids;
    int                         r = ingest_source_find(source, &found, error);

    value_text(&values, source);
    if (r >= 0)
        r = values_run(pg, "letters_open", &values, &result, error);
    if (r < 0)
        return r;
    ids = mem_array(NULL, pg_result_rows(result) + 1, sizeof *ids);
    for (size_t i = 0; i < pg_result_rows(result); i++)
        ids[i] = pg_result_int(result, i, 0);
    *ret_ids = ids;
    *ret_count = pg_result_rows(result);
    return 0;
}

int ingest_drop_letters(struct pg *pg, const int64_t *ids, size_t count, struct sink *sink, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *sources = NULL;
    _cleanup_(str_done) struct str array = STR_INIT;
    struct values values = {0};
    int           r = by_source(pg, ids, count, &sources, error);

    ids_as_array(ids, count, &array);
    value_text(&values, str_text(&array));
    return r < 0 ? r : pg_catalog_table(pg, "letters_drop", values.list, values.count, sink, error);
}

/* An array of PostgreSQL's, of numbers. */
static size_t read_ids(const char *array, int64_t *ids)
{
    size_t count = 0;

    for (const char *at = array + 1; *at != '\0' && *at != '}'; at += strcspn(at, ",}"), at += *at == ',') {
        long long id = 0;

        if (text_to_int64(at, strcspn(at, ",}"), &id) == 0)
            ids[count++] = id;
    }
    return count;
}

int ingest_retry_letters(struct pg *pg, const struct ingest_options *how, struct sink *sink, struct error *error)
{
    _cleanup_(pg_result_freep) struct pg_result *sources = NULL;
    int64_t    *ids = mem_array(NULL, how->letter_count + 1, sizeof *ids);
    int         r = by_source(pg, how->letters, how->letter_count, &sources, error);
    int         partial = 0;

    for (size_t i = 0; r >= 0 && i < pg_result_rows(sources); i++) {
        struct ingest_options options = *how;

        options.source = pg_result_text(sources, i, 0);
        options.letters = ids;
        options.letter_count = read_ids(pg_result_text(sources, i, 1), ids);
        r = ingest_run(pg, &options, sink, NULL, partial == 0 ? error : NULL);
        if (r == ERR_PARTIAL)
            partial = r;
        r = r == ERR_PARTIAL ? 0 : r;
    }
    mem_free(ids);
    return r < 0 ? r : partial;
}

int ingest_show_letter(struct pg *pg, int64_t id, struct ingest_letter *ret_letter, struct error *error)
{
    static const char sql[] = "letters_show";
    _cleanup_(pg_result_freep) struct pg_result *result = NULL;
    struct values values = {0};
    int           r;

    value_int(&values, id);
    r = values_run(pg, sql, &values, &result, error);
    if (r >= 0 && pg_result_rows(result) == 0)
        r = refuse_unknown(id, error);
    if (r < 0)
        return r;
    *ret_letter = (struct ingest_letter){
        .id = id,
        .about = mem_strdup(pg_result_text(result, 0, 0)),
        .raw = mem_strdup(pg_result_text(result, 0, 1)),
    };
    return 0;
}

int ingest_edit_letter(struct pg *pg, int64_t id, const char *raw, struct error *error)
{
    struct values values = {0};

    value_int(&values, id);
    value_text(&values, raw);
    return values_run(pg, "letters_edit", &values, NULL, error);
}
