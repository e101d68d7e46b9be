/* A panel of a board's file. */
#include <string.h>

#include "board_int.h"
#include "ytempire/base/decimal.h"
#include "ytempire/data/condition.h"

static const char *const kinds[] = {[BOARD_STAT] = "stat",    [BOARD_LINE] = "line",   [BOARD_BAR] = "bar",
                                    [BOARD_HEAT] = "heatmap", [BOARD_GAUGE] = "gauge", [BOARD_TABLE] = "table",
                                    [BOARD_TEXT] = "text",    [BOARD_JOBS] = "jobs",   [BOARD_LOG] = "log"};

static const struct size {
    int width, height;
} sizes[] = {
    [BOARD_STAT] = {3, 1},  [BOARD_LINE] = {6, 2}, [BOARD_BAR] = {6, 2},  [BOARD_HEAT] = {6, 2}, [BOARD_GAUGE] = {3, 1},
    [BOARD_TABLE] = {6, 2}, [BOARD_TEXT] = {6, 1}, [BOARD_JOBS] = {8, 2}, [BOARD_LOG] = {12, 2}};

const char *board_kind_name(enum board_kind kind)
{
    return kinds[kind];
}

/* -- what fills it ------------------------------------------------------------------------------------------------- */

/* The text of an object as it stands in the file: Cube's JSON without quotes around it. */
static size_t object_length(const char *text, size_t most)
{
    size_t depth = 0;
    bool   quoted = false;

    for (size_t i = 0; i < most; i++) {
        if (quoted && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && text[i] == '{')
            depth++;
        else if (!quoted && text[i] == '}' && --depth == 0)
            return i + 1;
    }
    return most;
}

static int read_query(struct reading *reading, const struct tree_node *object, const char *name, const char **ret_query)
{
    const struct tree_node *node = tree_get(object, name);
    size_t                  at;

    if (node == NULL || node->kind != TREE_OBJECT)
        return reading_text(reading, object, name, ret_query);
    at = tree_place(&reading->tree, node, false);
    *ret_query = arena_strndup(reading->arena, reading->tree.text + at,
                               object_length(reading->tree.text + at, reading->tree.length - at));
    return 0;
}

static int check_key(struct reading *reading, const struct tree_node *object, const char *key)
{
    const struct tree_node *node = tree_get(object, "key");
    const char             *brace = strchr(key, '{');

    if (!text_starts(key, "analytics:") || key[strlen("analytics:")] == '\0')
        return reading_fail(reading, node, "a key begins with 'analytics:'");
    if (brace != NULL && (!text_starts(brace, "{user_id}") || strchr(brace + 1, '{') != NULL))
        return reading_fail(reading, node, "in braces there can be 'user_id' alone, once");
    return 0;
}

/* One source, of a kind that the panel can show. */
static int check_source(struct reading *reading, const struct tree_node *object, const struct board_panel *panel)
{
    int  given = (panel->query != NULL) + (panel->key != NULL) + (panel->command != NULL) + (panel->text != NULL);
    bool text = panel->kind == BOARD_TEXT;

    if (given != 1)
        return reading_fail(reading, object, "a panel is filled by 'query', 'key', 'command' or 'text', one of them");
    if (text != (panel->text != NULL))
        return reading_fail(reading, object,
                            text ? "a panel of kind text has 'text'" : "'text' is for panels of kind text");
    if (panel->key != NULL && (panel->kind == BOARD_JOBS || panel->kind == BOARD_LOG))
        return reading_fail(reading, object, "a panel of this kind is filled by 'command' or 'query'");
    if (panel->history != NULL && panel->kind != BOARD_STAT && panel->kind != BOARD_GAUGE)
        return reading_fail(reading, tree_get(object, "history"), "'history' is for panels of kind stat and gauge");
    return panel->key != NULL ? check_key(reading, object, panel->key) : 0;
}

static int read_source(struct reading *reading, const struct tree_node *object, struct board_panel *panel)
{
    int r = read_query(reading, object, "query", &panel->query);

    if (r >= 0)
        r = read_query(reading, object, "history", &panel->history);
    if (r >= 0)
        r = reading_text(reading, object, "key", &panel->key);
    if (r >= 0)
        r = reading_text(reading, object, "command", &panel->command);
    if (r >= 0)
        r = reading_text(reading, object, "text", &panel->text);
    if (r >= 0)
        r = reading_flag(reading, object, "range", &panel->follows);
    if (r >= 0)
        r = check_source(reading, object, panel);
    panel->where = reading_where(reading, object,
                                 panel->query != NULL     ? "query"
                                 : panel->key != NULL     ? "key"
                                 : panel->command != NULL ? "command"
                                                          : "text");
    panel->history_where = reading_where(reading, object, "history");
    return r;
}

/* -- how it is shown ----------------------------------------------------------------------------------------------- */

static int read_threshold(struct reading *reading, const struct tree_node *object, struct board_panel *panel)
{
    static const char *const words[] = {"above", "below"};
    struct board_threshold  *threshold = &panel->threshold;
    int                      bad = -1, order = 0;
    int                      r = reading_decimal(reading, object, "warn", &threshold->warn);

    if (r >= 0)
        r = reading_decimal(reading, object, "error", &threshold->error);
    if (r >= 0)
        r = reading_choice(reading, object, "bad", words, COUNT_OF(words), &bad);
    if (r < 0)
        return r;
    if (threshold->warn != NULL && threshold->error != NULL)
        order = decimal_compare(threshold->error, strlen(threshold->error), threshold->warn, strlen(threshold->warn));
    threshold->below = bad >= 0 ? bad == 1 : order < 0;
    if ((threshold->below && order > 0) || (!threshold->below && order < 0))
        return reading_fail(reading, tree_get(object, "error"),
                            threshold->below ? "where it is bad to be below, 'error' is at most 'warn'"
                                             : "where it is bad to be above, 'error' is at least 'warn'");
    return 0;
}

static int read_change(struct reading *reading, const struct tree_node *object, struct board_panel *panel)
{
    static const char *const words[] = {[CHANGE_NONE] = "none", [CHANGE_PERCENT] = "percent",
                                        [CHANGE_DIFFERENCE] = "difference"};
    int                      change = CHANGE_PERCENT;
    int                      r = reading_choice(reading, object, "change", words, COUNT_OF(words), &change);

    panel->change = (enum board_change)change;
    if (r >= 0)
        r = reading_text(reading, object, "previous", &panel->previous);
    if (r >= 0)
        r = reading_text(reading, object, "than", &panel->than);
    return r < 0 ? r : reading_flag(reading, object, "less_is_better", &panel->less_is_better);
}

static int read_unit(struct reading *reading, const struct tree_node *object, struct board_panel *panel)
{
    int r = reading_text(reading, object, "value", &panel->value);

    panel->decimals = -1;
    if (r >= 0)
        r = reading_text(reading, object, "unit", &panel->unit);
    if (r >= 0)
        r = reading_int(reading, object, "decimals", 0, 12, &panel->decimals);
    if (r >= 0)
        r = reading_decimal(reading, object, "min", &panel->least);
    return r < 0 ? r : reading_decimal(reading, object, "max", &panel->most);
}

static int read_events(struct reading *reading, const struct tree_node *object, struct board_panel *panel)
{
    static const enum board_event_kind all[] = {EVENT_JOB_FAILED, EVENT_MIGRATION, EVENT_DEFINITION};
    const struct tree_node            *list = tree_get(object, "events");

    if (list != NULL && list->kind != TREE_ARRAY)
        return reading_fail(reading, list, "'events' is a list of job_failed, migration, definition");
    for (const struct tree_node *node = list != NULL ? list->first : NULL; node != NULL; node = node->next) {
        unsigned before = panel->events;

        for (size_t i = 0; i < COUNT_OF(all); i++)
            if (tree_text_is(node, board_event_name(all[i])))
                panel->events |= all[i];
        if (panel->events == before)
            return reading_fail(reading, node, "'events' is a list of job_failed, migration, definition, each once");
    }
    return 0;
}

static int read_alert(struct reading *reading, const struct tree_node *panel_node, struct board_panel *panel)
{
    static const char *const names[] = {"when", "for", "ring", "show", "run"};
    const struct tree_node  *object = tree_get(panel_node, "alert");
    struct board_alert      *alert = &panel->alert;
    struct condition        *condition = NULL;
    struct error             why = ERROR_INIT;
    int                      r;

    if (object == NULL)
        return 0;
    if (object->kind != TREE_OBJECT)
        return reading_fail(reading, object, "'alert' is an object with 'when'");
    r = reading_check_names(reading, object, names, COUNT_OF(names));
    if (r >= 0)
        r = reading_need_text(reading, object, "when", &alert->when);
    if (r >= 0)
        r = reading_duration(reading, object, "for", &alert->for_us);
    if (r >= 0)
        r = reading_flag(reading, object, "ring", &alert->ring);
    if (r >= 0)
        r = reading_text(reading, object, "show", &alert->show);
    if (r >= 0)
        r = reading_text(reading, object, "run", &alert->run);
    if (r >= 0 && condition_parse(alert->when, &condition, &why) < 0) {
        const struct tree_node *when = tree_get(object, "when");

        r = reading_fail_at(reading,
                            when->kind == TREE_STRING ? tree_text_place(&reading->tree, when, why.at)
                                                      : tree_place(&reading->tree, when, false),
                            why.text);
        error_hint(reading->error, "%s", why.hint != NULL ? why.hint : "");
    }
    condition_free(condition);
    error_done(&why);
    panel->alert_where = reading_where(reading, object, "when");
    return r;
}

int reading_panel(struct reading *reading, const struct tree_node *object, struct board_panel *ret_panel)
{
    static const char *const names[] = {
        "kind", "title", "description", "query", "key", "command", "text", "history", "value", "previous", "than",
        "change", "less_is_better", "unit", "decimals", "warn", "error", "bad", "min", "max", "alert", "events",
        "range", "width", "height", "every"};
    int kind = -1, r;

    if (object->kind != TREE_OBJECT)
        return reading_fail(reading, object, "a panel is an object");
    r = reading_check_names(reading, object, names, COUNT_OF(names));
    if (r >= 0)
        r = reading_choice(reading, object, "kind", kinds, COUNT_OF(kinds), &kind);
    if (r >= 0 && kind < 0)
        r = reading_fail(reading, object, "'kind' is missing");
    if (r < 0)
        return r;
    ret_panel->kind = (enum board_kind)kind;
    ret_panel->width = sizes[kind].width;
    ret_panel->height = sizes[kind].height;
    r = reading_need_text(reading, object, "title", &ret_panel->title);
    if (r >= 0)
        r = reading_text(reading, object, "description", &ret_panel->description);
    if (r >= 0)
        r = read_source(reading, object, ret_panel);
    if (r >= 0)
        r = read_unit(reading, object, ret_panel);
    if (r >= 0)
        r = read_change(reading, object, ret_panel);
    if (r >= 0)
        r = read_threshold(reading, object, ret_panel);
    if (r >= 0)
        r = read_alert(reading, object, ret_panel);
    if (r >= 0)
        r = read_events(reading, object, ret_panel);
    if (r >= 0)
        r = reading_int(reading, object, "width", 1, BOARD_GRID, &ret_panel->width);
    if (r >= 0)
        r = reading_int(reading, object, "height", 1, 8, &ret_panel->height);
    return r < 0 ? r : reading_duration(reading, object, "every", &ret_panel->every_us);
}
