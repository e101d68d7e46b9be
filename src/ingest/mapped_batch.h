/*
 * ingest/mapped_batch: up to some 50,000 rows of a mapped file in memory, as COPY takes them, each key once: of two
 * rows of one key the later stands (with the rule 'keep' the earlier), as it would if they came in two batches. With
 * 'fill' both stand, and are merged when those that are refused are out (map_merge).
 */
#ifndef INGEST_MAPPED_BATCH_H
#define INGEST_MAPPED_BATCH_H

#include "mapping.h"
#include "ytempire/engine/pg.h"

struct mapped_row {
    uint64_t line;
    uint32_t at, length, key;          /* in `rows` */
    uint32_t raw, raw_length;          /* in `raws` */
    uint32_t next, last; /* entries + 1: which row of its key stands if this one is refused; the end of those */
    bool gone, again; /* another of its key stands, or it is refused; stands since the others were copied */
    bool     refused, twin;            /* with 'fill': another of its key came before */
};

struct mapped_letter {
    uint64_t    line;
    const char *column, *reason;
    struct csv_place place;
    uint32_t    raw, raw_length;       /* in `letter_raws`: mended */
};

/* Zeroed memory is one to begin; the room is kept from one batch to the next. */
struct mapped_batch {
    int64_t               read;        /* records, refused ones too */
    struct str            rows, raws, letter_raws, scratch;
    struct mapped_row    *entries;
    struct mapped_letter *letters;
    size_t                entry_count, entry_room, again_count, letter_count, letter_room, stranger_count;
    uint32_t             *slots;       /* by key: number of the entry + 1 */
    size_t                slot_mask;
    bool                  doubled;     /* rows of one key stand beside each other */
    struct sha256         sha;         /* of the records' bytes */
};

void mapped_batch_begin(struct mapped_batch *batch, const char *salt);         /* of another mapping: another digest */
void mapped_batch_done(struct mapped_batch *batch);
bool mapped_batch_is_full(const struct mapped_batch *batch, size_t most_rows);
/* A record: its row, or a letter. False: refused. */
bool mapped_batch_add(struct mapped_batch *batch, const struct mapping *mapping, const struct mapping_layout *layout,
                      const struct csv_record *record, struct mapping_refusal *ret_refusal);
/* A row that is there is refused after all, and another one of its key stands, if there is one; `column` and `reason`
 * are borrowed. False: no such line. */
bool mapped_batch_refuse(struct mapped_batch *batch, uint64_t line, const char *column, const char *reason);
/* Why a row is refused, with the place of what is wrong: "JSON: a value is expected (line 2, column 9)". */
void mapped_reason_add(struct str *to, const char *reason, struct csv_place place);
void mapped_batch_drop_rows(struct mapped_batch *batch);                       /* and keeps the letters */
/* The rows that stand. */
int mapped_batch_copy(struct mapped_batch *batch, struct pg *pg, const char *statement, struct error *error) NODISCARD;
/* Those that stand since then, as what stood in their place was refused. 1: there were some. */
int mapped_batch_copy_again(struct mapped_batch *batch, struct pg *pg, const char *statement,
                            struct error *error) NODISCARD;
int  mapped_batch_copy_letters(const struct mapped_batch *batch, struct pg *pg, struct error *error) NODISCARD;

#endif
