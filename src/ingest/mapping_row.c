/* Records to rows, and how a file differs from what its mapping knows. */
#include "mapping.h"

#include <string.h>

#include "encode.h"

/* -- a header ------------------------------------------------------------------------------------------------------ */

static bool is_named(struct csv_field field, const char *name)
{
    while (field.length > 0 && (*field.text == ' ' || *field.text == '\t')) {
        field.text++;
        field.length--;
    }
    while (field.length > 0 && (field.text[field.length - 1] == ' ' || field.text[field.length - 1] == '\t'))
        field.length--;
    return field.length == strlen(name) && memcmp(field.text, name, field.length) == 0;
}

static int refuse_missing(const struct csv_record *header, const char *name, struct error *error)
{
    const char *candidates[CSV_FIELDS];
    char      **owned = mem_array(NULL, header->count, sizeof *owned);

    for (size_t i = 0; i < header->count; i++)
        candidates[i] = owned[i] = mem_strndup(header->fields[i].text, header->fields[i].length);
    const char *near = nearest_word(name, strlen(name), candidates, header->count);

    error_set(error, ERR_FAILED, "the file has no field '%s'", name);
    if (near != NULL)
        error_hint(error, "it has one called '%s'", near);
    else
        error_hint(error, "it has %zu field%s, the first is '%s'", header->count,
                   header->count == 1 ? "" : "s",
                   header->count > 0 ? candidates[0] : "");
    for (size_t i = 0; i < header->count; i++)
        mem_free(owned[i]);
    mem_free(owned);
    return ERR_FAILED;
}

static bool is_known(const struct mapping *mapping, struct csv_field field)
{
    for (size_t i = 0; i < mapping->field_count; i++)
        if (is_named(field, mapping->fields[i]))
            return true;
    for (const char *const *name = mapping->ignored; *name != NULL; name++)
        if (is_named(field, *name))
            return true;
    return mapping->ignore_all;
}

static void find_strays(const struct mapping *mapping, struct arena *arena, const struct csv_record *header,
                        struct mapping_layout *layout)
{
    layout->strays = ARENA_ARRAY(arena, struct mapping_stray, header->count + 1);
    for (size_t h = 0; h < header->count; h++)
        if (!is_known(mapping, header->fields[h]))
            layout->strays[layout->stray_count++] =
                (struct mapping_stray){arena_strndup(arena, header->fields[h].text, header->fields[h].length), h};
}

/* A column is told when a field it rests on is there. */
static void find_told(const struct mapping *mapping, struct mapping_layout *layout)
{
    for (size_t i = 0; mapping->target->columns[i].name != NULL; i++) {
        const struct mapping_column *column = &mapping->columns[i];
        bool                         told = column->target != NULL;

        if (told && column->field >= 0)
            told = layout->place[column->field] >= 0 || column->fallback != NULL;
        for (size_t p = 0; told && p < column->part_count; p++)
            told = column->parts[p].field < 0 || layout->place[column->parts[p].field] >= 0;
        layout->told[i] = told;
    }
}

int mapping_lay_out(const struct mapping *mapping, struct arena *arena, const struct csv_record *header,
                    struct mapping_layout *ret_layout, void (*on_missing)(void *who, const char *field), void *who,
                    struct error *error)
{
    struct mapping_layout layout = {.width = header->count};

    layout.place = ARENA_ARRAY(arena, int, mapping->field_count + 1);
    layout.told = ARENA_ARRAY(arena, bool, target_width(mapping->target));
    for (size_t i = 0; i < mapping->field_count; i++) {
        layout.place[i] = -1;
        for (size_t h = 0; h < header->count; h++) {
            if (!is_named(header->fields[h], mapping->fields[i]))
                continue;
            if (layout.place[i] >= 0)
                return error_set(error, ERR_FAILED, "field '%s' is there twice", mapping->fields[i]);
            layout.place[i] = (int)h;
        }
        if (layout.place[i] < 0 && mapping->field_needed[i])
            return refuse_missing(header, mapping->fields[i], error);
        if (layout.place[i] < 0)
            on_missing(who, mapping->fields[i]);
    }
    find_strays(mapping, arena, header, &layout);
    find_told(mapping, &layout);
    *ret_layout = layout;
    return 0;
}

/* -- a row --------------------------------------------------------------------------------------------------------- */

static struct csv_field field_at(const struct mapping_layout *layout, const struct csv_record *record, int field)
{
    int place = layout->place[field];

    return place >= 0 ? record->fields[place] : (struct csv_field){NULL, 0};
}

/* Of a template: unknown when one of its fields is. */
static struct csv_field joined(const struct mapping_column *column, const struct mapping_layout *layout,
                               const struct csv_record *record, struct str *scratch)
{
    if (column->part_count == 1 && column->parts[0].field < 0)
        return column->parts[0].text;
    str_clear(scratch);
    for (size_t i = 0; i < column->part_count; i++) {
        struct csv_field part =
            column->parts[i].field < 0 ? column->parts[i].text : field_at(layout, record, column->parts[i].field);

        if (part.text == NULL || (column->parts[i].field >= 0 && part.length == 0))
            return (struct csv_field){NULL, 0};
        str_add_bytes(scratch, part.text, part.length);
    }
    return (struct csv_field){str_text(scratch), scratch->length};
}

static const char *fault_of(const struct mapping_layout *layout, const struct csv_record *record)
{
    if (record->fault != NULL)
        return record->fault;
    if (layout->width == 0 || record->count == layout->width)
        return NULL;
    if (record->count > layout->width)
        return "the row has more fields than the header";
    return record->last ? "the row ends early, and the file with it" : "the row ends early";
}

bool mapping_row(const struct mapping *mapping, const struct mapping_layout *layout, const struct csv_record *record,
                 struct str *to, size_t *ret_key, struct str *scratch, struct mapping_refusal *ret_refusal)
{
    const struct target_column *columns = mapping->target->columns;
    size_t                      begun = to->length, i = 0;
    const char                 *why = fault_of(layout, record);

    if (why != NULL) {
        *ret_refusal = (struct mapping_refusal){.reason = why, .place = record->place};
        return false;
    }
    encode_int2_bare(to, (int16_t)(target_width(mapping->target) + 1));
    for (; columns[i].name != NULL; i++) {
        const struct mapping_column *column = &mapping->columns[i];

        if (i == mapping->target->key_columns)
            *ret_key = to->length - begun - 2;
        if (!layout->told[i]) {
            encode_null(to);
            continue;
        }
        struct csv_field text =
            column->field >= 0 ? field_at(layout, record, column->field) : joined(column, layout, record, scratch);

        why = mapping_value(column, text, to);
        if (why == NULL)
            continue;
        *ret_refusal = (struct mapping_refusal){.column = columns[i].name, .reason = why, .value = text};
        to->length = begun;
        return false;
    }
    if (i == mapping->target->key_columns)
        *ret_key = to->length - begun - 2;
    encode_int8(to, (int64_t)record->line);
    return true;
}
