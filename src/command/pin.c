/* pin, pins: queries kept with their answers, which 'lint --tests' asks again. */
#include <string.h>

#include "command_int.h"
#include "nouns.h"
#include "ytempire/app/pin.h"

/* -- pin ----------------------------------------------------------------------------------------------------------- */

static int confirm_over(struct app *app, const struct args *args, struct arena *arena, const struct app_pin *pin,
                        struct sink *sink, struct error *error)
{
    const char *const *differences;
    struct app_pin     old;
    size_t             count;

    if (app_pin_read(app, arena, pin->name, &old, NULL) == ERR_UNKNOWN)
        return 0;
    if (app_pin_read(app, arena, pin->name, &old, NULL) < 0)
        return args_confirm(args, sink, error, "The pin '%s' cannot be read. Put the new one in its place?", pin->name);
    app_pin_compare(arena, &old, pin, &differences, &count);
    if (text_equal(old.query, pin->query) && count == 0)
        return 0;
    return args_confirm(args, sink, error, "'%s' pins: %s  Put the new query and its answer in its place?", pin->name,
                        old.asked);
}

static int run_pin(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    _cleanup_(mem_freep) char *path = NULL;
    const char    *name = args_get(args, "NAME");
    struct app_pin pin;
    int            r = app_pin_check_name(app, name, error);

    if (r >= 0)
        r = app_pin_ask(app, arena, name, query_of_rest(args_get(args, "QUERY")), &pin, error);
    if (r >= 0)
        r = confirm_over(app, args, arena, &pin, sink, error);
    if (r >= 0)
        r = app_pin_write(app, &pin, &path, error);
    if (r >= 0)
        sink_text(sink, "'%s' is pinned, %zu row%s, in %s%s", name, pin.row_count, pin.row_count == 1 ? "" : "s", path,
                  pin.open ? "; its range has no end: what is loaded later changes the answer" : "");
    return r;
}

const struct command command_pin = {
    .name = "pin",
    .summary = "Keep a query with its answer as a test of the model",
    .text = "The range and the zone are kept as they come to now, so that the answer does not change with the clock; "
            "'lint --tests' asks again and tells cells that differ. A query of all time changes with what is loaded "
            "afterwards. A pin is a plain file NAME.json, a line a row, in the folder 'pins' of the model. Asks before "
            "it takes another's place.",
    .args = ARGS(REQUIRED("NAME", COMPLETE_PIN), REST("QUERY", COMPLETE_QUERY)),
    .options = OPTIONS(FLAG_YES),
    .examples = EXAMPLES("pin march total_views by category for 2026-03",
                         "pin --yes march revenue by category for 2026-03"),
    .writes = WRITES_FILES,
    .connects = true,
    .run = run_pin,
};

/* -- pins ---------------------------------------------------------------------------------------------------------- */

static void add_pin(struct table *table, struct arena *arena, const struct app_pin *pin)
{
    table_add(table, pin->name, pin->query, arena_printf(arena, "%zu", pin->row_count), instant_cell(arena, pin->clock),
              pin->path);
}

static int run_pins(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    _cleanup_(table_freep) struct table *table = table_new(
        "name:text query:text rows:int pinned_at:timestamptz file:text");
    char **names;
    size_t count;
    int    r = app_pin_names(app, &names, &count, error);

    (void)args;
    if (r < 0)
        return r;
    for (size_t i = 0; i < count; i++) {
        struct app_pin pin;

        if (app_pin_read(app, arena, names[i], &pin, NULL) >= 0)
            add_pin(table, arena, &pin);
        else
            table_add(table, names[i], NULL, NULL, NULL, NULL);
    }
    app_pin_names_free(names, count);
    return table_send(table, sink, error);
}

const struct command command_pins = {
    .name = "pins",
    .summary = "List the pinned queries",
    .text = "Yields name, query, rows of the answer, when it was pinned, and the file. One that cannot be read has its "
            "name only; 'lint --tests' says why.",
    .examples = EXAMPLES("pins"),
    .run = run_pins,
};

/* -- changing and removing ----------------------------------------------------------------------------------------- */

struct update {
    struct app_pin *pins;
    size_t          count, room, differences;
    const char     *names;              /* of those that differ, for the question */
};

/* Asks again; what differs is to be written. */
static int look_at(struct app *app, struct arena *arena, const char *name, struct update *update, struct error *error)
{
    const char *const *differences;
    struct app_pin     pin, again;
    size_t             count;
    int                r = app_pin_read(app, arena, name, &pin, error);

    if (r >= 0)
        r = app_pin_again(app, arena, &pin, &again, error);
    if (r < 0) {
        error_prefix(error, "the pin '%s': ", name);
        return r;
    }
    app_pin_compare(arena, &pin, &again, &differences, &count);
    if (count == 0)
        return 0;
    update->names = arena_printf(arena, "%s%s'%s' (%zu)", update->count > 0 ? update->names : "",
                                 update->count > 0 ? ", " : "", name, count);
    update->differences += count;
    ARENA_PUSH(arena, update->pins, update->count, update->room, again);
    return 0;
}

static int look_at_all(struct app *app, struct arena *arena, struct update *update, struct error *error)
{
    char **names;
    size_t count;
    int    r = app_pin_names(app, &names, &count, error);

    if (r < 0)
        return r;
    for (size_t i = 0; i < count && r >= 0; i++)
        r = look_at(app, arena, names[i], update, error);
    app_pin_names_free(names, count);
    return r;
}

static int write_update(struct app *app, const struct update *update, struct sink *sink, struct error *error)
{
    int r = 0;

    for (size_t i = 0; i < update->count && r >= 0; i++) {
        _cleanup_(mem_freep) char *path = NULL;

        r = app_pin_write(app, &update->pins[i], &path, error);
        if (r >= 0)
            sink_text(sink, "'%s' has the new answer, in %s", update->pins[i].name, path);
    }
    return r;
}

static int run_update(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct update update = {0};
    size_t        count = args_count(args, "NAME");
    int           r = 0;

    if (count == 0)
        r = look_at_all(app, arena, &update, error);
    for (size_t i = 0; i < count && r >= 0; i++)
        r = look_at(app, arena, args_at(args, "NAME", i), &update, error);
    if (r >= 0 && update.count == 0) {
        sink_text(sink, "nothing differs");
        return 0;
    }
    if (r >= 0)
        r = args_confirm(args, sink, error, "%zu difference%s, in %s. Put the new answers in place of the pinned ones?",
                         update.differences, update.differences == 1 ? "" : "s", update.names);
    return r < 0 ? r : write_update(app, &update, sink, error);
}

const struct command command_pin_update = {
    .name = "pin update",
    .summary = "Put new answers in place of pinned ones that differ",
    .text = "For pins whose answer was meant to change: the same question is asked by the same clock. Without NAME all "
            "pins are looked at. Asks first; 'lint --tests' tells what differs.",
    .args = ARGS(MANY("NAME", COMPLETE_PIN)),
    .options = OPTIONS(FLAG_YES),
    .examples = EXAMPLES("pin update", "pin update --yes march"),
    .writes = WRITES_FILES,
    .connects = true,
    .run = run_update,
};

static int run_remove(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const char    *name = args_get(args, "NAME");
    struct app_pin pin = {.asked = "(it cannot be read)"};
    struct error   why = ERROR_INIT;
    int            r = app_pin_read(app, arena, name, &pin, &why);

    if (r == ERR_UNKNOWN)
        error_move(error, &why);
    error_done(&why);
    if (r != ERR_UNKNOWN)
        r = args_confirm(args, sink, error, "The pin '%s' will be removed: %s  Go on?", name, pin.asked);
    if (r >= 0)
        r = app_pin_remove(app, name, error);
    if (r >= 0)
        sink_text(sink, "'%s' is removed", name);
    return r;
}

const struct command command_pin_remove = {
    .name = "pin remove",
    .summary = "Remove a pinned query",
    .text = "Asks first.",
    .args = ARGS(REQUIRED("NAME", COMPLETE_PIN)),
    .options = OPTIONS(FLAG_YES),
    .examples = EXAMPLES("pin remove --yes march"),
    .writes = WRITES_FILES,
    .run = run_remove,
};
