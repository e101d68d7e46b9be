/* deadletters: rows that were refused, looked at, mended, loaded once more or given up. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command_int.h"
#include "nouns.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/ingest.h"

#define EDIT_MOST ((size_t)64 << 20)
#define MARK "#--- dead letter "

static int run_deadletters(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    const char *source = args_get(args, "SOURCE");
    struct pg  *pg;
    int         r = app_pg(app, &pg, error);

    if (r < 0)
        return r;
    return args_flag(args, "by-reason") ? ingest_group_letters(pg, source, sink, error)
                                        : ingest_list_letters(pg, source, sink, error);
}

const struct command command_deadletters = {
    .name = "deadletters",
    .summary = "List rows that were refused, with line and reason",
    .text = "line counts the lines of the file from 1; raw is the row as it stands there.",
    .options = OPTIONS(FLAG("by-reason", "one row for each reason, with how many there are and the first")),
    .args = ARGS(OPTIONAL("SOURCE", COMPLETE_SOURCE)),
    .examples = EXAMPLES("deadletters", "deadletters trending", "deadletters --by-reason"),
    .connects = true,
    .run = run_deadletters,
};

/* -- which ones ---------------------------------------------------------------------------------------------------- */

static int read_ids(const struct args *args, int64_t **ret_ids, size_t *ret_count, struct error *error)
{
    size_t                       count = args_count(args, "ID");
    _cleanup_(mem_freep) int64_t *ids = mem_array(NULL, count + 1, sizeof *ids);

    for (size_t i = 0; i < count; i++) {
        const char *text = args_at(args, "ID", i);
        long long   id;

        if (text_to_int64(text, strlen(text), &id) < 0 || id < 1) {
            error_set(error, ERR_USAGE, "'%s' is no number of a dead letter", text);
            args_point(args, "ID", i, error);
            return ERR_USAGE;
        }
        ids[i] = id;
    }
    *ret_ids = TAKE(ids);
    *ret_count = count;
    return 0;
}

/* The numbers that are named, or all of a source. */
static int letters_of(struct app *app, const struct args *args, struct pg **ret_pg, int64_t **ret_ids,
                      size_t *ret_count, struct error *error)
{
    const char *source = args_option(args, "source");
    int         r = read_ids(args, ret_ids, ret_count, error);

    if (r >= 0 && (*ret_count > 0) == (source != NULL)) {
        error_set(error, ERR_USAGE, source != NULL ? "numbers or a source, not both" : "no dead letter is named");
        error_hint(error, "'deadletters' lists them; '--source NAME' means all of a source");
        r = ERR_USAGE;
    }
    if (r >= 0)
        r = app_pg(app, ret_pg, error);
    if (r >= 0 && source != NULL) {
        mem_free(TAKE(*ret_ids));
        r = ingest_open_letters(*ret_pg, source, ret_ids, ret_count, error);
    }
    return r;
}

/* -- drop, retry --------------------------------------------------------------------------------------------------- */

static int run_drop(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) int64_t *ids = NULL;
    struct pg *pg;
    size_t     count = 0;
    int        r = letters_of(app, args, &pg, &ids, &count, error);

    return r < 0 ? r : ingest_drop_letters(pg, ids, count, sink, error);
}

static int open_another(void *who, struct pg **ret_pg, struct error *error)
{
    return app_pg_open(who, ret_pg, error);
}

static int retry(struct app *app, struct pg *pg, const int64_t *ids, size_t count, struct sink *sink,
                 struct error *error)
{
    struct ingest_options options = {
        .letters = ids, .letter_count = count, .open = open_another, .who = app, .job = app->job};

    return ingest_retry_letters(pg, &options, sink, error);
}

static int run_retry(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) int64_t *ids = NULL;
    struct pg *pg;
    size_t     count = 0;
    int        r = letters_of(app, args, &pg, &ids, &count, error);

    return r < 0 ? r : retry(app, pg, ids, count, sink, error);
}

/* -- edit ---------------------------------------------------------------------------------------------------------- */

static int write_letters(struct pg *pg, const int64_t *ids, size_t count, const char *path, struct error *error)
{
    struct str text = STR_INIT;
    int        r = 0;

    str_add(&text,
            "# Change what stands below a mark; a line that begins with '#--- ' is one. Saved, they are loaded.\n");
    for (size_t i = 0; r >= 0 && i < count; i++) {
        struct ingest_letter letter = {0};

        r = ingest_show_letter(pg, ids[i], &letter, error);
        if (r >= 0)
            str_addf(&text, MARK "%lld: %s\n%s\n", (long long)ids[i], letter.about, letter.raw);
        mem_free(letter.about);
        mem_free(letter.raw);
    }
    if (r >= 0)
        r = file_write(path, str_text(&text), text.length, 0600, error);
    str_done(&text);
    return r;
}

/* The next mark in `text`, at the beginning of a line, or its end. */
static char *next_mark(char *text)
{
    char *found = strncmp(text, MARK, strlen(MARK)) == 0 ? text : strstr(text, "\n" MARK);

    return found == NULL ? text + strlen(text) : found + (*found == '\n');
}

static bool is_among(long long id, const int64_t *ids, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (ids[i] == id)
            return true;
    return false;
}

/* Takes what stands below each mark; a letter whose mark is gone stays as it was. */
static int read_letters(struct pg *pg, const int64_t *ids, size_t count, const char *path, struct error *error)
{
    _cleanup_(mem_freep) char *text = NULL;
    int r = file_read(path, EDIT_MOST, &text, NULL, error);

    for (char *at = r >= 0 ? next_mark(text) : NULL; r >= 0 && *at != '\0';) {
        char     *number = at + strlen(MARK), *line = strchr(number, '\n'), *next;
        long long id = 0;

        if (line == NULL || text_to_int64(number, strcspn(number, ":\n"), &id) < 0 || !is_among(id, ids, count))
            return error_set(error, ERR_USAGE, "a mark in the edited text names no dead letter of those");
        next = next_mark(line + 1);
        char *end = next > line + 1 && next[-1] == '\n' ? next - 1 : next;
        char *raw = mem_strndup(line + 1, (size_t)(end - line - 1));

        r = ingest_edit_letter(pg, id, raw, error);
        mem_free(raw);
        at = next;
    }
    return r;
}

static int edit(struct app *app, struct pg *pg, const int64_t *ids, size_t count, struct sink *sink,
                struct error *error)
{
    char path[] = "/tmp/ytempire-letters-XXXXXX";
    int  fd = mkstemp(path), r;

    if (fd < 0)
        return error_set(error, ERR_IO, "no file can be made in /tmp");
    (void)close(fd);
    r = write_letters(pg, ids, count, path, error);
    if (r >= 0)
        r = command_edit_file(app, path, error);
    if (r >= 0)
        r = read_letters(pg, ids, count, path, error);
    (void)unlink(path);
    return r < 0 ? r : retry(app, pg, ids, count, sink, error);
}

static int run_edit(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) int64_t *ids = NULL;
    struct pg *pg;
    size_t     count = 0;
    int        r = letters_of(app, args, &pg, &ids, &count, error);

    return r < 0 ? r : edit(app, pg, ids, count, sink, error);
}

/* What is done with some: what is the same of all of them. */
#define LETTERS(verb, ...)                                                                                             \
    {                                                                                                                  \
        .name = "deadletter " #verb,                                                                                   \
        .options = OPTIONS(VALUE("source", "NAME", "every one that waits, of this source")),                           \
        .args = ARGS(MANY("ID", COMPLETE_NONE)), .connects = true, .writes = WRITES_DATABASE, .run = run_##verb,       \
        __VA_ARGS__                                                                                                    \
    }

const struct command command_deadletter_drop =
    LETTERS(drop, .summary = "Give up rows that were refused",
            .text = "They leave the list; loading their file again does not bring them back.",
            .examples = EXAMPLES("deadletter drop --source trending"));

const struct command command_deadletter_edit = LETTERS(
    edit, .summary = "Mend rows that were refused in $EDITOR, and load them",
    .text = "Each stands below a mark with its number and reason. What is saved is loaded as by 'deadletter "
            "retry'; a letter whose mark is taken away stays as it was. When the editor fails nothing is changed.");

const struct command command_deadletter_retry = LETTERS(
    retry, .summary = "Load rows once more that were refused",
    .text = "They go the same way in as their file, and are as old: what was stored since stands. What is stored "
            "leaves the list in the same transaction; what is refused again (exit 4) says why now.",
    .examples = EXAMPLES("deadletter retry --source trending"));
