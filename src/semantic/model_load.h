/*
 * A model while it is being loaded. Private to model_*.c.
 *
 * First every file is read and every cube and member declared (model_declare.c); then members are read, each one when it
 * is first needed, so that `{other}` works in any order (model_dimension.c, model_measure.c, model_join.c); then what is
 * broken is left out together with what rests on it (model_settle.c).
 *
 * An error keeps all cubes of its file out. Some things only refuse the member they stand in: what another file is to
 * blame for, what a later version will know, and keys nobody knows (they could be a misspelt filter).
 */
#ifndef SEMANTIC_MODEL_LOAD_H
#define SEMANTIC_MODEL_LOAD_H

#include "src/semantic/fragment.h"
#include "src/semantic/model.h"
#include "ytempire/base/tree.h"

#define MODEL_FILE_MAX (16u << 20)
#define MODEL_TREE_DEPTH 32
#define MODEL_REFERENCE_DEPTH 16       /* members that rest on members that rest on … */
#define MODEL_WRITTEN_MAX 32768        /* bytes of one member's SQL with all its references written out */

struct source {
    const char *name, *text;
    size_t      length;
    struct tree tree;
    bool        broken;
    size_t      counted, lines;        /* line breaks before the byte `counted` */
};

enum draft_kind { DRAFT_MEASURE, DRAFT_DIMENSION, DRAFT_SEGMENT, DRAFT_ENTITY, DRAFT_JOIN, DRAFT_ROLLUP };
enum draft_state { DRAFT_NEW, DRAFT_BUSY, DRAFT_DONE, DRAFT_REFUSED };

struct draft {
    enum draft_kind         kind;
    enum draft_state        state;
    const char             *name;
    struct draft_cube      *home;
    const struct tree_node *node;
    size_t                  weight;    /* bytes of its SQL written out, about */
    union {
        struct measure   *measure;
        struct dimension *dimension;
        struct segment   *segment;
        struct entity    *entity;
        struct join      *join;
        struct rollup    *rollup;
    };
};

struct draft_cube {
    struct source          *source;
    const struct tree_node *node;
    struct cube            *cube;
    struct draft          **drafts;
    size_t                  draft_count, draft_room;
    struct map             *members, *joins, *entities, *rollups;   /* name → draft; measures, dimensions and segments share one */
    struct map             *memo;      /* SQL → its answer */
    const char             *time_name;
    bool                    refused;
};

struct load {
    struct arena       *arena;
    struct model       *model;
    struct source      *sources;
    size_t              source_count;
    struct draft_cube **cubes;
    size_t              cube_count, cube_room;
    struct map         *cube_names;    /* name → draft_cube */
    const char         *default_cube;
    struct source      *default_source;
    const struct tree_node *default_node;
    size_t              depth;
};

/* -- findings and places (model_read.c) --------------------------------------------------------------------------------- */

/* With a hint ("" or NULL: none) after the message. */
void load_find(struct load *load, enum finding_severity severity, const struct source *source, size_t at, const char *hint,
               const char *format, ...) PRINTF_LIKE(6, 7);
/* An error: the file's cubes stay out. */
void load_break(struct load *load, struct source *source, size_t at, const char *hint, const char *format, ...) PRINTF_LIKE(5, 6);
/* An error that refuses this member only. */
void load_refuse(struct load *load, struct draft *draft, const struct tree_node *node, const char *hint, const char *format, ...)
    PRINTF_LIKE(5, 6);
size_t place_of(const struct source *source, const struct tree_node *node);

/* -- values of keys (model_read.c) -------------------------------------------------------------------------------------- */

enum key_effect { KEY_READ, KEY_IDLE, KEY_LATER };
struct key_rule { const char *name; enum key_effect effect; };

/* Whether every key is in the rules (ended by a NULL name); what is not is found and refuses the draft (NULL: the cube). */
bool load_check_keys(struct load *load, struct draft_cube *home, struct draft *draft, const struct tree_node *object,
                     const struct key_rule *rules, const char *what);
/* A member by its snake_case name, written so or in camelCase. */
const struct tree_node *load_get(const struct tree_node *object, const char *key);
/* NULL when it is not there; not a text: the file is broken. */
const char *load_text(struct load *load, struct draft_cube *home, const struct tree_node *object, const char *key);
bool        load_flag(struct load *load, struct draft_cube *home, const struct tree_node *object, const char *key, bool otherwise);
/* Index of the text among `words` (NULL at the end), in either spelling; -1 and an error when it is none. */
int load_word(struct load *load, struct draft_cube *home, const struct tree_node *node, const char *const *words, const char *what);
bool load_is_name(const char *text, size_t length);
/* "analytics.dim_video" → its two names; false and an error otherwise. */
bool load_table(struct load *load, struct draft_cube *home, const struct tree_node *node, const char **ret_schema, const char **ret_table);
/* "did you mean 'x'?", or "" */
const char *load_nearest(struct load *load, const char *word, const char *const *words);
const char *load_nearest_key(struct load *load, const char *word, const struct map *map);

/* -- fragments (model_sql.c) -------------------------------------------------------------------------------------------- */

/* Reads the SQL in `node` for `draft` (NULL: of the cube). false: the draft is refused or the file broken. */
bool load_sql(struct load *load, struct draft_cube *home, struct draft *draft, const struct tree_node *node,
              enum fragment_use use, struct fragment_answer *ret_answer);
/* SQL of one row. A key that is not there leaves the fragment empty and is well. */
bool load_row_sql(struct load *load, struct draft_cube *home, struct draft *draft, const char *key, struct fragment *ret_fragment);
/* Makes sure a draft is read. false: it is refused, or rests on itself. */
bool draft_ready(struct load *load, struct draft *draft);
bool draft_weigh(struct load *load, struct draft *draft, const struct fragment *fragment);

/* -- the kinds ---------------------------------------------------------------------------------------------------------- */

void load_declare(struct load *load, struct source *source);
void draft_common(struct load *load, struct draft *draft, const char **ret_title, const char **ret_description);
void draft_format(struct load *load, struct draft *draft, enum data_format otherwise, enum data_format *ret_format,
                  int *ret_decimals, const char **ret_currency);
/* "Costs.total_cost": a measure of another cube; NULL when there is none. */
struct draft *load_measure_of_other(const struct load *load, const char *name, size_t length);
/* A reference to a member of the same cube by plain name (`CUBE.` and the cube's own name may stand in front), or to a
 * measure of another cube by both names. */
struct draft *draft_find(struct load *load, struct draft_cube *home, const struct tree_node *node, enum draft_kind kind);
void draft_read_dimension(struct load *load, struct draft *draft);
void draft_read_segment(struct load *load, struct draft *draft);
void draft_read_measure(struct load *load, struct draft *draft);
void draft_read_join(struct load *load, struct draft *draft);
void draft_read_entity(struct load *load, struct draft *draft);
void draft_read_rollup(struct load *load, struct draft *draft);
/* Refuses what reads one row out of many, through a one_to_many join (model_fanout.c). */
void load_refuse_fanout(struct load *load);
/* Leaves out what is broken and what rests on it, and fills the model's arrays. */
void load_settle(struct load *load);

#endif
