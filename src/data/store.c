/*
 * Rows in blocks, in memory or in a file without a name.
 *
 * A block: rows one after the other, then the place of each (uint32_t). A row: for each cell its length + 1 as a varint
 * (0: NULL) and its bytes. Invariant: sealed blocks are never changed and stand in `blocks` in order of their rows; the
 * open block holds the rows after them, its places still apart.
 */
#include "ytempire/data/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ytempire/base/mem.h"

#define BLOCK_BYTES ((size_t)64 * 1024)
#define ROW_LIMIT ((size_t)2 * 1024 * 1024 * 1024)
#define CACHE_BLOCKS 8

struct block {
    char    *bytes;                /* NULL: in the file */
    uint64_t offset;               /* in the file */
    size_t   first_row;
    uint32_t rows, places;         /* places: where the array of places begins */
};

struct cached {
    char    *bytes;
    size_t   room, block;          /* block: SIZE_MAX when empty */
    uint64_t used;
};

struct store {
    size_t        columns, memory;
    struct block *blocks;
    size_t        count, room, in_memory;      /* in_memory: bytes of sealed blocks that stay */
    size_t        first_in_memory;             /* blocks before it are known to be in the file */
    char         *open;
    size_t        open_length, open_room;
    uint32_t     *places;
    size_t        open_rows, places_room, first_open_row;
    int           file;                        /* -1: none yet */
    uint64_t      file_length, bytes;
    struct cached cache[CACHE_BLOCKS];
    size_t        last_block;                  /* where the last row was found */
    uint64_t      clock;
};

struct store *store_new(size_t columns, size_t memory)
{
    struct store *store = mem_alloc(sizeof *store);

    store->columns = columns;
    store->memory = memory;
    store->file = -1;
    for (size_t i = 0; i < CACHE_BLOCKS; i++)
        store->cache[i].block = SIZE_MAX;
    return store;
}

void store_free(struct store *store)
{
    if (store == NULL)
        return;
    for (size_t i = 0; i < store->count; i++)
        mem_free(store->blocks[i].bytes);
    for (size_t i = 0; i < CACHE_BLOCKS; i++)
        mem_free(store->cache[i].bytes);
    if (store->file >= 0)
        (void)close(store->file);
    mem_free(store->blocks);
    mem_free(store->open);
    mem_free(store->places);
    mem_free(store);
}

void store_freep(struct store **store)
{
    store_free(*store);
}

size_t store_rows(const struct store *store)
{
    return store->first_open_row + store->open_rows;
}

uint64_t store_bytes(const struct store *store)
{
    return store->bytes;
}

size_t store_memory(const struct store *store)
{
    size_t bytes = sizeof *store + store->room * sizeof *store->blocks + store->in_memory + store->open_room +
                   store->places_room * sizeof *store->places;

    for (size_t i = 0; i < CACHE_BLOCKS; i++)
        bytes += store->cache[i].room;
    return bytes;
}

/* -- the file ------------------------------------------------------------------------------------------------------ */

static const char *file_folder(void)
{
    const char *folder = getenv("TMPDIR");

    return folder != NULL && folder[0] != '\0' ? folder : "/var/tmp";
}

/* For file systems that know no files without a name: it has one for a moment. */
static int open_named(const char *folder)
{
    char *path = mem_printf("%s/ytempire-XXXXXX", folder);
    int   file = mkostemp(path, O_CLOEXEC);

    if (file >= 0)
        (void)unlink(path);
    mem_free(path);
    return file;
}

static int open_file(struct store *store, struct error *error)
{
    const char *folder = file_folder();

    if (store->file >= 0)
        return 0;
#ifdef O_TMPFILE
    store->file = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
#endif
    if (store->file < 0)
        store->file = open_named(folder);
    if (store->file >= 0)
        return 0;
    error_set(error, ERR_IO, "no file for the rows in %s: %s", folder, strerror(errno));
    error_hint(error, "set TMPDIR to a folder that can be written");
    return ERR_IO;
}

static int write_failed(int number, struct error *error)
{
    error_set(error, ERR_IO, "%s in %s for more rows: %s",
              number == ENOSPC || number == EDQUOT || number == EFBIG ? "no room" : "writing failed", file_folder(),
              strerror(number));
    error_hint(error, "set TMPDIR to a folder with more room, or ask for fewer rows");
    return ERR_IO;
}

/* A block goes to the end of the file; a piece of one that did not fit is written over the next time. */
static int write_block(struct store *store, const char *bytes, size_t length, struct error *error)
{
    size_t done = 0;
    int    r = open_file(store, error);

    while (r >= 0 && done < length) {
        ssize_t n = pwrite(store->file, bytes + done, length - done, (off_t)(store->file_length + done));

        if (n > 0)
            done += (size_t)n;
        else if (n == 0 || errno != EINTR)
            return write_failed(n == 0 ? ENOSPC : errno, error);
    }
    if (r >= 0)
        store->file_length += length;
    return r;
}

static int read_block(const struct store *store, const struct block *block, char *bytes, size_t length,
                      struct error *error)
{
    size_t done = 0;

    while (done < length) {
        ssize_t n = pread(store->file, bytes + done, length - done, (off_t)(block->offset + done));

        if (n > 0)
            done += (size_t)n;
        else if (n == 0 || errno != EINTR)
            return error_set(error, ERR_IO, "reading rows back from %s failed: %s", file_folder(),
                             n == 0 ? "the file is shorter than it was" : strerror(errno));
    }
    return 0;
}

/* -- adding -------------------------------------------------------------------------------------------------------- */

/* Room that doubles; the old memory stays when there is no more. */
static int grow(void *memory_pointer, size_t *room, size_t need, size_t size, struct error *error)
{
    void **memory = memory_pointer, *more;
    size_t new_room = *room > 0 ? *room : need;

    while (new_room < need)
        new_room *= 2;
    if (new_room == *room)
        return 0;
    more = mem_try_realloc(*memory, new_room * size);
    if (more == NULL)
        return error_set(error, ERR_MEMORY, "out of memory for more rows");
    *memory = more;
    *room = new_room;
    return 0;
}

static size_t block_bytes(const struct block *block)
{
    return block->places + block->rows * sizeof(uint32_t);
}

/* The open block becomes a sealed one. When that fails nothing has changed. */
static int seal(struct store *store, struct error *error)
{
    struct block block = {.first_row = store->first_open_row, .rows = (uint32_t)store->open_rows};
    size_t       places = store->open_rows * sizeof(uint32_t), aligned = (store->open_length + 3) & ~(size_t)3;
    size_t       length = aligned + places;
    int          r = grow(&store->open, &store->open_room, length, 1, error);

    if (r >= 0)
        r = grow(&store->blocks, &store->room, store->count + 1, sizeof *store->blocks, error);
    if (r < 0)
        return r;
    memset(store->open + store->open_length, 0, aligned - store->open_length);
    memcpy(store->open + aligned, store->places, places);
    block.places = (uint32_t)aligned;
    if (store->in_memory + length > store->memory) {
        block.offset = store->file_length;
        if ((r = write_block(store, store->open, length, error)) < 0)
            return r;
    } else {
        block.bytes = mem_try_alloc(length);
        if (block.bytes == NULL)
            return error_set(error, ERR_MEMORY, "out of memory for more rows");
        memcpy(block.bytes, store->open, length);
        store->in_memory += length;
    }
    store->blocks[store->count++] = block;
    store->first_open_row += store->open_rows;
    store->open_rows = store->open_length = 0;
    return 0;
}

/* A length + 1 that needs no more bytes than these. */
#define VARINT_BYTES 5

static char *put_varint(char *at, size_t value)
{
    for (; value >= 0x80; value >>= 7)
        *at++ = (char)(value | 0x80);
    *at++ = (char)value;
    return at;
}

static const char *get_varint(const char *at, size_t *ret_value)
{
    size_t   value = 0;
    unsigned shift = 0;

    for (; (unsigned char)*at >= 0x80; shift += 7)
        value |= (size_t)(*at++ & 0x7f) << shift;
    *ret_value = value | (size_t)*at << shift;
    return at + 1;
}

static void put_row(struct store *store, const struct data_cell *cells)
{
    char *at = store->open + store->open_length;

    for (size_t i = 0; i < store->columns; i++) {
        at = put_varint(at, cells[i].text != NULL ? cells[i].length + 1 : 0);
        if (cells[i].text != NULL && cells[i].length > 0) {
            memcpy(at, cells[i].text, cells[i].length);
            at += cells[i].length;
        }
    }
    store->places[store->open_rows++] = (uint32_t)store->open_length;
    store->open_length = (size_t)(at - store->open);
}

int store_add(struct store *store, const struct data_cell *cells, struct error *error)
{
    size_t need = 0;
    int    r = 0;

    for (size_t i = 0; i < store->columns; i++) {
        if (cells[i].text != NULL && cells[i].length >= ROW_LIMIT - need)
            return error_set(error, ERR_LIMIT, "a row of more than 2 GB");
        need += (cells[i].text != NULL ? cells[i].length : 0) + VARINT_BYTES;
    }
    if (store->open_rows > 0 && store->open_length + need > BLOCK_BYTES)
        r = seal(store, error);
    if (r >= 0 && store->open_length == 0 && store->open_room > 4 * BLOCK_BYTES) {
        mem_free(TAKE(store->open));                           /* of one very long row */
        store->open_room = 0;
    }
    if (r >= 0)
        r = grow(&store->open, &store->open_room, store->open_length + need, 1, error);
    if (r >= 0)
        r = grow(&store->places, &store->places_room, store->open_rows + 1, sizeof *store->places, error);
    if (r < 0)
        return r;
    put_row(store, cells);
    for (size_t i = 0; i < store->columns; i++)
        store->bytes += cells[i].text != NULL ? cells[i].length : 0;
    return 0;
}

int store_shrink(struct store *store, size_t memory, struct error *error)
{
    store->memory = memory;
    for (size_t i = store->first_in_memory; i < store->count && store->in_memory > memory; i++) {
        struct block *block = &store->blocks[i];
        int           r;

        store->first_in_memory = i;
        if (block->bytes == NULL)
            continue;
        block->offset = store->file_length;
        if ((r = write_block(store, block->bytes, block_bytes(block), error)) < 0)
            return r;
        store->in_memory -= block_bytes(block);
        mem_free(TAKE(block->bytes));
    }
    return 0;
}

/* -- reading ------------------------------------------------------------------------------------------------------- */

static bool has_row(const struct block *block, size_t row)
{
    return row >= block->first_row && row - block->first_row < block->rows;
}

static size_t find_block(struct store *store, size_t row)
{
    size_t low = 0, high = store->count - 1;

    if (has_row(&store->blocks[store->last_block], row))
        return store->last_block;
    while (low < high) {
        size_t middle = (low + high + 1) / 2;

        if (store->blocks[middle].first_row <= row)
            low = middle;
        else
            high = middle - 1;
    }
    store->last_block = low;
    return low;
}

static int make_room(struct cached *cached, size_t length, struct error *error)
{
    if (cached->room >= length && cached->room <= 4 * BLOCK_BYTES)
        return 0;
    mem_free(TAKE(cached->bytes));
    cached->room = 0;
    cached->bytes = mem_try_alloc(length);
    if (cached->bytes == NULL)
        return error_set(error, ERR_MEMORY, "out of memory to read rows back");
    cached->room = length;
    return 0;
}

static int load_block(struct store *store, size_t which, const char **ret_bytes, struct error *error)
{
    struct block  *block = &store->blocks[which];
    struct cached *oldest = &store->cache[0];
    size_t         length = block_bytes(block);
    int            r = 0;

    if (block->bytes != NULL) {
        *ret_bytes = block->bytes;
        return 0;
    }
    for (size_t i = 0; i < CACHE_BLOCKS; i++) {
        struct cached *cached = &store->cache[i];

        if (cached->block == which) {
            cached->used = ++store->clock;
            *ret_bytes = cached->bytes;
            return 0;
        }
        if (cached->used < oldest->used)
            oldest = cached;
    }
    oldest->block = SIZE_MAX;
    if ((r = make_room(oldest, length, error)) < 0 || (r = read_block(store, block, oldest->bytes, length, error)) < 0)
        return r;
    oldest->block = which;
    oldest->used = ++store->clock;
    *ret_bytes = oldest->bytes;
    return 0;
}

int store_row(struct store *store, size_t row, struct data_cell *ret_cells, struct error *error)
{
    const char *at = NULL;
    uint32_t    place;
    int         r;

    if (row >= store_rows(store))
        return error_set(error, ERR_UNKNOWN, "row %zu of %zu", row + 1, store_rows(store));
    if (row >= store->first_open_row) {
        at = store->open + store->places[row - store->first_open_row];
    } else {
        size_t              which = find_block(store, row);
        const struct block *block = &store->blocks[which];

        if ((r = load_block(store, which, &at, error)) < 0)
            return r;
        memcpy(&place, at + block->places + (row - block->first_row) * sizeof place, sizeof place);
        at += place;
    }
    for (size_t i = 0; i < store->columns; i++) {
        size_t length;

        at = get_varint(at, &length);
        ret_cells[i] = length > 0 ? (struct data_cell){at, length - 1} : CELL_NULL;
        at += length > 0 ? length - 1 : 0;
    }
    return 0;
}
