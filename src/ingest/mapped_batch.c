/* Invariant: entries are in the order of their lines; each key that stands has one slot, with 'fill' its first row. */
#include "mapped_batch.h"

#include <inttypes.h>
#include <string.h>

#include "copy.h"
#include "ytempire/base/mem.h"

#define MOST_BYTES ((size_t)4 << 20)   /* of rows, or of the text they came from */
#define RAW_MOST ((size_t)64 * 1024)
#define PIECE ((size_t)64 * 1024)

/* -- keys ---------------------------------------------------------------------------------------------------------- */

static uint64_t hash_bytes(const char *bytes, size_t length)
{
    uint64_t hash = length;

    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t eight;

        memcpy(&eight, bytes, 8);
        hash = (hash ^ eight) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 32;
    }
    for (; length > 0; bytes++, length--)
        hash = (hash ^ (unsigned char)*bytes) * UINT64_C(0x100000001B3);
    return hash ^ hash >> 29;
}

static const char *key_of(const struct mapped_batch *batch, const struct mapped_row *row)
{
    return batch->rows.data + row->at + 2;
}

static bool same_key(const struct mapped_batch *batch, const struct mapped_row *a, const struct mapped_row *b)
{
    return a->key == b->key && memcmp(key_of(batch, a), key_of(batch, b), a->key) == 0;
}

static void grow_slots(struct mapped_batch *batch)
{
    size_t room = batch->slots != NULL ? (batch->slot_mask + 1) * 2 : 4096;

    mem_free(batch->slots);
    batch->slots = mem_alloc(room * sizeof *batch->slots);
    batch->slot_mask = room - 1;
    for (size_t i = 0; i < batch->entry_count; i++) {
        const struct mapped_row *row = &batch->entries[i];
        size_t at = !row->gone ? hash_bytes(key_of(batch, row), row->key) & batch->slot_mask : 0;

        if (row->gone || row->twin)
            continue;
        while (batch->slots[at] != 0)
            at = (at + 1) & batch->slot_mask;
        batch->slots[at] = (uint32_t)i + 1;
    }
}

/* Of two rows of one key, entries + 1, the first stands and the second if the first is refused. */
static void put_before(struct mapped_batch *batch, uint32_t stands, uint32_t other)
{
    struct mapped_row *row = &batch->entries[stands - 1];

    row->next = other;
    batch->entries[other - 1].gone = true;
}

static void put_last(struct mapped_batch *batch, uint32_t stands, uint32_t other)
{
    struct mapped_row *row = &batch->entries[stands - 1];

    batch->entries[(row->last > 0 ? row->last : stands) - 1].next = other;
    row->last = other;
    batch->entries[other - 1].gone = true;
}

/* Puts the last entry into the index, or takes one of the two away, unless both stand. */
static void settle_key(struct mapped_batch *batch, const char *rule)
{
    uint32_t           number = (uint32_t)batch->entry_count;
    struct mapped_row *row = &batch->entries[number - 1];
    size_t             at = hash_bytes(key_of(batch, row), row->key) & batch->slot_mask;

    for (uint32_t slot; (slot = batch->slots[at]) != 0; at = (at + 1) & batch->slot_mask) {
        if (!same_key(batch, &batch->entries[slot - 1], row))
            continue;
        if (text_equal(rule, "fill")) {
            batch->doubled = row->twin = true;
            return;
        }
        while (slot != 0 && batch->entries[slot - 1].refused)
            slot = batch->entries[slot - 1].next;
        if (slot != 0 && text_equal(rule, "keep")) {
            put_last(batch, slot, number);
            return;
        }
        if (slot != 0)
            put_before(batch, number, slot);
        break;
    }
    batch->slots[at] = number;
}

/* -- rows ---------------------------------------------------------------------------------------------------------- */

void mapped_batch_drop_rows(struct mapped_batch *batch)
{
    batch->entry_count = batch->again_count = 0;
    batch->doubled = false;
    str_clear(&batch->rows);
    str_clear(&batch->raws);
    if (batch->slots != NULL)
        memset(batch->slots, 0, (batch->slot_mask + 1) * sizeof *batch->slots);
}

void mapped_batch_begin(struct mapped_batch *batch, const char *salt)
{
    mapped_batch_drop_rows(batch);
    batch->letter_count = batch->stranger_count = 0;
    batch->read = 0;
    str_clear(&batch->letter_raws);
    str_reserve(&batch->rows, MOST_BYTES + MOST_BYTES / 8);        /* pages that are not used take no memory */
    str_reserve(&batch->raws, MOST_BYTES + MOST_BYTES / 8);
    sha256_begin(&batch->sha);
    sha256_add(&batch->sha, salt, strlen(salt));
}

void mapped_batch_done(struct mapped_batch *batch)
{
    str_done(&batch->rows);
    str_done(&batch->raws);
    str_done(&batch->letter_raws);
    str_done(&batch->scratch);
    mem_free(batch->entries);
    mem_free(batch->letters);
    mem_free(batch->slots);
    *batch = (struct mapped_batch){0};
}

bool mapped_batch_is_full(const struct mapped_batch *batch, size_t most_rows)
{
    return batch->read >= (int64_t)most_rows || batch->rows.length >= MOST_BYTES || batch->raws.length >= MOST_BYTES ||
           batch->letter_raws.length >= MOST_BYTES;
}

static void add_letter(struct mapped_batch *batch, uint64_t line, const struct mapping_refusal *refusal,
                       const char *raw, size_t raw_length)
{
    struct mapped_letter letter = {.line = line,
                                   .column = refusal->column,
                                   .reason = refusal->reason,
                                   .place = refusal->place,
                                   .raw = (uint32_t)batch->letter_raws.length};

    csv_mend(&batch->letter_raws, raw, raw_length < RAW_MOST ? raw_length : RAW_MOST);
    letter.raw_length = (uint32_t)batch->letter_raws.length - letter.raw;
    VEC_PUSH(batch->letters, batch->letter_count, batch->letter_room, letter);
}

bool mapped_batch_add(struct mapped_batch *batch, const struct mapping *mapping, const struct mapping_layout *layout,
                      const struct csv_record *record, struct mapping_refusal *ret_refusal)
{
    struct mapped_row row = {.line = record->line, .at = (uint32_t)batch->rows.length};
    size_t            key = 0;

    batch->read++;
    sha256_add(&batch->sha, record->raw, record->raw_length);
    sha256_add(&batch->sha, "\n", 1);
    if (!mapping_row(mapping, layout, record, &batch->rows, &key, &batch->scratch, ret_refusal)) {
        add_letter(batch, record->line, ret_refusal, record->raw, record->raw_length);
        return false;
    }
    row.length = (uint32_t)batch->rows.length - row.at;
    row.key = (uint32_t)key;
    row.raw = (uint32_t)batch->raws.length;
    row.raw_length = (uint32_t)(record->raw_length < RAW_MOST ? record->raw_length : RAW_MOST);
    str_add_bytes(&batch->raws, record->raw, row.raw_length);
    if ((batch->entry_count + 1) * 2 > (batch->slots != NULL ? batch->slot_mask + 1 : 0))
        grow_slots(batch);
    VEC_PUSH(batch->entries, batch->entry_count, batch->entry_room, row);
    settle_key(batch, mapping->rule);
    return true;
}

static void let_next_stand(struct mapped_batch *batch, struct mapped_row *row)
{
    bool stood = !row->gone;

    row->gone = row->refused = true;
    if (!stood || row->next == 0)
        return;
    batch->entries[row->next - 1].gone = false;
    batch->entries[row->next - 1].again = true;
    if (row->last != row->next)
        batch->entries[row->next - 1].last = row->last;
    batch->again_count++;
}

bool mapped_batch_refuse(struct mapped_batch *batch, uint64_t line, const char *column, const char *reason)
{
    size_t low = 0, high = batch->entry_count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (batch->entries[middle].line < line)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == batch->entry_count || batch->entries[low].line != line)
        return false;
    add_letter(batch, line, &(struct mapping_refusal){.column = column, .reason = reason},
               batch->raws.data + batch->entries[low].raw, batch->entries[low].raw_length);
    let_next_stand(batch, &batch->entries[low]);
    batch->stranger_count++;
    return true;
}

/* -- to the server ------------------------------------------------------------------------------------------------- */

static bool is_copied(const struct mapped_row *row, bool again)
{
    return !row->gone && (row->again || !again);
}

/* Runs of rows that stand, in pieces. */
static int copy_rows(struct mapped_batch *batch, bool again, struct pg *pg, const char *statement, struct error *error)
{
    struct copy copy;

    copy_begin(&copy, pg, statement, error);
    for (size_t i = 0; i < batch->entry_count;) {
        size_t from = batch->entries[i].at, to = from;

        for (; i < batch->entry_count && is_copied(&batch->entries[i], again) && to - from < PIECE; i++) {
            to = batch->entries[i].at + batch->entries[i].length;
            batch->entries[i].again = false;
        }
        if (to > from)
            copy_encoded(&copy, batch->rows.data + from, to - from);
        else
            i++;
    }
    batch->again_count = 0;
    return copy_end(&copy);
}

int mapped_batch_copy(struct mapped_batch *batch, struct pg *pg, const char *statement, struct error *error)
{
    return copy_rows(batch, false, pg, statement, error);
}

int mapped_batch_copy_again(struct mapped_batch *batch, struct pg *pg, const char *statement, struct error *error)
{
    int r;

    if (batch->again_count == 0)
        return 0;
    r = copy_rows(batch, true, pg, statement, error);
    return r < 0 ? r : 1;
}

void mapped_reason_add(struct str *to, const char *reason, struct csv_place place)
{
    if (place.column > 0)
        str_addf(to, "JSON: %s (line %" PRIu64 ", column %zu)", reason, place.line, place.column);
    else
        str_add(to, reason);
}

int mapped_batch_copy_letters(const struct mapped_batch *batch, struct pg *pg, struct error *error)
{
    _cleanup_(str_done) struct str reason = STR_INIT;
    struct copy copy;

    if (batch->letter_count == 0)
        return 0;
    copy_begin(&copy, pg, "ingest_copy_letters", error);
    for (size_t i = 0; i < batch->letter_count; i++) {
        const struct mapped_letter *letter = &batch->letters[i];

        copy_row(&copy, 4);
        copy_int8(&copy, (int64_t)letter->line);
        if (letter->column != NULL)
            copy_text(&copy, letter->column, strlen(letter->column));
        else
            copy_null(&copy);
        str_clear(&reason);
        mapped_reason_add(&reason, letter->reason, letter->place);
        copy_text(&copy, str_text(&reason), reason.length);
        copy_text(&copy, str_text(&batch->letter_raws) + letter->raw, letter->raw_length);
    }
    return copy_end(&copy);
}
