/* An empty file with the next number. */
#include <stdio.h>
#include <string.h>

#include "migrate_int.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

static int check_name(const char *name, struct error *error)
{
    int r;

    if (name[0] != '\0' && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == strlen(name))
        return 0;
    r = error_set(error, ERR_USAGE, "a migration's name has small letters, digits and '_', not '%s'", name);
    error_hint(error, "as in 'migrate new add_video_language'");
    return r;
}

static int next_number(const struct migration_set *set, long long *ret_number, struct error *error)
{
    size_t      count = migration_set_count(set);
    const char *newest = count > 0 ? migration_set_at(set, count - 1)->version : "0";
    long long   number = 0;

    if (text_to_int64(newest, strlen(newest), &number) < 0)
        return error_set(error, ERR_LIMIT, "there is no number after %s", newest);
    *ret_number = number + 1;
    return 0;
}

static int write_one(const char *folder, long long number, const char *name, const char *engine, bool no_transaction, struct table *table,
                     struct error *error)
{
    _cleanup_(mem_freep) char *file = mem_printf("%04lld_%s%s%s.sql", number, name, engine[0] != '\0' ? "." : "", engine);
    _cleanup_(mem_freep) char *path = path_join(folder, file);
    _cleanup_(mem_freep) char *text = mem_printf("%s-- migrate:up\n\n-- migrate:down\n", no_transaction ? "-- migrate:no-transaction\n" : "");
    int                        r;

    if (file_exists(path))
        return error_set(error, ERR_CONFLICT, "'%s' exists already", path);
    r = file_write(path, text, strlen(text), 0644, error);
    if (r >= 0)
        table_add(table, path);
    return r;
}

int migrate_new(const struct migrate_options *options, const char *name, bool both, bool no_transaction, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table                 *table = table_new("file:text");
    _cleanup_(migration_set_freep) struct migration_set *set = NULL;
    _cleanup_(mem_freep) char                           *folder = migrate_folder(options->folder);
    long long                                            number = 0;
    int                                                  r = check_name(name, error);

    if (r >= 0)
        r = migration_set_load(folder, ENGINE_NATIVE, &set, error);
    if (r >= 0)
        r = next_number(set, &number, error);
    if (r >= 0)
        r = write_one(folder, number, name, both ? ENGINE_NATIVE : "", no_transaction, table, error);
    if (r >= 0 && both)
        r = write_one(folder, number, name, ENGINE_TIMESCALEDB, no_transaction, table, error);
    return r < 0 ? r : table_send(table, sink, error);
}
