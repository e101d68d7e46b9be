#include "ytempire/app/saved.h"

#include <string.h>
#include <sys/stat.h>

#include "ask_int.h"
#include "saved_int.h"
#include "ytempire/base/file.h"
#include "ytempire/conf/named.h"
#include "ytempire/semantic/assist.h"

#define SAVED_FILE_MOST (1u << 20)

static struct conf_named saved_files(void)
{
    struct conf_named named = {.ending = ".query", .noun = "saved query", .list = "'saved' lists all"};

    conf_named_begin(&named, "queries/saved");
    return named;
}

/* -- what a file says ---------------------------------------------------------------------------------------------- */

static bool is_comment(const char *line)
{
    return *line == '#' || text_starts(line, "--");
}

/* Lines that are comments apart from the others; of the latter what is between white space and ';'. */
static void split_file(struct arena *arena, const char *text, struct app_saved *saved)
{
    struct str  comments = STR_INIT, query = STR_INIT;
    const char *start, *end;

    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        struct str *to = is_comment(text) ? &comments : &query;

        str_add_bytes(to, text, length);
        str_add_char(to, '\n');
        text += length + (text[length] == '\n');
    }
    start = str_text(&query);
    start += strspn(start, " \t\r\n");
    if (text_starts(start, "query "))
        start += strlen("query ");
    end = str_text(&query) + query.length;
    while (end > start && strchr(" \t\r\n;", end[-1]) != NULL)
        end--;
    saved->query = arena_strndup(arena, start, (size_t)(end - start));
    saved->comments = arena_strndup(arena, str_text(&comments), comments.length);
    str_done(&comments);
    str_done(&query);
}

static bool has_parameter(const char *const *names, size_t count, const char *name, size_t length)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(names[i]) == length && memcmp(names[i], name, length) == 0)
            return true;
    return false;
}

/* The places of ":NAME" in a line. A query in JSON has none: it is taken as it is. */
static void find_variables(struct arena *arena, const char *query, const struct word_span **ret_spans,
                           size_t *ret_count)
{
    *ret_count = 0;
    if (*query != '{')
        semantic_spans(arena, NULL, query, strlen(query), SIZE_MAX, ret_spans, ret_count);
}

static void find_parameters(struct arena *arena, struct app_saved *saved)
{
    const struct word_span *spans = NULL;
    const char            **names;
    size_t                  count, found = 0;

    find_variables(arena, saved->query, &spans, &count);
    names = ARENA_ARRAY(arena, const char *, count + 1);
    for (size_t i = 0; i < count; i++) {
        const char *name = saved->query + spans[i].at + 1;

        if (spans[i].class == SPAN_VARIABLE && !has_parameter(names, found, name, spans[i].length - 1))
            names[found++] = arena_strndup(arena, name, spans[i].length - 1);
    }
    saved->parameters = names;
    saved->parameter_count = found;
}

static int64_t written_at(const char *path)
{
    struct stat about;

    return stat(path, &about) < 0 ? 0
                                  : (int64_t)about.st_mtim.tv_sec * US_PER_SECOND + about.st_mtim.tv_nsec / 1000;
}

static int read_file(struct arena *arena, const char *name, const char *path, struct app_saved *saved,
                     struct error *error)
{
    _cleanup_(mem_freep) char *text = NULL;
    size_t length;
    int    r = file_read(path, SAVED_FILE_MOST, &text, &length, error);

    if (r < 0)
        return r;
    saved->name = arena_strdup(arena, name);
    saved->path = arena_strdup(arena, path);
    saved->saved_at = written_at(path);
    split_file(arena, text, saved);
    if (saved->query[0] == '\0' || strlen(text) != length) {
        error_set(error, ERR_SYNTAX, "the saved query '%s' has no query in its file", name);
        error_hint(error, "it is '%s': lines with # are comments, the rest is one query", path);
        return ERR_SYNTAX;
    }
    find_parameters(arena, saved);
    return 0;
}

int app_saved_read(struct arena *arena, const char *name, struct app_saved *ret_saved, struct error *error)
{
    struct conf_named          named = saved_files();
    _cleanup_(mem_freep) char *path = NULL;
    int                        r = conf_named_find(&named, name, &path, error);

    if (r >= 0)
        r = read_file(arena, name, path, ret_saved, error);
    conf_named_done(&named);
    return r;
}

int app_saved_names(char ***ret_names, size_t *ret_count, struct error *error)
{
    struct conf_named named = saved_files();
    int               r = conf_named_list(&named, ret_names, ret_count, error);

    conf_named_done(&named);
    return r;
}

void app_saved_names_free(char **names, size_t count)
{
    conf_named_free(names, count);
}

int app_saved_remove(const char *name, struct error *error)
{
    struct conf_named named = saved_files();
    int               r = conf_named_remove(&named, name, error);

    conf_named_done(&named);
    return r;
}

/* A comment or a blank before a line of the query would be one of the file: it is led in by white space. */
static void add_lines(struct str *to, const char *query)
{
    for (bool first = true; *query != '\0'; first = false) {
        size_t length = strcspn(query, "\n");

        if (!first && *query != ' ' && *query != '\t')
            str_add(to, "  ");
        str_add_bytes(to, query, length);
        str_add_char(to, '\n');
        query += length + (query[length] == '\n');
    }
}

int app_saved_write(const char *name, const char *query, char **ret_path, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct conf_named named = saved_files();
    struct app_saved  old = {.comments = ""};
    struct str        text = STR_INIT;
    int               r = conf_named_check(&named, name, error);

    if (r >= 0) {
        (void)!app_saved_read(arena, name, &old, NULL);
        str_add(&text, old.comments);
        add_lines(&text, query);
        r = conf_named_write(&named, name, str_text(&text), text.length, ret_path, error);
    }
    str_done(&text);
    conf_named_done(&named);
    return r;
}

/* -- what it asks for ---------------------------------------------------------------------------------------------- */

struct asker {
    struct app *app;
    bool        missing;         /* a variable without a value was asked for */
};

static const char *variable_of(void *who, const char *name)
{
    struct asker *asker = who;
    const char   *value = app_variable(asker->app, name, strlen(name));

    asker->missing = asker->missing || value == NULL;
    return value;
}

int saved_bind(struct app *app, struct arena *arena, struct model *model, const struct query *query,
               struct error *error)
{
    struct asker            asker = {.app = app};
    struct semantic_context context = {
        .now = instant_now(), .zone = app_zone(app), .variable = variable_of, .who = &asker};
    struct error            why = ERROR_INIT;
    struct compiled        *compiled;
    int                     r = semantic_compile(arena, model, query, &context, &compiled, &why);

    if (r < 0 && !asker.missing)
        error_move(error, &why);
    else
        r = 0;
    error_done(&why);
    return r;
}

static int parse(struct app_ask *ask, struct arena *arena, const char *text, struct query **ret_query,
                 const char **ret_line, struct error *error)
{
    struct error why = ERROR_INIT;
    int          r;

    *ret_line = text;
    if (*text == '{')
        return query_parse_json(arena, text, ret_query, error);
    r = query_parse(arena, text, NULL, ret_query, &why);
    if (r == ERR_USAGE && ask->previous != NULL) {
        r = query_parse(arena, text, ask->previous, ret_query, error);
        if (r >= 0)
            *ret_line = query_to_line(arena, *ret_query);
    } else if (r < 0) {
        error_move(error, &why);
    }
    error_done(&why);
    return r;
}

int app_saved_check(struct app *app, struct arena *arena, const char *text, const char **ret_query, struct error *error)
{
    struct app_ask *ask = ask_of(app);
    struct query   *query;
    struct model   *model;
    const char     *line;
    int             r;

    if (text == NULL && ask->previous == NULL) {
        error_set(error, ERR_USAGE, "there is no query to keep: none was answered before");
        error_hint(error, "ask one first, or write it behind the name");
        return ERR_USAGE;
    }
    if (text == NULL)
        text = query_to_line(arena, ask->previous);
    r = parse(ask, arena, text, &query, &line, error);
    if (r >= 0)
        r = app_model(app, &model, error);
    if (r >= 0)
        r = saved_bind(app, arena, model, query, error);
    if (r >= 0)
        *ret_query = line;
    return r;
}

/* -- parameters ---------------------------------------------------------------------------------------------------- */

static int refuse_given(const struct app_saved *saved, const char *name, struct error *error)
{
    const char *near = nearest_word(name, strlen(name), saved->parameters, saved->parameter_count);
    struct str  list = STR_INIT;

    for (size_t i = 0; i < saved->parameter_count; i++)
        str_addf(&list, "%s%s", i > 0 ? ", " : "", saved->parameters[i]);
    error_set(error, ERR_UNKNOWN, "the saved query '%s' has no parameter '%s'", saved->name, name);
    if (near != NULL)
        error_hint(error, "did you mean '%s'? it has %s", near, str_text(&list));
    else if (list.length > 0)
        error_hint(error, "it has %s", str_text(&list));
    else
        error_hint(error, "it has none: %s", saved->query);
    str_done(&list);
    return ERR_UNKNOWN;
}

static int refuse_missing(struct arena *arena, const struct app_saved *saved, const char *missing, size_t at,
                          size_t length, struct error *error)
{
    const char *list = "";

    for (size_t i = 0; i < saved->parameter_count; i++)
        list = arena_printf(arena, "%s %s=VALUE", list, saved->parameters[i]);
    error_set(error, ERR_USAGE, "the saved query '%s' needs a value for '%s'", saved->name, missing);
    error_point(error, saved->query, at, length);
    error_hint(error, "run %s%s", saved->name, list);
    return ERR_USAGE;
}

static const char *value_of(const struct app *app, const struct app_given *given, size_t count, const char *name)
{
    for (size_t i = count; i-- > 0;)
        if (text_equal(given[i].name, name))
            return given[i].value;
    return app_variable(app, name, strlen(name));
}

void add_json_text(struct str *to, const char *text)
{
    str_add_char(to, '"');
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c < 0x20 || c == 0x7f)
            str_addf(to, "\\u%04x", c);
        else if (c == '"' || c == '\\')
            str_addf(to, "\\%c", c);
        else
            str_add_char(to, *text);
    }
    str_add_char(to, '"');
}

int app_saved_line(struct app *app, struct arena *arena, const struct app_saved *saved, const struct app_given *given,
                   size_t count, const char **ret_line, struct error *error)
{
    const struct word_span *spans = NULL;
    struct str              line = STR_INIT;
    size_t                  span_count, done = 0;
    int                     r = 0;

    for (size_t i = 0; i < count; i++)
        if (!has_parameter(saved->parameters, saved->parameter_count, given[i].name, strlen(given[i].name)))
            return refuse_given(saved, given[i].name, error);
    find_variables(arena, saved->query, &spans, &span_count);
    for (size_t i = 0; i < span_count && r >= 0; i++) {
        size_t      at = spans[i].at, length = spans[i].length;
        const char *name, *value;

        if (spans[i].class != SPAN_VARIABLE)
            continue;
        name = arena_strndup(arena, saved->query + at + 1, length - 1);
        value = value_of(app, given, count, name);
        if (value == NULL) {
            r = refuse_missing(arena, saved, name, at, length, error);
            break;
        }
        str_add_bytes(&line, saved->query + done, at - done);
        add_json_text(&line, value);
        done = at + length;
    }
    str_add(&line, saved->query + done);
    if (r >= 0)
        *ret_line = arena_strndup(arena, str_text(&line), line.length);
    str_done(&line);
    return r;
}
