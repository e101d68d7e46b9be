/* Invariant: `entries[count - 1]` is the one that is open while `open`. APPNOTE.TXT 6.3 names the fields. */
#include "zip.h"

#define ZLIB_CONST
#include <zlib.h>

#define FLAGS 0x0808 /* sizes follow the data; names are UTF-8 */
#define NEEDED 20
#define DEFLATED 8
#define DAY_ONE 0x21 /* 1980-01-01: the same rows give the same bytes */
#define LARGEST UINT32_MAX
#define CHUNK 16384

struct entry {
    const char *name;
    uint64_t at, packed, size;
    uint32_t crc;
};

struct zip {
    struct output *output;
    struct arena *arena; /* names */
    uint64_t start;      /* where it begins in the output */
    z_stream stream;
    bool open, ready;
    struct entry *entries;
    size_t count, room;
};

struct zip *zip_new(struct output *output)
{
    struct zip *zip = mem_alloc(sizeof *zip);

    zip->output = output;
    zip->arena = arena_new();
    zip->start = output_written(output);
    zip->ready = deflateInit2(&zip->stream, Z_BEST_SPEED, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) == Z_OK;
    if (!zip->ready)
        output_fail(output, ERR_MEMORY, "no memory to compress with");
    return zip;
}

void zip_free(struct zip *zip)
{
    if (zip == NULL)
        return;
    if (zip->ready)
        (void)deflateEnd(&zip->stream);
    arena_free(zip->arena);
    mem_free(zip->entries);
    mem_free(zip);
}

static void put(struct zip *zip, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        output_put_char(zip->output, (char)(value >> (8 * i) & 0xff));
}

static void deflate_some(struct zip *zip, const char *bytes, size_t length, int flush)
{
    struct entry *entry = &zip->entries[zip->count - 1];
    bool more = true;

    zip->stream.next_in = (const Bytef *)bytes;
    zip->stream.avail_in = (uInt)length;
    while (more && zip->ready) {
        char *space = output_space(zip->output, CHUNK);
        int r;

        zip->stream.next_out = (Bytef *)space;
        zip->stream.avail_out = CHUNK;
        r = deflate(&zip->stream, flush);
        entry->packed += CHUNK - zip->stream.avail_out;
        zip->output->used += CHUNK - zip->stream.avail_out;
        more = flush == Z_FINISH ? r == Z_OK : zip->stream.avail_out == 0;
    }
}

static void end_entry(struct zip *zip)
{
    struct entry *entry;

    if (!zip->open)
        return;
    entry = &zip->entries[zip->count - 1];
    deflate_some(zip, "", 0, Z_FINISH);
    if (zip->ready)
        (void)deflateReset(&zip->stream);
    put(zip, 0x08074b50, 4);
    put(zip, entry->crc, 4);
    put(zip, entry->packed, 4);
    put(zip, entry->size, 4);
    zip->open = false;
    if (entry->size > LARGEST || entry->packed > LARGEST || output_written(zip->output) - zip->start > LARGEST)
        output_fail(zip->output, ERR_LIMIT, "the file would be larger than 4 GB");
}

void zip_entry(struct zip *zip, const char *name)
{
    struct entry entry = {.name = arena_strdup(zip->arena, name), .crc = (uint32_t)crc32(0, NULL, 0)};

    end_entry(zip);
    entry.at = output_written(zip->output) - zip->start;
    VEC_PUSH(zip->entries, zip->count, zip->room, entry);
    put(zip, 0x04034b50, 4);
    put(zip, NEEDED, 2);
    put(zip, FLAGS, 2);
    put(zip, DEFLATED, 2);
    put(zip, (uint64_t)DAY_ONE << 16, 4);
    put(zip, 0, 8);
    put(zip, 0, 4); /* checksum and sizes: they follow */
    put(zip, strlen(name), 2);
    put(zip, 0, 2);
    output_add_text(zip->output, name);
    zip->open = true;
}

void zip_add(struct zip *zip, const char *bytes, size_t length)
{
    struct entry *entry = &zip->entries[zip->count - 1];

    entry->crc = (uint32_t)crc32(entry->crc, (const Bytef *)bytes, (uInt)length);
    entry->size += length;
    deflate_some(zip, bytes, length, Z_NO_FLUSH);
}

static void put_listed(struct zip *zip, const struct entry *entry)
{
    put(zip, 0x02014b50, 4);
    put(zip, NEEDED, 2);
    put(zip, NEEDED, 2);
    put(zip, FLAGS, 2);
    put(zip, DEFLATED, 2);
    put(zip, (uint64_t)DAY_ONE << 16, 4);
    put(zip, entry->crc, 4);
    put(zip, entry->packed, 4);
    put(zip, entry->size, 4);
    put(zip, strlen(entry->name), 2);
    put(zip, 0, 8); /* no extra, no comment, disk 0, internal attributes */
    put(zip, 0, 4);
    put(zip, entry->at, 4);
    output_add_text(zip->output, entry->name);
}

void zip_end(struct zip *zip)
{
    uint64_t at, size;

    end_entry(zip);
    at = output_written(zip->output) - zip->start;
    for (size_t i = 0; i < zip->count; i++)
        put_listed(zip, &zip->entries[i]);
    size = output_written(zip->output) - zip->start - at;
    put(zip, 0x06054b50, 4);
    put(zip, 0, 4);
    put(zip, zip->count, 2);
    put(zip, zip->count, 2);
    put(zip, size, 4);
    put(zip, at, 4);
    put(zip, 0, 2);
}
