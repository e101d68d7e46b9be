/*
 * The model of a session. Invariant: `stamp` says of which files `model` was made; `model` is only ever exchanged, so
 * who holds it (model_ref) keeps what it was bound with.
 */
#include <string.h>

#include "ask_int.h"
#include "model_files.h"

void ask_model_drop(struct app_ask *ask)
{
    model_unref(TAKE(ask->model));
    mem_free(TAKE(ask->stamp));
    model_faults_done(TAKE(ask->faults), ask->fault_count);
    ask->fault_count = 0;
}

/* -- exchanging it ------------------------------------------------------------------------------------------------- */

static bool same_faults(const struct app_ask *ask, const struct model_look *look)
{
    if (ask->fault_count != look->fault_count)
        return false;
    for (size_t i = 0; i < look->fault_count; i++)
        if (!text_equal(ask->faults[i].where, look->faults[i].where) ||
            !text_equal(ask->faults[i].message, look->faults[i].message))
            return false;
    return true;
}

/* What was read takes the place of what there is, unless it says the same. */
static void take(struct app_ask *ask, struct model_look *look)
{
    bool same = ask->model != NULL && text_equal(model_hash(look->model), model_hash(ask->model)) &&
                same_faults(ask, look);

    mem_free(ask->stamp);
    ask->stamp = str_take(&look->stamp);
    if (same)
        return;
    ask->exchanged = ask->model != NULL;
    ask->told = false;
    model_unref(ask->model);
    ask->model = TAKE(look->model);
    model_faults_done(ask->faults, ask->fault_count);
    ask->faults = TAKE(look->faults);
    ask->fault_count = look->fault_count;
    look->fault_count = 0;
}

/* Looks once; 1: the session went elsewhere meanwhile, or another task was faster. */
static int look_once(struct app *app, struct error *error)
{
    struct model_look look;
    struct app_ask   *ask;
    int               r = 0;

    model_look_begin(&look, app, ask_of(app)->stamp);
    if (app->follows_model && task_current() != NULL)
        r = task_in_thread(model_look_run, &look);
    else
        model_look_run(&look);
    ask = ask_of(app);
    if (r >= 0 && (!model_look_same_place(&look, app) || (!look.changed && !text_equal(ask->stamp, look.known))))
        r = 1;
    if (r == 0 && look.r < 0) {
        r = look.r;
        error_move(error, &look.error);
    }
    if (r == 0 && look.changed)
        take(ask, &look);
    model_look_done(&look);
    return r;
}

int ask_model_files(struct app *app, struct model **ret_model, struct error *error)
{
    int r = 0;

    if (ask_of(app)->model == NULL || app->follows_model)
        do
            r = look_once(app, error);
        while (r > 0);
    if (r >= 0)
        *ret_model = ask_of(app)->model;
    return r;
}

/* -- telling ------------------------------------------------------------------------------------------------------- */

static void tell(struct app *app, struct app_ask *ask)
{
    const struct finding *findings;
    const char           *where = NULL, *message = NULL;
    size_t                count, faults = ask->fault_count;

    if (ask->told || app->words == NULL)
        return;
    ask->told = true;
    findings = model_findings(ask->model, &count);
    if (faults > 0) {
        where = ask->faults[0].where;
        message = ask->faults[0].message;
    }
    for (size_t i = 0; i < count; i++) {
        if (findings[i].severity != FINDING_ERROR)
            continue;
        if (faults++ == 0) {
            where = findings[i].where;
            message = findings[i].message;
        }
    }
    if (faults == 1)
        sink_text(app->words, "warning: the model: %s: %s; 'lint' lists what is wrong", where, message);
    else if (faults > 1)
        sink_text(app->words, "warning: the model: %s: %s; and %zu more, which 'lint' lists", where, message,
                  faults - 1);
    else if (ask->exchanged)
        sink_text(app->words, "the model was read anew");
}

int app_model(struct app *app, struct model **ret_model, struct error *error)
{
    struct model *model;
    int           r = ask_model_files(app, &model, error);

    if (r >= 0)
        r = model_has_cubes(model, error);
    if (r >= 0) {
        tell(app, ask_of(app));
        *ret_model = model;
    }
    return r;
}
