/*
 * The SQL of members: what `{…}` means where, and reading each text of SQL once.
 */
#include "src/semantic/model_load.h"

#include <string.h>

struct context {
    struct load       *load;
    struct draft_cube *home;
    struct draft      *draft;          /* NULL: the cube's own condition */
    enum fragment_use  use;
    bool               rests_on_refused;
};

/* -- references ---------------------------------------------------------------------------------------------------- */

static bool same(const char *name, size_t length, const char *text)
{
    return strlen(text) == length && memcmp(name, text, length) == 0;
}

static bool is_own(const struct context *context, const char *name, size_t length)
{
    return same(name, length, "CUBE") || same(name, length, "TABLE") || same(name, length, context->home->cube->name);
}

/* A join by its name, else by the cube it goes to when only one does. */
static struct draft *find_join(const struct context *context, const char *name, size_t length)
{
    struct draft *found = map_get_bytes(context->home->joins, name, length);

    for (size_t i = 0; !found && i < map_count(context->home->joins); i++) {
        struct draft           *draft  = map_value_at(context->home->joins, i);
        const struct tree_node *target = load_get(draft->node, "cube");

        if (target && target->kind == TREE_STRING && target->length == length && memcmp(target->text, name, length) == 0)
            found = draft;
    }
    return found;
}

static int resolve_join(struct context *context, struct draft *join, struct reference *reference, struct fragment_fault *fault)
{
    if (join->state == DRAFT_REFUSED) {
        context->rests_on_refused = true;
        return fragment_fail(fault, 0, "", "it needs the join '%s', which is left out", join->name);
    }
    if (context->draft && context->draft->kind == DRAFT_JOIN && context->draft != join) {
        if (join->state == DRAFT_BUSY)
            return fragment_fail(fault, 0, "", "the join '%s' rests on itself", join->name);
        if (!draft_ready(context->load, join)) {
            context->rests_on_refused = true;
            return fragment_fail(fault, 0, "", "it needs the join '%s', which is left out", join->name);
        }
    }
    reference->piece = (struct piece){ .kind = PIECE_JOIN_ALIAS, .join = join->join };
    return 0;
}

static int resolve_member(struct context *context, struct draft *draft, struct reference *reference, struct fragment_fault *fault)
{
    if (draft->kind == DRAFT_SEGMENT)
        return fragment_fail(fault, 0, "repeat its condition", "'%s' is a segment", draft->name);
    if (draft->kind == DRAFT_MEASURE && context->use == FRAGMENT_ROW)
        return fragment_fail(fault, 0, "", "'%s' is a measure, and this is SQL of one row", draft->name);
    if (draft->state == DRAFT_BUSY || draft == context->draft)
        return fragment_fail(fault, 0, "", "'%s' rests on itself", draft->name);
    if (!draft_ready(context->load, draft)) {
        context->rests_on_refused = true;
        return fragment_fail(fault, 0, "", "it needs '%s', which is left out", draft->name);
    }
    if (draft->kind == DRAFT_MEASURE)
        reference->piece = (struct piece){ .kind = PIECE_MEASURE, .measure = draft->measure };
    else
        reference->piece = (struct piece){ .kind = PIECE_DIMENSION, .dimension = draft->dimension };
    return 0;
}

/* {channel.niche}: a dimension of the cube a join goes to. */
static int resolve_joined(struct context *context, struct draft *join, const char *name, size_t length,
                          struct reference *reference, struct fragment_fault *fault)
{
    struct draft_cube *target = NULL;
    struct draft      *member;
    int                r;

    r = resolve_join(context, join, reference, fault);
    if (r < 0)
        return r;
    if (context->draft && context->draft->kind == DRAFT_JOIN)
        return fragment_fail(fault, 0, "write {join}.column", "a join's condition names columns");
    if (draft_ready(context->load, join) && join->join->target)
        target = map_get(context->load->cube_names, join->join->target->name);
    member = target ? map_get_bytes(target->members, name, length) : NULL;
    if (!member || member->kind != DRAFT_DIMENSION)
        return fragment_fail(fault, 0, "", "the join '%s' has no dimension '%.*s'", join->name, (int) length, name);
    if (member->state == DRAFT_BUSY)
        return fragment_fail(fault, 0, "", "'%s' rests on itself", member->name);
    if (!draft_ready(context->load, member)) {
        context->rests_on_refused = true;
        return fragment_fail(fault, 0, "", "it needs '%s.%s', which is left out", join->name, member->name);
    }
    if (member->dimension->sql.join_count || member->dimension->sql.has_subselect)
        return fragment_fail(fault, 0, "", "'%s.%s' is made from another table; write its SQL here", join->name, member->name);
    reference->inlined = &member->dimension->sql;
    return 0;
}

static int fail_unknown(struct context *context, const char *name, size_t length, struct fragment_fault *fault)
{
    struct load *load = context->load;
    char        *word = arena_strndup(load->arena, name, length);
    const char  *hint = load_nearest_key(load, word, context->home->members);

    if (!hint[0])
        hint = load_nearest_key(load, word, context->home->joins);
    if (text_starts(word, "FILTER_PARAMS") || text_starts(word, "SECURITY_CONTEXT") || text_starts(word, "COMPILE_CONTEXT"))
        return fragment_fail(fault, 0, "", "'{%.60s}' of Cube is not supported", word);
    return fragment_fail(fault, 0, hint, "'{%.60s}' is neither a member nor a join of cube %s", word, context->home->cube->name);
}

static int resolve(void *who, const char *name, size_t length, bool qualifies, struct reference *ret_reference,
                   struct fragment_fault *fault)
{
    struct context *context = who;
    const char     *point   = memchr(name, '.', length);
    struct draft   *member, *join;

    *ret_reference = (struct reference){0};
    if (same(name, length, "ZONE")) {
        ret_reference->piece.kind = PIECE_ZONE;
        return 0;
    }
    if (is_own(context, name, length)) {
        ret_reference->piece.kind = PIECE_ALIAS;
        return 0;
    }
    if (point && is_own(context, name, (size_t) (point - name))) {
        length -= (size_t) (point - name) + 1;
        name  = point + 1;
        point = NULL;
    } else if (point) {
        join = find_join(context, name, (size_t) (point - name));
        member = context->use == FRAGMENT_MEASURE ? load_measure_of_other(context->load, name, length) : NULL;
        if (member && !join)
            return resolve_member(context, member, ret_reference, fault);
        if (!join)
            return fail_unknown(context, name, length, fault);
        return resolve_joined(context, join, point + 1, length - (size_t) (point + 1 - name), ret_reference, fault);
    }
    member = map_get_bytes(context->home->members, name, length);
    join   = find_join(context, name, length);
    if (join && (qualifies || !member))
        return resolve_join(context, join, ret_reference, fault);
    if (!member)
        return fail_unknown(context, name, length, fault);
    return resolve_member(context, member, ret_reference, fault);
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

static void report(struct context *context, const struct tree_node *node, const struct fragment_fault *fault)
{
    struct source *source = context->home->source;
    size_t         place  = tree_text_place(&source->tree, node, fault->at);

    if (!context->rests_on_refused) {
        load_break(context->load, source, place, fault->hint, "%s", fault->message);
    } else if (context->draft) {
        load_refuse(context->load, context->draft, node, fault->hint, "%s", fault->message);
    } else {
        load_find(context->load, FINDING_ERROR, source, place, fault->hint, "cube %s is left out: %s",
                  context->home->cube->name, fault->message);
        context->home->refused = true;
    }
}

/* The same text in one cube means the same, but for joins (their own name) and for a member that names itself. */
static const char *memo_key(struct context *context, const char *source)
{
    if ((context->draft && context->draft->kind == DRAFT_JOIN) || strchr(source, '{'))
        return NULL;
    return context->use == FRAGMENT_ROW ? source : arena_printf(context->load->arena, "\n%s", source);
}

bool load_sql(struct load *load, struct draft_cube *home, struct draft *draft, const struct tree_node *node,
              enum fragment_use use, struct fragment_answer *ret_answer)
{
    struct context          context = { load, home, draft, use, false };
    struct fragment_fault   fault   = {0};
    struct fragment_request request = { .arena = load->arena, .use = use, .table = home->cube->table, .resolve = resolve,
                                        .who = &context };
    struct fragment_answer *known;
    const char             *key;

    if (node->kind != TREE_STRING) {
        load_break(load, home->source, tree_place(&home->source->tree, node, false), "", "SQL is a text");
        return false;
    }
    request.source = tree_text(load->arena, node);
    key            = memo_key(&context, request.source);
    known          = key ? map_get(home->memo, key) : NULL;
    if (known) {
        *ret_answer = *known;
        return !draft || draft_weigh(load, draft, &ret_answer->fragment);
    }
    if (fragment_read(&request, ret_answer, &fault) < 0) {
        report(&context, node, &fault);
        return false;
    }
    if (key) {
        known  = ARENA_NEW(load->arena, struct fragment_answer);
        *known = *ret_answer;
        map_put(home->memo, key, known);
    }
    return !draft || draft_weigh(load, draft, &ret_answer->fragment);
}

bool load_row_sql(struct load *load, struct draft_cube *home, struct draft *draft, const char *key, struct fragment *ret_fragment)
{
    const struct tree_node *node = load_get(draft ? draft->node : home->node, key);
    struct fragment_answer  answer;

    if (!node || node->kind == TREE_NULL)
        return true;
    if (!load_sql(load, home, draft, node, FRAGMENT_ROW, &answer))
        return false;
    *ret_fragment = answer.fragment;
    return true;
}

/* -- in the order they are needed ---------------------------------------------------------------------------------- */

static void read_draft(struct load *load, struct draft *draft)
{
    static void (*const readers[])(struct load *, struct draft *) = {
        [DRAFT_MEASURE] = draft_read_measure, [DRAFT_DIMENSION] = draft_read_dimension, [DRAFT_SEGMENT] = draft_read_segment,
        [DRAFT_ENTITY] = draft_read_entity,   [DRAFT_JOIN] = draft_read_join,           [DRAFT_ROLLUP] = draft_read_rollup,
    };

    readers[draft->kind](load, draft);
}

bool draft_ready(struct load *load, struct draft *draft)
{
    if (draft->state == DRAFT_NEW) {
        if (load->depth == MODEL_REFERENCE_DEPTH) {
            load_refuse(load, draft, NULL, "", "members rest on one another more than %d deep", MODEL_REFERENCE_DEPTH);
            return false;
        }
        draft->state = DRAFT_BUSY;
        load->depth++;
        read_draft(load, draft);
        load->depth--;
        if (draft->state == DRAFT_BUSY)
            draft->state = DRAFT_DONE;
    }
    return draft->state == DRAFT_DONE;
}

/* Members can name members twice each: without a bound, thirty of them would make a statement of gigabytes. */
bool draft_weigh(struct load *load, struct draft *draft, const struct fragment *fragment)
{
    for (size_t i = 0; i < fragment->piece_count; i++) {
        const struct piece *piece = &fragment->pieces[i];
        const char         *name  = piece->kind == PIECE_DIMENSION ? piece->dimension->name
                                  : piece->kind == PIECE_MEASURE   ? piece->measure->name
                                                                   : NULL;
        struct draft_cube  *home  = piece->kind == PIECE_MEASURE ? map_get(load->cube_names, piece->measure->cube->name) : NULL;
        struct draft       *other = name ? map_get((home ? home : draft->home)->members, name) : NULL;

        draft->weight += piece->text ? strlen(piece->text) : 16;
        draft->weight += other ? other->weight : 0;
    }
    if (draft->weight <= MODEL_WRITTEN_MAX)
        return true;
    load_refuse(load, draft, NULL, "", "its SQL is longer than %d bytes when written out", MODEL_WRITTEN_MAX);
    return false;
}
