/* The doctor's round: each part adds its rows, none keeps the next from its turn. */
#include "ytempire/app/doctor.h"

#include <stdarg.h>
#include <stdio.h>

#include "ask_int.h"
#include "doctor_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/engine/process.h"

static const char *const state_words[] = {
    [DOCTOR_OK] = "ok", [DOCTOR_WARNING] = "warning", [DOCTOR_ERROR] = "error", [DOCTOR_SKIPPED] = "skipped"};

void doctor_say(struct doctor *doctor, const char *check, enum doctor_state state, const char *to_do,
                const char *format, ...)
{
    char text[1024];
    _cleanup_(mem_freep) char *value = NULL;
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    value = mem_strdup(text);
    for (char *c = value; *c != '\0'; c++)
        *c = *c == '\n' ? ' ' : *c;
    table_add(doctor->table, check, state_words[state], value, to_do != NULL ? to_do : "");
    doctor->bad |= state == DOCTOR_ERROR;
}

int doctor_trouble(struct doctor *doctor, const char *check, enum doctor_state state, int code, struct error *why,
                   const char *to_do)
{
    if (code == ERR_INTERRUPTED || code == ERR_TIMEOUT) {
        error_done(why);
        return code;
    }
    doctor_say(doctor, check, state, to_do != NULL ? to_do : why->hint, "%s", why->text != NULL ? why->text : "?");
    error_done(why);
    return 0;
}

/* -- the model and the programs ------------------------------------------------------------------------------------ */

static void count_findings(const struct finding *findings, size_t count, size_t *ret_errors, const char **ret_first)
{
    for (size_t i = 0; i < count; i++) {
        if (findings[i].severity != FINDING_ERROR)
            continue;
        if ((*ret_errors)++ == 0)
            *ret_first = findings[i].message;
    }
}

static int check_model(struct doctor *doctor)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct error why = ERROR_INIT;
    const struct finding *findings;
    struct model *model;
    const char *first = NULL;
    size_t count, errors = 0;
    int r = ask_model_files(doctor->app, &model, &why);

    if (r >= 0)
        r = model_has_cubes(model, &why);
    if (r < 0)
        return doctor_trouble(doctor, "model", DOCTOR_ERROR, r, &why, "run 'lint', and correct the files it names");
    findings = model_findings(model, &count);
    count_findings(findings, count, &errors, &first);
    findings = model_lint(model, arena, &count);
    count_findings(findings, count, &errors, &first);
    (void)model_member_names(model, &count);
    if (errors > 0)
        doctor_say(doctor, "model", DOCTOR_ERROR, "run 'lint', and correct the files it names", "%zu error%s: %s",
                   errors, errors == 1 ? "" : "s", first);
    else
        doctor_say(doctor, "model", DOCTOR_OK, NULL, "%zu members", count);
    return 0;
}

static int check_gnuplot(struct doctor *doctor)
{
    _cleanup_(mem_freep) char *path = process_find("gnuplot", NULL);

    if (path != NULL)
        doctor_say(doctor, "gnuplot", DOCTOR_OK, NULL, "%s", path);
    else
        doctor_say(doctor, "gnuplot", DOCTOR_WARNING,
                   "install it ('apt-get install gnuplot-nox'), or do without plots in files", "not found in PATH");
    return 0;
}

int app_doctor(struct app *app, struct sink *sink, struct error *error)
{
    static doctor_part *const parts[] = {doctor_postgres, doctor_redis,    doctor_disk, check_model,
                                         check_gnuplot,   doctor_terminal, doctor_files};
    _cleanup_(table_freep) struct table *table = table_new("check:text state:text value:text what_to_do:text");
    struct doctor doctor = {.app = app, .table = table};
    int r = 0;

    for (size_t i = 0; r >= 0 && i < COUNT_OF(parts); i++)
        r = parts[i](&doctor);
    if (r < 0)
        return error_set(error, r, "%s", error_sentence(r));
    r = table_send(table, sink, error);
    return r < 0 ? r : doctor.bad ? error_set(error, ERR_FINDING, "the doctor found errors") : 0;
}
