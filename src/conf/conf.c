/*
 * Values and where they came from.
 *
 * Invariant: what is kept has been checked and is spelled canonically ("on"/"off", the zone's own name), so that
 * reading a value cannot fail.
 */
#include "conf_int.h"

#include <stdlib.h>
#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"

struct conf *conf_new(void)
{
    return mem_alloc(sizeof(struct conf));
}

void conf_free(struct conf *conf)
{
    if (conf == NULL)
        return;
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        struct conf_value *value = &conf->values[id];

        for (size_t origin = 0; origin < COUNT_OF(value->by_origin); origin++)
            mem_free(value->by_origin[origin]);
        for (size_t i = 0; i < value->count; i++)
            mem_free(value->list[i]);
        mem_free(value->list);
    }
    mem_free(conf->scripts);
    mem_free(conf->positional);
    mem_free(conf);
}

void conf_freep(struct conf **conf)
{
    conf_free(*conf);
}

struct conf *conf_copy(const struct conf *conf)
{
    struct conf *copy = conf_new();

    for (size_t id = 0; id < OPTION_COUNT; id++) {
        const struct conf_value *from = &conf->values[id];
        struct conf_value       *to = &copy->values[id];

        for (size_t origin = 0; origin < COUNT_OF(from->by_origin); origin++)
            to->by_origin[origin] = from->by_origin[origin] != NULL ? mem_strdup(from->by_origin[origin]) : NULL;
        for (size_t i = 0; i < from->count; i++)
            VEC_PUSH(to->list, to->count, to->room, mem_strdup(from->list[i]));
    }
    for (size_t i = 0, execs = 0, files = 0; i < conf->script_count; i++) {     /* each is the next of its list */
        bool               is_file = conf->scripts[i].is_file;
        struct conf_script script = {.is_file = is_file,
                                     .text = is_file ? copy->values[OPTION_FILE].list[files++]
                                                     : copy->values[OPTION_EXEC].list[execs++]};

        VEC_PUSH(copy->scripts, copy->script_count, copy->script_room, script);
    }
    copy->positional = conf->positional != NULL ? mem_strdup(conf->positional) : NULL;
    return copy;
}

/* -- checking ------------------------------------------------------------------------------------------------------ */

int conf_seconds(const char *text, int64_t *ret_us)
{
    static const struct { const char *unit; double seconds; } units[] = {
        {"", 1}, {"s", 1}, {"sec", 1}, {"ms", 0.001}, {"min", 60}, {"m", 60}, {"h", 3600}, {"d", 86400},
    };
    size_t digits = strspn(text, "0123456789.");
    double number;

    if (digits == 0 || text_to_double(text, digits, &number) < 0)
        return ERR_SYNTAX;
    for (size_t i = 0; i < COUNT_OF(units); i++)
        if (text_equal(text + digits, units[i].unit)) {
            double us = number * units[i].seconds * 1e6;

            if (us > 9e15)
                return ERR_SYNTAX;
            *ret_us = (int64_t)us;
            return 0;
        }
    return ERR_SYNTAX;
}

static const char *flag_value(const char *text)
{
    static const char *const on[] = {"on", "true", "yes", "1"}, *const off[] = {"off", "false", "no", "0"};

    for (size_t i = 0; i < COUNT_OF(on); i++)
        if (text_equal_nocase(text, on[i]))
            return "on";
    for (size_t i = 0; i < COUNT_OF(off); i++)
        if (text_equal_nocase(text, off[i]))
            return "off";
    return NULL;
}

/* Whether `value` is one of "a|b|c"; the nearest goes into the hint where it is not. */
static int check_choice(const char *choices, const char *value, const char *named, struct error *error)
{
    _cleanup_(mem_freep) char *copy = mem_strdup(choices);
    const char *words[32], *near;
    size_t count = 0;

    for (char *word = copy, *bar; word != NULL && count < COUNT_OF(words); word = bar) {
        bar = strchr(word, '|');
        if (bar != NULL)
            *bar++ = '\0';
        if (text_equal(word, value))
            return 0;
        words[count++] = word;
    }
    error_set(error, ERR_USAGE, "%s cannot be '%s'", named, value);
    near = nearest_word(value, strlen(value), words, count);
    if (near != NULL)
        error_hint(error, "did you mean '%s'? it is one of %s", near, choices);
    else
        error_hint(error, "it is one of %s", choices);
    return ERR_USAGE;
}

/* A database's bare name is what psql takes as well; libpq wants key=value. */
static char *canonical_dsn(const char *text)
{
    struct str made = STR_INIT;

    if (strstr(text, "://") != NULL || strchr(text, '=') != NULL || text[0] == '\0')
        return mem_strdup(text);
    str_add(&made, "dbname='");
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '\'' || *c == '\\')
            str_add_char(&made, '\\');
        str_add_char(&made, *c);
    }
    str_add_char(&made, '\'');
    return str_take(&made);
}

static int check(enum conf_id id, const char *value, const char *named, char **ret_canonical, struct error *error)
{
    const struct conf_option *option = &conf_options[id];
    const struct zone *zone;
    const char *flag;
    long long number;
    int64_t us;
    int r = 0;

    switch (option->type) {
    case CONF_FLAG:
        flag = flag_value(value);
        if (flag == NULL)
            return error_set(error, ERR_USAGE, "%s is on or off, not '%s'", named, value);
        *ret_canonical = mem_strdup(flag);
        return 0;
    case CONF_CHOICE:
        r = check_choice(option->argument, value, named, error);
        break;
    case CONF_COUNT:
        if (text_to_int64(value, strlen(value), &number) < 0 || number < 0)
            r = error_set(error, ERR_USAGE, "%s is a whole number, not '%s'", named, value);
        break;
    case CONF_SECONDS:
        if (conf_seconds(value, &us) < 0)
            r = error_set(error, ERR_USAGE, "%s is a time in seconds ('30', '0.5', '500ms', '2min'), not '%s'", named,
                          value);
        break;
    case CONF_ZONE:
        if (zone_find(value, &zone) < 0) {
            r = error_set(error, ERR_USAGE, "unknown time zone '%s'", value);
            error_hint(error, "zones are named as 'Europe/Berlin', 'America/Los_Angeles' or 'UTC'");
            break;
        }
        *ret_canonical = mem_strdup(zone_name(zone));
        return 0;
    case CONF_TEXT:
    case CONF_LIST:
        break;
    }
    if (r < 0)
        return r;
    *ret_canonical = id == OPTION_DSN ? canonical_dsn(value) : mem_strdup(value);
    return 0;
}

int conf_store(struct conf *conf, enum conf_id id, enum conf_origin origin, const char *value, const char *named,
               struct error *error)
{
    struct conf_value *kept = &conf->values[id];
    char *canonical = NULL;
    int r;

    r = check(id, value, named, &canonical, error);
    if (r < 0)
        return r;
    if (conf_options[id].type == CONF_LIST) {
        VEC_PUSH(kept->list, kept->count, kept->room, canonical);
        return 0;
    }
    mem_free(kept->by_origin[origin]);
    kept->by_origin[origin] = canonical;
    return 0;
}

int conf_set(struct conf *conf, const char *name, const char *value, struct error *error)
{
    _cleanup_(mem_freep) char *named = NULL;
    enum conf_id id;

    if (!conf_find(name, strlen(name), CONF_SET, &id)) {
        error_set(error, ERR_UNKNOWN, "unknown setting '%s'", name);
        conf_hint_nearest(name, strlen(name), CONF_SET, "", error);
        return ERR_UNKNOWN;
    }
    if (value == NULL) {
        mem_free(conf->values[id].by_origin[CONF_FROM_SET]);
        conf->values[id].by_origin[CONF_FROM_SET] = NULL;
        return 0;
    }
    named = mem_printf("'%s'", conf_options[id].name);
    return conf_store(conf, id, CONF_FROM_SET, value, named, error);
}

void conf_act_as(struct conf *conf, const char *who)
{
    if (who != NULL)
        (void)!conf_store(conf, OPTION_AS_USER, CONF_FROM_LINE, who, "--as-user", NULL);
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

enum conf_origin conf_origin(const struct conf *conf, enum conf_id id)
{
    const struct conf_value *value = &conf->values[id];

    if (value->count > 0)
        return CONF_FROM_LINE;
    for (int origin = CONF_FROM_SET; origin > CONF_FROM_DEFAULT; origin--)
        if (value->by_origin[origin] != NULL)
            return (enum conf_origin)origin;
    return CONF_FROM_DEFAULT;
}

const char *conf_text(const struct conf *conf, enum conf_id id)
{
    enum conf_origin origin = conf_origin(conf, id);

    return origin == CONF_FROM_DEFAULT ? conf_options[id].initial : conf->values[id].by_origin[origin];
}

bool conf_flag(const struct conf *conf, enum conf_id id)
{
    return text_equal(conf_text(conf, id), "on");
}

int64_t conf_us(const struct conf *conf, enum conf_id id)
{
    const char *text = conf_text(conf, id);
    int64_t us = 0;

    return text != NULL && conf_seconds(text, &us) == 0 ? us : 0;
}

size_t conf_count(const struct conf *conf, enum conf_id id)
{
    return conf->values[id].count;
}

const char *conf_at(const struct conf *conf, enum conf_id id, size_t index)
{
    return conf->values[id].list[index];
}

const char *conf_positional(const struct conf *conf)
{
    return conf->positional;
}

size_t conf_script_count(const struct conf *conf)
{
    return conf->script_count;
}

struct conf_script conf_script_at(const struct conf *conf, size_t index)
{
    return conf->scripts[index];
}
