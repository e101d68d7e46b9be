/* Profiles (config.ini) and, from them and the environment, where to connect. */
#include "conf_int.h"

#include <stdlib.h>
#include <string.h>

#include <ini.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

struct profile_reader {
    struct conf  *conf;
    const char   *wanted;
    const char   *path;
    bool          found;
    char        **sections;          /* names seen, for did-you-mean */
    size_t        count, room;
    struct error *error;
    int           code;
};

static int on_entry(void *who, const char *section, const char *name, const char *value)
{
    struct profile_reader *reader = who;
    _cleanup_(mem_freep) char *named = NULL;
    enum conf_id id;

    if (reader->count == 0 || !text_equal(reader->sections[reader->count - 1], section)) {
        char *copy = mem_strdup(section);

        VEC_PUSH(reader->sections, reader->count, reader->room, copy);
    }
    if (!text_equal(section, reader->wanted) || reader->code < 0)
        return 1;
    reader->found = true;
    if (!conf_find(name, strlen(name), CONF_PROFILE, &id)) {
        reader->code = error_set(reader->error, ERR_USAGE, "unknown name '%s' in the profile '%s'", name, section);
        conf_hint_nearest(name, strlen(name), CONF_PROFILE, "", reader->error);
        return 0;
    }
    named = mem_printf("'%s'", name);
    reader->code = conf_store(reader->conf, id, CONF_FROM_PROFILE, value, named, reader->error);
    return reader->code == 0;
}

static int no_such_profile(const struct profile_reader *reader)
{
    const char *near = nearest_word(reader->wanted, strlen(reader->wanted), (const char *const *)reader->sections,
                                    reader->count);

    error_set(reader->error, ERR_USAGE, "no profile '%s' in %s", reader->wanted, reader->path);
    if (near != NULL)
        error_hint(reader->error, "did you mean '%s'?", near);
    return ERR_USAGE;
}

static int check_lengths(const struct profile_reader *reader, const char *text)
{
    size_t line = 1;

    for (const char *start = text; *start != '\0'; line++) {
        size_t length = strcspn(start, "\n");

        if (length > CONF_LINE_MOST) {
            error_set(reader->error, ERR_USAGE, "a line is longer than %d characters", CONF_LINE_MOST);
            error_where(reader->error, reader->path, line, 0);
            return ERR_USAGE;
        }
        start += length + (start[length] == '\n');
    }
    return 0;
}

static int read_file(struct profile_reader *reader, bool asked)
{
    _cleanup_(mem_freep) char *text = NULL;
    size_t length;
    int line, r;

    if (!file_exists(reader->path))
        return asked ? no_such_profile(reader) : 0;
    r = file_read(reader->path, CONF_FILE_MOST, &text, &length, reader->error);
    if (r < 0)
        return r;
    r = check_lengths(reader, text);
    if (r < 0)
        return r;
    line = ini_parse_string(text, on_entry, reader);
    if (reader->code < 0) {
        error_where(reader->error, reader->path, (size_t)line, 0);
        return reader->code;
    }
    if (line != 0) {
        error_set(reader->error, ERR_USAGE, "a line is neither [section] nor name = value");
        error_where(reader->error, reader->path, (size_t)line, 0);
        return ERR_USAGE;
    }
    return asked && !reader->found ? no_such_profile(reader) : 0;
}

int conf_read_profile(struct conf *conf, const char *profile, bool asked, struct error *error)
{
    _cleanup_(mem_freep) char *path = conf_config_path("config.ini");
    struct profile_reader reader = {.conf = conf, .wanted = profile, .path = path, .error = error};
    int r;

    r = read_file(&reader, asked);
    for (size_t i = 0; i < reader.count; i++)
        mem_free(reader.sections[i]);
    mem_free(reader.sections);
    return r;
}

int conf_load(struct conf *conf, struct error *error)
{
    const char *asked = conf_text(conf, OPTION_PROFILE);

    return conf_read_profile(conf, asked != NULL ? asked : "default", asked != NULL, error);
}

/* -- where to connect ---------------------------------------------------------------------------------------------- */

static bool environment_says(void)
{
    static const char *const names[] = {"PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGSERVICE"};

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const char *value = getenv(names[i]);

        if (value != NULL && value[0] != '\0')
            return true;
    }
    return false;
}

static const char *redis_of_environment(void)
{
    const char *value = getenv("REDIS_URL");

    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* What one origin says: 1 and the target, 0 when it says nothing. */
static int target_of(const struct conf *conf, enum conf_origin origin, struct conf_target *target, struct error *error)
{
    const char *dsn = conf->values[OPTION_DSN].by_origin[origin];
    const char *local = conf->values[OPTION_LOCAL].by_origin[origin];

    if (dsn != NULL && text_equal(local, "on"))
        return error_set(error, ERR_USAGE, "the profile has both 'dsn' and 'local'");
    if (dsn == NULL && local == NULL)
        return 0;
    target->dsn = dsn;
    target->local = text_equal(local, "on");
    return 1;
}

int conf_target(const struct conf *conf, struct conf_target *ret_target, struct error *error)
{
    struct conf_target target = {.said_by = "command line"};
    int r;

    r = target_of(conf, CONF_FROM_LINE, &target, error);
    if (r == 0) {
        target.said_by = "profile";
        r = target_of(conf, CONF_FROM_PROFILE, &target, error);
    }
    if (r < 0)
        return r;
    if (r == 0) {
        bool environment = environment_says();

        target.said_by = environment ? "environment" : "default";
        target.local = !environment;
    }
    /* With the private servers only the private Redis, unless a Redis was named beside an unnamed PostgreSQL. */
    if (!target.local)
        target.redis = conf_text(conf, OPTION_REDIS) != NULL ? conf_text(conf, OPTION_REDIS) : redis_of_environment();
    else if (text_equal(target.said_by, "default"))
        target.redis = conf_text(conf, OPTION_REDIS);
    *ret_target = target;
    return 0;
}

/* -- another profile ----------------------------------------------------------------------------------------------- */

static void swap(char **a, char **b)
{
    char *kept = *a;

    *a = *b;
    *b = kept;
}

static void forget_where(struct conf *conf)
{
    static const enum conf_id wheres[] = {OPTION_DSN, OPTION_LOCAL, OPTION_REDIS};

    for (size_t i = 0; i < COUNT_OF(wheres); i++)
        mem_free(TAKE(conf->values[wheres[i]].by_origin[CONF_FROM_LINE]));
    mem_free(TAKE(conf->positional));
}

int conf_use_profile(struct conf *conf, const char *profile, struct error *error)
{
    _cleanup_(conf_freep) struct conf *fresh = conf_new();
    struct conf_target target;
    int                r = conf_read_profile(fresh, profile, true, error);

    if (r >= 0)
        r = conf_target(fresh, &target, error);
    if (r < 0)
        return r;
    for (size_t id = 0; id < OPTION_COUNT; id++)
        swap(&conf->values[id].by_origin[CONF_FROM_PROFILE], &fresh->values[id].by_origin[CONF_FROM_PROFILE]);
    forget_where(conf);
    return conf_store(conf, OPTION_PROFILE, CONF_FROM_SET, profile, "--profile", error);
}

int conf_profile_where(const char *profile, char **ret_dsn, char **ret_redis, struct error *error)
{
    _cleanup_(conf_freep) struct conf *fresh = conf_new();
    int r = conf_read_profile(fresh, profile, false, error);

    if (r < 0)
        return r;
    *ret_dsn = conf_flag(fresh, OPTION_LOCAL) ? mem_strdup("local")
                                              : TAKE(fresh->values[OPTION_DSN].by_origin[CONF_FROM_PROFILE]);
    *ret_redis = TAKE(fresh->values[OPTION_REDIS].by_origin[CONF_FROM_PROFILE]);
    return 0;
}
