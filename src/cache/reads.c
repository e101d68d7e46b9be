/*
 * What depends on a relation: the lists that answers and entries of warm sets are on (README.md). A list that names an
 * answer which has gone since is as good as one that does not.
 */
#include <string.h>

#include "cache_int.h"
#include "ytempire/cache/looks.h"

#define LISTS_MOST 10000
#define MEMBERS_MOST 5000
#define AT_ONCE 100

/* What stands before the relation in lists of this database; caller frees. */
static char *list_head(const char *database)
{
    return reads_list(database, "", false);
}

static int find_lists(struct cache *cache, const char *head, struct names *names, struct error *error)
{
    _cleanup_(mem_freep) char *match = mem_printf("%s*", head);

    return names_scan(cache, match, LISTS_MOST, names, error);
}

static int read_now(struct cache *cache, char **ret_ms, struct error *error)
{
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
    int r = redis_client_command(cache->client, PASS_US, &reply, error, "TIME", NULL);

    if (r >= 0)
        *ret_ms = mem_printf("%lld", redis_reply_number(redis_reply_item(reply, 0), 0) * 1000);
    return r;
}

/* -- relations ----------------------------------------------------------------------------------------------------- */

/* Each list of what reads a relation, and behind it the one of what its added rows change. */
static struct redis_pipe *count_pipe(const struct names *lists, size_t head, const char *now)
{
    struct redis_pipe *pipe = redis_pipe_new();

    for (size_t i = 0; i < lists->count; i++) {
        const char *list = lists->names[i];
        _cleanup_(mem_freep) char *added = mem_printf("%.*s+%s", (int)head, list, list + head);

        if (list[head] == '+')
            continue;
        redis_pipe_add(pipe, "ZCOUNT", list, now, "+inf", NULL);
        redis_pipe_add(pipe, "ZCOUNT", added, now, "+inf", NULL);
    }
    return pipe;
}

static bool has_relations(const struct names *lists, size_t head)
{
    for (size_t i = 0; i < lists->count; i++)
        if (lists->names[i][head] != '+')
            return true;
    return false;
}

int cache_relations(struct cache *cache, const char *database, struct table **ret_table, struct error *error)
{
    _cleanup_(mem_freep) char *head = list_head(database), *now = NULL;
    _cleanup_(names_done) struct names lists = {0};
    _cleanup_(redis_reply_freep) struct redis_reply *replies = NULL;
    _cleanup_(redis_pipe_freep) struct redis_pipe *pipe = NULL;
    size_t at = 0;
    int    r = find_lists(cache, head, &lists, error);

    if (r >= 0)
        r = read_now(cache, &now, error);
    if (r < 0)
        return r;
    pipe = count_pipe(&lists, strlen(head), now);
    if (has_relations(&lists, strlen(head)))
        r = redis_client_ask(cache->client, pipe, PASS_US, &replies, error);
    if (r < 0)
        return r;
    *ret_table = table_new("relation:text dependents:int on_added_rows:int");
    for (size_t i = 0; i < lists.count; i++) {
        const char *relation = lists.names[i] + strlen(head);
        _cleanup_(arena_freep) struct arena *arena = arena_new();
        long long all, added;

        if (relation[0] == '+')
            continue;
        all = redis_reply_number(redis_reply_item(replies, at), 0);
        added = redis_reply_number(redis_reply_item(replies, at + 1), 0);
        at += 2;
        if (all > 0)
            table_add(*ret_table, relation, arena_printf(arena, "%lld", all), arena_printf(arena, "%lld", added));
    }
    return 0;
}

int cache_relation_find(struct cache *cache, const char *database, const char *relation, char **ret_relation,
                        struct error *error)
{
    _cleanup_(mem_freep) char *head = list_head(database), *end = mem_printf(".%s", relation);
    _cleanup_(names_done) struct names lists = {0};
    int r = find_lists(cache, head, &lists, error);

    if (r < 0)
        return r;
    *ret_relation = NULL;
    for (size_t i = 0; i < lists.count && *ret_relation == NULL; i++) {
        const char *name = lists.names[i] + strlen(head);

        if (name[0] != '+' && (text_equal(name, relation) || text_ends(name, end)))
            *ret_relation = mem_strdup(name);
    }
    return 0;
}

/* -- dependents ---------------------------------------------------------------------------------------------------- */

/* "FROM TO NAME" of an answer, "FROM TO @SET KEY" of an entry of a warm set. */
struct dependent {
    long long   from, to;
    const char *set, *key;                 /* the key with "analytics:" */
    bool        added;
    const struct redis_reply *about;       /* of an answer; borrowed */
};

static bool read_member(struct arena *arena, const char *member, struct dependent *ret)
{
    size_t      first = strcspn(member, " "), second;
    const char *rest = member + first, *space;

    if (*rest == '\0' || text_to_int64(member, first, &ret->from) < 0)
        return false;
    second = strcspn(rest + 1, " ");
    if (rest[1 + second] == '\0' || text_to_int64(rest + 1, second, &ret->to) < 0)
        return false;
    rest += second + 2;
    space = *rest == '@' ? strchr(rest, ' ') : NULL;
    ret->set = space != NULL ? arena_strndup(arena, rest + 1, (size_t)(space - rest) - 1) : NULL;
    ret->key = space != NULL ? space + 1 : arena_printf(arena, CACHE_PREFIX "%s", rest);
    return true;
}

static int read_list(struct cache *cache, const char *database, const char *relation, bool added, const char *now,
                     struct redis_reply **ret_members, struct error *error)
{
    _cleanup_(mem_freep) char *list = reads_list(database, relation, added), *most = mem_printf("%d", MEMBERS_MOST);
    int r = redis_client_command(cache->client, PASS_US, ret_members, error, "ZRANGEBYSCORE", list, now, "+inf", "LIMIT",
                                 "0", most, NULL);

    if (r >= 0 && (*ret_members)->kind != REPLY_LIST) {
        redis_reply_freep(ret_members);
        return refuse_reply(cache, NULL, error);
    }
    return r;
}

static struct map *members_map(const struct redis_reply *members)
{
    struct map *map = map_new();

    for (size_t i = 0; i < members->count; i++)
        if (redis_reply_text(members->items[i]) != NULL)
            (void)map_put(map, redis_reply_text(members->items[i]), map);
    return map;
}

static const char *bound_text(struct arena *arena, long long us)
{
    return us <= -OPEN_END || us >= OPEN_END ? NULL : moment_text(arena, us / 1000);
}

static void add_dependent(struct table *table, const char *relation, const struct dependent *one,
                          const struct redis_reply *about)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    long long ttl = about != NULL ? redis_reply_number(redis_reply_item(about, 0), -2) : 0;

    if (ttl == -2)
        return;                            /* it has gone since */
    table_add(table, relation, one->key, one->set,
              about != NULL ? redis_reply_text(redis_reply_item(about, 1)) : NULL, bound_text(arena, one->from),
              bound_text(arena, one->to), one->added ? "t" : "f",
              about != NULL ? seconds_text(arena, redis_reply_number(redis_reply_item(about, 2), -1)) : NULL,
              about != NULL ? seconds_text(arena, ttl) : NULL,
              about != NULL ? arena_printf(arena, "%lld", redis_reply_number(redis_reply_item(about, 3), 0)) : NULL);
}

/* Up to AT_ONCE of them; entries of warm sets are not asked for, as they are many keys. */
static int add_some(struct cache *cache, struct table *table, const char *relation, const struct dependent *dependents,
                    size_t count, struct error *error)
{
    _cleanup_(redis_reply_freep) struct redis_reply *reply = NULL;
    char  *keys[AT_ONCE];
    size_t asked = 0;
    int    r = 0;

    for (size_t i = 0; i < count; i++)
        if (dependents[i].set == NULL)
            keys[asked++] = (char *)dependents[i].key;
    if (asked > 0)
        r = keys_describe(cache, keys, asked, &reply, error);
    asked = 0;
    for (size_t i = 0; r >= 0 && i < count; i++)
        add_dependent(table, relation, &dependents[i],
                      dependents[i].set == NULL ? redis_reply_item(reply, asked++) : NULL);
    return r;
}

static int add_all(struct cache *cache, struct table *table, const char *relation, const struct redis_reply *members,
                   const struct map *added, struct error *error)
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    struct dependent *dependents = ARENA_ARRAY(arena, struct dependent, members->count + 1);
    size_t            count = 0;
    int               r = 0;

    for (size_t i = 0; i < members->count; i++) {
        const char *member = redis_reply_text(members->items[i]);

        if (member == NULL || !read_member(arena, member, &dependents[count]))
            continue;
        dependents[count++].added = map_get(added, member) != NULL;
    }
    for (size_t at = 0, many; r >= 0 && at < count; at += many) {
        many = count - at < AT_ONCE ? count - at : AT_ONCE;
        r = add_some(cache, table, relation, dependents + at, many, error);
        if (r >= 0)
            r = task_breathe();
    }
    return r;
}

int cache_dependents(struct cache *cache, const char *database, const char *relation, struct table **ret_table,
                     bool *ret_more, struct error *error)
{
    _cleanup_(table_freep) struct table *table =
        table_new("relation:text key:text warm_set:text class:text from:timestamptz to:timestamptz on_added_rows:bool "
                  "age_seconds:numeric ttl_seconds:numeric bytes:int");
    _cleanup_(redis_reply_freep) struct redis_reply *all = NULL, *added = NULL;
    _cleanup_(map_freep) struct map *of_added = NULL;
    _cleanup_(mem_freep) char *whole = NULL, *now = NULL;
    int r = cache_relation_find(cache, database, relation, &whole, error);

    if (r >= 0)
        r = read_now(cache, &now, error);
    if (r >= 0 && whole != NULL)
        r = read_list(cache, database, whole, false, now, &all, error);
    if (r >= 0 && whole != NULL)
        r = read_list(cache, database, whole, true, now, &added, error);
    if (r >= 0 && whole != NULL) {
        of_added = members_map(added);
        r = add_all(cache, table, whole, all, of_added, error);
    }
    if (r < 0)
        return r;
    *ret_more = all != NULL && all->count >= MEMBERS_MOST;
    *ret_table = TAKE(table);
    return 0;
}
