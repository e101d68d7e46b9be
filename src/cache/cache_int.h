/* Shared by the files of this room. */
#ifndef CACHE_INT_H
#define CACHE_INT_H

#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"
#include "ytempire/cache.h"
#include "ytempire/engine/redis_client.h"

#define ANSWER_US (500 * INT64_C(1000))        /* for an answer of Redis; PostgreSQL is asked after that */
#define PASS_US (60 * US_PER_SECOND)           /* for what walks over all keys */
#define REPLY_MOST ((size_t)64 << 20)
#define OPEN_END INT64_C(9000000000000000)     /* Lua counts in doubles */

/* -- python.c: what json.dumps writes ------------------------------------------------------------------------------ */

void python_string(struct str *to, const char *text, size_t length);   /* quoted, ASCII alone */
void python_cell(struct str *to, const struct data_column *column, struct data_cell cell);

/* -- rows.c: the cells of an answer as bytes ----------------------------------------------------------------------- */

void rows_add_cell(struct str *to, struct data_cell cell);
/* "p" and the bytes, or "z", their length and zstd's frame. */
void rows_pack(const struct str *raw, struct str *to);
/* ERR_SYNTAX: these are no packed rows, or more than `most` bytes. */
int  rows_unpack(const char *bytes, size_t length, size_t most, struct str *to) NODISCARD;
/* The next cell; ERR_SYNTAX at the end. */
int  rows_next_cell(const struct str *raw, size_t *at, struct data_cell *ret_cell) NODISCARD;

/* -- answer.c ------------------------------------------------------------------------------------------------------ */

struct cache_rows {
    int                 refs;
    struct arena       *arena;         /* columns and note */
    struct data_column *columns;
    size_t              column_count, count;
    size_t              head;          /* bytes that columns and note were read from */
    struct data_note    note;
    const char         *layout;
    struct str          raw;           /* cells, row by row */
};
struct cache_rows *rows_new(void);
size_t rows_bytes(const struct cache_rows *rows);
/* From what was kept; ERR_SYNTAX for garbage. */
int rows_read(const char *head, size_t head_length, const char *packed, size_t packed_length,
              struct cache_rows **ret_rows) NODISCARD;

struct cache_record {
    struct sink_before  before;
    struct arena       *arena;
    struct data_column *columns;
    size_t              column_count, count, most;
    size_t              row_text, text;        /* as JSON: of a row what is not its cells; of all, about */
    struct data_note    note;
    const char         *layout, *cache, *key;
    struct str          raw;
    bool                ended, large;
};
/* Its rows as json.dumps(rows, default=str) has them. */
void record_json(const struct cache_record *record, struct str *to);
/* The head, as JSON. */
char *head_text(const struct cache_record *record, const char *class_name);

/* -- foreign.c: values of other programs --------------------------------------------------------------------------- */

/* A list of objects as rows: with exactly these columns, or (NULL) those of the first row. ERR_SYNTAX: it is no such.
 */
int foreign_rows(const char *json, size_t length, const struct data_column *columns, size_t count,
                 struct cache_rows **ret_rows) NODISCARD;

/* -- recent.c: what this process was answered last ----------------------------------------------------------------- */

struct recent;
struct recent *recent_new(size_t most);
void recent_free(struct recent *recent);
/* The id the server knows it by, or NULL; borrowed until the next call. */
const char *recent_id(struct recent *recent, const char *key);
struct cache_rows *recent_get(struct recent *recent, const char *key);    /* borrowed; NULL */
void recent_put(struct recent *recent, const char *key, const char *id, struct cache_rows *rows);
void recent_drop(struct recent *recent, const char *key);

/* -- cache.c ------------------------------------------------------------------------------------------------------- */

struct cache {
    struct loop         *loop;
    struct redis_client *client;
    struct recent       *recent;
    char                 nonce[33];    /* of this process */
    unsigned             count;        /* of what was named by it */
};

/* A text that nobody else has, of this process; in the arena-less buffer. */
#define NAME_SIZE 48
void cache_name(struct cache *cache, char ret_name[static NAME_SIZE]);
/* Runs a script; the words after it are put by the caller into `pipe`, which has begun with it. ERR_SERVER when it is
 * refused. */
struct redis_pipe *script_begin(const char *script);
int  script_run(struct cache *cache, struct redis_pipe *pipe, int64_t timeout_us, struct redis_reply **ret_reply,
                struct error *error) NODISCARD;
int  refuse_reply(const struct cache *cache, const struct redis_reply *reply, struct error *error);
/* "ytempire:reads:<database>:<relation>" and "ytempire:mark:…"; caller frees. */
char *reads_list(const char *database, const char *relation, bool added);
/* Of such a list: "FROM TO NAME", with a mark of what NAME is. */
char *reads_member(int64_t from, int64_t to, const char *mark, const char *name);
char *reads_mark(const char *database, const char *relation, bool added);
/* Of all answers: another one after keys were dropped by hand. */
#define HAND_MARK "ytempire:mark:hand"
const char *key_name(const char *key);         /* what stands behind "analytics:" */

/* -- show.c -------------------------------------------------------------------------------------------------------- */

struct names {
    char  **names;
    size_t  count, room;
};
void names_done(struct names *names);
/* Keys that match, sorted, each once; 1: there are more than `most`, and not all were looked for. */
int  names_scan(struct cache *cache, const char *match, size_t most, struct names *names,
                struct error *error) NODISCARD;
/* Of up to a thousand keys what script_describe has of each. */
int  keys_describe(struct cache *cache, char *const *keys, size_t count, struct redis_reply **ret_reply,
                   struct error *error) NODISCARD;
/* Of such a reply: past its time, or a load has touched what it was read from; NULL: nobody knows how long it is
 * fresh. */
const char *stale_text(const struct redis_reply *about);
/* Milliseconds as seconds with three digits; NULL below 0. */
const char *seconds_text(struct arena *arena, long long ms);
/* Milliseconds since 1970 as the cell of a timestamptz; NULL below 0. */
const char *moment_text(struct arena *arena, long long ms);
/* Per cent of what was asked, with two digits; NULL when nothing was. */
const char *rate_text(struct arena *arena, long long hits, long long misses);

extern const char script_ask[], script_marks[], script_store[], script_adopt[], script_give_up[], script_renew[], script_touch[], script_mark[], script_hand[],
    script_describe[], script_warm_begin[], script_warm[], script_warmed[], script_warm_failed[],
    script_look[];

/* cache.c: the rows that came, or (`packed` NULL) those that are known here by that id; NULL: there are none, or they are
 * garbage. Caller unrefs. */
struct redis_reply;
struct cache_rows *rows_known(struct cache *cache, const char *key, const char *id, const struct redis_reply *head,
                              const struct redis_reply *packed);

#endif
