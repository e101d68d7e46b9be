/*
 * Both servers together. PostgreSQL comes first: without it nothing can be answered. Redis is a cache: when it does not
 * start, that is told, and the work goes on.
 */
#include "ytempire/local.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "local_internal.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/engine/loop.h"

/* -- up and down -------------------------------------------------------------------------------------------------- */

static bool both_are_up(const struct local *local)
{
    struct server_look postgres, redis;

    local_postgres_look(local, &postgres);
    local_redis_look(local, &redis);
    return postgres.state == SERVER_UP && redis.state == SERVER_UP;
}

static int start_both(const struct local *local, const struct account *account, struct sink *sink, struct error *error)
{
    int r = local_postgres_up(local, account, sink, error), redis = 0;

    if (r >= 0)
        redis = local_redis_up(local, account, sink, error);
    if (redis < 0 && redis != ERR_INTERRUPTED && redis != ERR_TIMEOUT) {
        if (error)
            error->code = ERR_PARTIAL;
        return ERR_PARTIAL;
    }
    return r < 0 ? r : redis;
}

int local_up(struct local *local, struct sink *sink, struct error *error)
{
    struct account account;
    int lock = -1, r;

    if (both_are_up(local))
        return 0;
    r = place_account(local, &account, error);
    if (r >= 0)
        r = place_make(local, &account, error);
    if (r >= 0)
        r = local_lock_take(local, "starting the private servers", sink, &lock, error);
    if (r >= 0)
        r = start_both(local, &account, sink, error);
    if (lock >= 0)
        (void)close(lock);
    return r;
}

static int stop_both(const struct local *local, bool at_once, struct sink *sink, struct error *error)
{
    int r = local_postgres_down(local, at_once, sink, error);

    return r < 0 ? r : local_redis_down(local, sink, error);
}

int local_down(struct local *local, struct sink *sink, struct error *error)
{
    int lock = -1, r = place_check_owner(local, error);

    if (r < 0 || !file_is_folder(local->folder))
        return r;
    r = local_worker_down(local, sink, error);
    if (r >= 0)
        r = local_lock_take(local, "stopping the private servers", sink, &lock, error);
    if (r >= 0)
        r = stop_both(local, false, sink, error);
    if (lock >= 0)
        (void)close(lock);
    return r;
}

/* -- reset -------------------------------------------------------------------------------------------------------- */

struct removal {
    const struct local *local;
    int                 code;
    struct error        error;
};

/* All but the lock, which others may wait for. */
static void remove_in_thread(void *who)
{
    struct removal *removal = who;
    const struct local *local = removal->local;
    _cleanup_(mem_freep) char *half = mem_printf("%s.new", local->cluster);
    _cleanup_(mem_freep) char *old_log = mem_printf("%s.1", local->postgres_log);
    _cleanup_(mem_freep) char *old_redis_log = mem_printf("%s.1", local->redis_log);
    _cleanup_(mem_freep) char *old_worker_log = mem_printf("%s.1", local->worker_log);
    const char *const paths[] = {local->stamp, local->cluster, half, local->redis, local->run, local->postgres_log,
                                 local->redis_log, old_log, old_redis_log, local->worker_log, old_worker_log,
                                 local->worker_words};

    for (size_t i = 0; i < COUNT_OF(paths) && removal->code >= 0; i++)
        removal->code = tree_remove(paths[i], &removal->error);
}

static int remove_all(const struct local *local, struct sink *sink, struct error *error)
{
    struct removal removal = {.local = local};
    int r = task_in_thread(remove_in_thread, &removal);

    if (removal.code < 0 && error)
        error_move(error, &removal.error);
    error_done(&removal.error);
    if (removal.code >= 0 && sink)
        sink_text(sink, "deleted what lay in %s", local->folder);
    return removal.code < 0 ? removal.code : r;
}

int local_reset(struct local *local, struct sink *sink, struct error *error)
{
    int lock = -1, r = place_check_owner(local, error);

    if (r < 0 || !file_is_folder(local->folder))
        return r;
    r = local_worker_down(local, sink, error);
    if (r >= 0)
        r = local_lock_take(local, "deleting the private servers' data", sink, &lock, error);
    if (r >= 0)
        r = stop_both(local, true, sink, error);
    if (r >= 0)
        r = remove_all(local, sink, error);
    if (lock >= 0)
        (void)close(lock);
    return r;
}

/* -- status ------------------------------------------------------------------------------------------------------- */

struct measuring {
    const char *path;
    int64_t     bytes;
};

static void measure_in_thread(void *who)
{
    struct measuring *measuring = who;

    measuring->bytes = tree_bytes(measuring->path);
}

static const char *state_name(enum server_state state)
{
    switch (state) {
    case SERVER_ABSENT:
        return "absent";
    case SERVER_STALE:
        return "stale";
    case SERVER_BUSY:
        return "busy";
    case SERVER_UP:
        return "up";
    case SERVER_DOWN:
        break;
    }
    return "down";
}

static void add_row(struct table *table, const char *server, const struct server_look *look, const char *version,
                    const char *address, const char *data, int64_t bytes)
{
    char pid_text[24], bytes_text[24];

    (void)snprintf(pid_text, sizeof pid_text, "%ld", (long)look->pid);
    (void)snprintf(bytes_text, sizeof bytes_text, "%lld", (long long)bytes);
    table_add(table, server, state_name(look->state), version, look->pid > 0 ? pid_text : NULL, address, data,
              data && bytes >= 0 ? bytes_text : NULL);
}

static char *made_by(const struct local *local)
{
    _cleanup_(mem_freep) char *path = path_join(local->cluster, "PG_VERSION"), *text = NULL;

    if (file_read(path, 64, &text, NULL, NULL) < 0)
        return NULL;
    text[strcspn(text, "\n")] = '\0';
    return TAKE(text);
}

static void add_worker_row(struct table *table, const struct local *local)
{
    struct worker_look look;

    local_worker_look(local, &look);
    add_row(table, "worker", &(struct server_look){look.state, look.pid}, look.version, look.address,
            file_exists(local->worker_log) ? local->worker_log : NULL, -1);
    worker_look_done(&look);
}

int local_status(struct local *local, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table = table_new("server state version pid:int address data bytes:int");
    _cleanup_(mem_freep) char *postgres_text = NULL, *redis_text = NULL;
    struct measuring measuring = {.path = local->cluster, .bytes = -1};
    struct server_look postgres, redis;
    int r = 0;

    local_postgres_look(local, &postgres);
    local_redis_look(local, &redis);
    if (postgres.state == SERVER_UP)
        r = local_postgres_version(local, &postgres_text, NULL);
    if (r < 0 || postgres.state != SERVER_UP)    /* it listens, and lets nobody in: not what one calls up */
        postgres_text = made_by(local);
    if (r < 0)
        postgres.state = SERVER_BUSY;
    if (redis.state == SERVER_UP && local_redis_version(local, &redis_text, NULL) < 0)
        redis.state = SERVER_BUSY;
    if (postgres.state != SERVER_ABSENT)
        (void)!task_in_thread(measure_in_thread, &measuring);
    r = task_cancelled(task_current());
    if (r < 0)
        return error_set(error, r, "%s", error_sentence(r));
    add_row(table, "PostgreSQL", &postgres, postgres_text, local->dsn,
            postgres.state != SERVER_ABSENT ? local->cluster : NULL, measuring.bytes);
    add_row(table, "Redis", &redis, redis_text, local->redis_socket, NULL, -1);    /* it keeps nothing on disk */
    add_worker_row(table, local);
    table_column_mutable(table, 6)->format = FORMAT_BYTES;
    return table_send(table, sink, error);
}
