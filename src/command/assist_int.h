/* command/assist: where in a command the cursor stands. */
#ifndef COMMAND_ASSIST_INT_H
#define COMMAND_ASSIST_INT_H

#include "command_int.h"
#include "ytempire/command/assist.h"

struct place {
    const struct command *command;       /* NULL: a query, or a name that is not whole */
    const struct arg *arg;               /* whose word it is; its kind is 0 behind the last */
    const struct command_option *option; /* whose value it is, or NULL */
    size_t at, end;                      /* the word, quotes and all; of a rest, the rest */
    bool rest;
};

/* `text` is one command, `cursor` a place in it behind the command's name, which ends at `at`. */
struct place assist_place(const struct command *command, const char *text, size_t at, size_t cursor);
/* Where the word that begins at `at` ends; an open quote goes to the end. */
size_t assist_word_end(const char *text, size_t at);
/* The text with NULs, and what is no UTF-8, made '?'. */
char *assist_text(struct arena *arena, const char *line, size_t length);

struct offers {
    struct arena *arena;
    const struct assist_context *context;
    struct semantic_assist       query;        /* the same, for a query */
    const char *word; /* before the cursor, without its quote */
    size_t length;
    char quote;
    struct offered {
        struct candidate candidate;
        uint32_t score, index;
    } * items;
    size_t count, room;
};

void offer_text(struct offers *offers, const char *text, const char *kind, const char *description);
void offer_commands(struct offers *offers);
void offer_options(struct offers *offers, const struct command *command);
void offer_arg(struct offers *offers, const struct place *place, const char *text);
void offers_finish(struct offers *offers, struct candidates *to);

#endif
