/*
 * data/store: the rows of one result, however many, in bounded memory.
 *
 * Rows are kept in blocks of about 64 KB. What passes `memory` bytes goes to a file that has no name (O_TMPFILE in
 * $TMPDIR, else /var/tmp: /tmp is often memory itself), so that nothing is left behind however the program ends; only
 * an index entry a block stays. The first blocks are those that stay in memory. Reading a row brings its block into a
 * small cache. One read(2) or write(2) of a block a call: it does not block for longer than the page cache takes. Rows
 * are never changed.
 */
#ifndef YTEMPIRE_DATA_STORE_H
#define YTEMPIRE_DATA_STORE_H

#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/data.h"

struct store;

struct store *store_new(size_t columns, size_t memory);
void          store_free(struct store *store);                    /* NULL is a no-op */
void          store_freep(struct store **store);
/* Adds a row, copied. ERR_IO (the disk is full: the rows before stay readable), ERR_MEMORY, ERR_LIMIT (a row past 2
 * GB). After a failure the row is not there; adding it again is allowed. */
int           store_add(struct store *store, const struct data_cell *cells, struct error *error) NODISCARD;
size_t        store_rows(const struct store *store);
/* The cells of a row; they stay valid until the next call of store_row or store_add on this store. */
int           store_row(struct store *store, size_t row, struct data_cell *ret_cells, struct error *error) NODISCARD;
/* From now on at most `memory` bytes of blocks stay; what passes that is written out now, one write(2) a block. */
int           store_shrink(struct store *store, size_t memory, struct error *error) NODISCARD;
uint64_t      store_bytes(const struct store *store);             /* of all rows, in memory and on disk */
size_t        store_memory(const struct store *store);            /* what it holds in memory now */

#endif
