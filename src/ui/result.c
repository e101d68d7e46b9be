/* Results and their history. Invariant: numbers rise along the array; the current one is in it, or there is none. */
#include "result.h"

#include <string.h>

#include "ytempire/base/time.h"

#define RESULTS_MOST 50
#define BYTES_MOST (UINT64_C(1) << 30)
#define MEMORY_SHOWN ((size_t)8 << 20)      /* of the rows of one that is new */
#define MEMORY_PAST ((size_t)256 << 10)     /* … and of one that made place for another */

struct result *result_new(uint64_t number, const char *command)
{
    struct result *result = mem_alloc(sizeof *result);

    result->number = number;
    result->command = mem_strdup(command);
    result->arena = arena_new();
    result->began_us = monotonic_us();
    result->asked_at = instant_now();
    return result;
}

void result_free(struct result *result)
{
    if (result == NULL)
        return;
    if (result->free_view != NULL)
        result->free_view(result->view);
    store_free(result->rows);
    str_done(&result->text);
    error_done(&result->error);
    arena_free(result->arena);
    mem_free(result->command);
    mem_free(result);
}

static const char *copy(struct arena *arena, const char *text)
{
    return text != NULL ? arena_strdup(arena, text) : NULL;
}

int result_columns(struct result *result, const struct data_column *columns, size_t count)
{
    result->columns = ARENA_ARRAY(result->arena, struct data_column, count + 1);
    for (size_t i = 0; i < count; i++) {
        struct data_column *column = &result->columns[i];

        *column = columns[i];
        column->name = arena_strdup(result->arena, columns[i].name != NULL ? columns[i].name : "");
        column->currency = copy(result->arena, columns[i].currency);
        column->member = copy(result->arena, columns[i].member);
        column->title = copy(result->arena, columns[i].title);
        column->description = copy(result->arena, columns[i].description);
    }
    result->column_count = count;
    store_free(result->rows);
    result->rows = store_new(count, MEMORY_SHOWN);
    return 0;
}

void result_note(struct result *result, const struct data_note *note)
{
    struct arena     *arena = result->arena;
    struct data_note *to = &result->note;
    const char      **remarks = ARENA_ARRAY(arena, const char *, note->remark_count + 1);

    *to = *note;
    to->title = copy(arena, note->title);
    to->range = copy(arena, note->range);
    to->zone = copy(arena, note->zone);
    to->rule = copy(arena, note->rule);
    to->source = copy(arena, note->source);
    to->rollup = copy(arena, note->rollup);
    to->key = copy(arena, note->key);
    to->cache = copy(arena, note->cache);
    to->watermark = copy(arena, note->watermark);
    to->cube_query = copy(arena, note->cube_query);
    to->cube_annotation = copy(arena, note->cube_annotation);
    for (size_t i = 0; i < note->remark_count; i++)
        remarks[i] = copy(arena, note->remarks[i]);
    to->remarks = remarks;
    result->has_note = true;
}

/* -- the history --------------------------------------------------------------------------------------------------- */

struct results {
    struct result **items;
    size_t          count, room, current;
    uint64_t        last_number;
};

struct results *results_new(void)
{
    return mem_alloc(sizeof(struct results));
}

void results_free(struct results *results)
{
    if (results == NULL)
        return;
    for (size_t i = 0; i < results->count; i++)
        result_free(results->items[i]);
    mem_free(results->items);
    mem_free(results);
}

static void drop(struct results *results, size_t which)
{
    result_free(results->items[which]);
    results->count--;
    memmove(results->items + which, results->items + which + 1, (results->count - which) * sizeof *results->items);
    if (results->current > which)
        results->current--;
}

static uint64_t bytes_of(const struct result *result)
{
    return (result->rows != NULL ? store_bytes(result->rows) : 0) + result->text.length;
}

static bool is_needed(const struct result *result)
{
    return result->state == RESULT_RUNNING || result->uses > 0;
}

/* The oldest go until all keep the bounds; the one shown and those that are needed stay. */
static void forget_old(struct results *results)
{
    uint64_t bytes = 0;

    for (size_t i = 0; i < results->count; i++)
        bytes += bytes_of(results->items[i]);
    for (size_t i = 0; i < results->count && (results->count > RESULTS_MOST || bytes > BYTES_MOST);) {
        if (i == results->current || is_needed(results->items[i])) {
            i++;
            continue;
        }
        bytes -= bytes_of(results->items[i]);
        drop(results, i);
    }
}

struct result *results_add(struct results *results, const char *command)
{
    struct result *before = results_current(results), *result = result_new(++results->last_number, command);
    struct error   error = ERROR_INIT;

    if (before != NULL && before->rows != NULL && store_shrink(before->rows, MEMORY_PAST, &error) < 0)
        error_done(&error);                                    /* it keeps its memory, nothing is lost */
    VEC_PUSH(results->items, results->count, results->room, result);
    results->current = results->count - 1;
    forget_old(results);
    return result;
}

struct result *results_current(const struct results *results)
{
    return results->count > 0 ? results->items[results->current] : NULL;
}

struct result *results_step(struct results *results, int by)
{
    size_t most = results->count > 0 ? results->count - 1 : 0, far = by < 0 ? (size_t)-(long)by : (size_t)by;

    if (by < 0)
        results->current -= far < results->current ? far : results->current;
    else
        results->current += far < most - results->current ? far : most - results->current;
    return results_current(results);
}

struct result *results_go(struct results *results, uint64_t number)
{
    for (size_t i = 0; i < results->count; i++)
        if (results->items[i]->number == number) {
            results->current = i;
            return results->items[i];
        }
    return NULL;
}

const struct result *results_at(const struct results *results, size_t index)
{
    return results->items[index];
}

size_t results_count(const struct results *results)
{
    return results->count;
}

size_t results_index(const struct results *results)
{
    return results->current;
}

void results_drop_all(struct results *results)
{
    for (size_t i = results->count; i-- > 0;)
        if (!is_needed(results->items[i]))
            drop(results, i);
    if (results->current >= results->count)
        results->current = results->count > 0 ? results->count - 1 : 0;
}
