/*
 * result: what one command yielded, kept as long as the person may go back to it.
 *
 * A result is filled by the console's sink while the grid already shows it. The history keeps the newest fifty, and at
 * most a gigabyte of rows; the current one, those that still run and those in use are never dropped. The rows of the
 * current one have 8 MB of memory, those of the others 256 KB. results_add and results_drop_all free results with their
 * views.
 */
#ifndef YTEMPIRE_UI_RESULT_H
#define YTEMPIRE_UI_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/base/mem.h"
#include "ytempire/data.h"
#include "ytempire/data/store.h"

enum result_state { RESULT_RUNNING, RESULT_DONE, RESULT_FAILED, RESULT_CANCELLED };
enum result_kind { RESULT_TABLE, RESULT_TEXT };

struct result {
    uint64_t            number;          /* 1, 2, … of this session */
    enum result_kind    kind;
    enum result_state   state;
    char               *command;         /* as it was typed */
    struct arena       *arena;           /* columns, note */
    struct data_column *columns;         /* all texts copied; the zones are base/zone's own */
    size_t              column_count;
    struct store       *rows;
    struct str          text;            /* RESULT_TEXT */
    struct data_note    note;            /* copied when the result ended */
    bool                has_note;
    int64_t             began_us, ended_us;    /* monotonic; 0: not yet */
    int64_t             asked_at;        /* wall clock, for the age */
    struct error        error;
    unsigned            uses;            /* tasks that are at work on it: it is not dropped before they are done */
    void               *view;            /* what the screen remembers of it; ended with free_view */
    void              (*free_view)(void *view);
};

struct result *result_new(uint64_t number, const char *command);
void           result_free(struct result *result);
/* Makes `rows` too; a second call (a command of several results) begins anew. Returns 0. */
int            result_columns(struct result *result, const struct data_column *columns, size_t count);   /* copies */
void           result_note(struct result *result, const struct data_note *note);                        /* copies */

struct results;
struct results *results_new(void);
void            results_free(struct results *results);
struct result  *results_add(struct results *results, const char *command);     /* becomes the current one */
struct result  *results_current(const struct results *results);               /* NULL: none yet */
/* The one before or after; stays where it is at the ends. */
struct result  *results_step(struct results *results, int by);
struct result  *results_go(struct results *results, uint64_t number);          /* NULL: forgotten or never was */
const struct result *results_at(const struct results *results, size_t index);
size_t          results_count(const struct results *results);
size_t          results_index(const struct results *results);                 /* 0-based, of the current one */
void            results_drop_all(struct results *results);                    /* but those that run or are in use */

#endif
