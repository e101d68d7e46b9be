/* Asking for a pin: the question made absolute, and its answer as exact texts. */
#include <string.h>

#include "ask_int.h"
#include "ytempire/app/pin.h"

/* -- gathering ----------------------------------------------------------------------------------------------------- */

struct gather {
    struct sink               sink;
    struct arena             *arena;
    const struct data_column *columns;
    struct app_pin           *pin;
};

static const char *role_word(enum data_role role)
{
    return role == ROLE_MEASURE ? "measure" : role == ROLE_TIME ? "time" : "dimension";
}

static int on_begin(struct sink *sink, const struct data_column *columns, size_t count, struct error *error)
{
    struct gather *gather = (struct gather *)sink;

    (void)error;
    gather->columns = columns;
    gather->pin->columns = ARENA_ARRAY(gather->arena, struct app_pin_column, count + 1);
    gather->pin->column_count = count;
    for (size_t i = 0; i < count; i++)
        gather->pin->columns[i] = (struct app_pin_column){arena_strdup(gather->arena, columns[i].name),
                                                          data_type_name(columns[i].type), role_word(columns[i].role)};
    return 0;
}

static int on_row(struct sink *sink, const struct data_cell *cells, struct error *error)
{
    struct gather  *gather = (struct gather *)sink;
    struct app_pin *pin = gather->pin;
    size_t          used = pin->row_count * pin->column_count;
    struct str      text = STR_INIT;

    if (pin->row_count >= APP_PIN_ROWS_MOST) {
        error_set(error, ERR_LIMIT, "an answer of more than %d rows is no test that a person can review",
                  APP_PIN_ROWS_MOST);
        error_hint(error, "a shorter period, fewer dimensions, top or limit");
        return ERR_LIMIT;
    }
    for (size_t i = 0; i < pin->column_count; i++) {
        const char *cell = NULL;

        str_clear(&text);
        data_cell_iso(&gather->columns[i], cells[i], &text);
        if (cells[i].text != NULL)
            cell = arena_strndup(gather->arena, str_text(&text), text.length);
        ARENA_PUSH(gather->arena, pin->cells, used, pin->cell_room, cell);
    }
    pin->row_count++;
    str_done(&text);
    return 0;
}

static int on_end(struct sink *sink, const struct data_note *note, struct error *error)
{
    (void)sink;
    (void)note;
    (void)error;
    return 0;
}

static int gather_answer(struct app *app, struct arena *arena, struct asked *asked, struct app_pin *pin,
                         struct error *error)
{
    static const struct sink_ops ops = {.begin = on_begin, .row = on_row, .end = on_end};
    struct gather gather = {.sink.ops = &ops, .arena = arena, .pin = pin};

    return ask_answer_at(app, arena, pin->clock, asked, &gather.sink, error);
}

/* -- the question -------------------------------------------------------------------------------------------------- */

static int parse(struct arena *arena, const char *text, struct query **ret_query, struct error *error)
{
    return *text == '{' ? query_parse_json(arena, text, ret_query, error)
                        : query_parse(arena, text, NULL, ret_query, error);
}

/* The absolute question as a line, which people read; NULL where the line's language lacks a word that the JSON has. */
static const char *absolute_line(struct app *app, struct arena *arena, int64_t now, const char *json)
{
    struct asked  again = ASKED_INIT;
    struct query *query;
    const char   *line = NULL;
    int           r = query_parse_json(arena, json, &query, NULL);

    if (r >= 0)
        line = query_to_line(arena, query);
    if (r >= 0)
        r = query_parse(arena, line, NULL, &again.query, NULL);
    if (r >= 0)
        r = ask_compile_at(app, arena, now, &again, NULL);
    if (r < 0 || !text_equal(again.compiled->json, json))
        line = NULL;
    asked_done(&again);
    return line;
}

static int ask_pinned(struct app *app, struct arena *arena, struct app_pin *pin, struct error *error)
{
    _cleanup_(asked_done) struct asked asked = ASKED_INIT;
    int r = parse(arena, pin->query, &asked.query, error);

    return r < 0 ? r : gather_answer(app, arena, &asked, pin, error);
}

/* By the words of the header: "all time", "since 2026-01-01", or one of several ranges that is. */
static bool is_open(const char *range)
{
    return range != NULL && (strstr(range, "all time") != NULL || strstr(range, "since ") != NULL);
}

int app_pin_ask(struct app *app, struct arena *arena, const char *name, const char *text, struct app_pin *ret_pin,
                struct error *error)
{
    _cleanup_(asked_done) struct asked asked = ASKED_INIT;
    struct app_pin pin = {
        .name = arena_strdup(arena, name),
        .as_user = conf_text(app->conf, OPTION_AS_USER),
        .clock = instant_now() / US_PER_SECOND * US_PER_SECOND,
    };
    int r = ask_parse(app, arena, text, &asked.query, error);

    if (r >= 0)
        r = ask_compile_at(app, arena, pin.clock, &asked, error);
    if (r < 0)
        return r;
    if (*text != '{')
        pin.query = absolute_line(app, arena, pin.clock, asked.compiled->json);
    if (pin.query == NULL)
        pin.query = asked.compiled->json;
    pin.open = is_open(asked.compiled->note.range);
    pin.asked = *text != '{' ? asked.compiled->line : text;
    r = ask_pinned(app, arena, &pin, error);
    if (r >= 0)
        *ret_pin = pin;
    return r;
}

int app_pin_again(struct app *app, struct arena *arena, const struct app_pin *pin, struct app_pin *ret_pin,
                  struct error *error)
{
    struct app_pin again = *pin;
    const char    *user = conf_text(app->conf, OPTION_AS_USER);
    int            r;

    if (!text_equal(user, pin->as_user)) {
        error_set(error, ERR_USAGE, "the pin '%s' is of what %s sees", pin->name,
                  pin->as_user != NULL ? pin->as_user : "everybody together");
        if (pin->as_user != NULL)
            error_hint(error, "--as-user %s", pin->as_user);
        else
            error_hint(error, "without --as-user");
        return ERR_USAGE;
    }
    again.cells = NULL;
    again.row_count = again.cell_room = again.column_count = 0;
    r = ask_pinned(app, arena, &again, error);
    if (r >= 0)
        *ret_pin = again;
    return r;
}
