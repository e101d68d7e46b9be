/* Shared by the files of this room. */
#ifndef BATCH_INT_H
#define BATCH_INT_H

#include <stdbool.h>
#include <stdint.h>

#include "ytempire/app.h"
#include "ytempire/command.h"
#include "ytempire/data/condition.h"
#include "ytempire/output.h"

/* -- progress.c ---------------------------------------------------------------------------------------------------- */

/* Invariant: `drawn` says that the line on the terminal is ours, and must go before anything else is written there. */
struct progress {
    bool     on;             /* standard error is a terminal, and nobody asked for quiet */
    bool     drawn;
    bool     ascii;
    char    *what;           /* of the work under way, or NULL */
    int64_t  began, next;    /* monotonic */
};

void progress_show(struct progress *progress, const struct data_progress *now);
void progress_hide(struct progress *progress);
void progress_done(struct progress *progress);

/* -- style.c ------------------------------------------------------------------------------------------------------- */

const struct format *style_format(const struct conf *conf);
struct style         style_read(const struct conf *conf, bool to_terminal);
/* Whether standard error may have colours. */
bool                 style_colors_words(const struct conf *conf);
bool                 style_locale_is_utf8(void);

/* -- sink.c -------------------------------------------------------------------------------------------------------- */

struct batch_sink {
    struct sink          sink;
    struct app          *app;
    struct output       *output;
    struct writer       *writer;       /* made anew when a setting changes how to write */
    const struct format *format;
    struct style         style;
    bool                 to_terminal;
    struct progress      progress;
    struct condition    *condition;    /* of --expect, or NULL */
    /* of the command under way */
    uint64_t             rows;
    bool                 open;         /* between begin and end */
    struct str           stats;        /* JSON members of the note: cache, source, rollup, key, limited */
};

void batch_sink_init(struct batch_sink *sink, struct app *app, struct output *output, bool to_terminal);
void batch_sink_done(struct batch_sink *sink);
/* Before and after a command; `r` is what it returned, `error` is not NULL. The end flushes what was written and prints
 * --stats. */
void batch_sink_begin_command(struct batch_sink *sink);
int  batch_sink_end_command(struct batch_sink *sink, int r, int64_t elapsed_us, struct error *error);

/* -- batch.c ------------------------------------------------------------------------------------------------------- */

struct batch {
    struct app       *app;
    struct batch_sink sink;
    struct task      *task;          /* the one that runs commands; NULL before and after */
    int               interrupts;    /* signals since the command began */
    int               exit_code;     /* so far */
    int               first_failure;
    bool              succeeded;     /* at least one command */
    bool              partial;
    bool              typed;         /* by a person at the prompt: a failure ends nothing */
    bool              over;          /* nothing further is run */
};

/* Runs one command, reports what went wrong, and notes what that means for the exit code. `where`: "file:line" or NULL.
 */
void batch_command(struct batch *batch, const char *command, const char *file, size_t line);
/* Commands from a terminal, until it ends. */
int  batch_prompt(struct batch *batch, struct error *error);

/* Whether the terminal says that it shows sixel; waits for its answer, in a task. */
bool pictures_are_shown(void);

#endif
