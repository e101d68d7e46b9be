/*
 * Any bytes up to the first NUL are the file of a source; where it is a mapping, the rest are fields (each up to the next
 * NUL) of a record that has as many as the mapping wants: a row is appended whole or not at all, and a refusal says why.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "src/ingest/mapping.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore(void *who, const char *field)
{
    (void)who;
    (void)field;
}

static void try_row(const struct mapping *mapping, struct arena *arena, const char *rest, size_t length)
{
    struct csv_field      *names = ARENA_ARRAY(arena, struct csv_field, mapping->field_count + 1);
    struct csv_field      *fields = ARENA_ARRAY(arena, struct csv_field, mapping->field_count + 1);
    struct csv_record      header = {.fields = names, .count = mapping->field_count},
                           record = {.fields = fields, .count = mapping->field_count, .line = 2};
    struct mapping_layout  layout;
    struct mapping_refusal refusal = {0};
    struct str             to = STR_INIT, scratch = STR_INIT;
    size_t                 key = 0;

    for (size_t i = 0; i < mapping->field_count; i++) {
        const char *nul = memchr(rest, '\0', length);
        size_t      taken = nul != NULL ? (size_t)(nul - rest) : length;

        names[i] = (struct csv_field){mapping->fields[i], strlen(mapping->fields[i])};
        fields[i] = (struct csv_field){rest, taken};
        rest += taken + (nul != NULL);
        length -= taken + (nul != NULL);
    }
    if (mapping_lay_out(mapping, arena, &header, &layout, ignore, NULL, NULL) == 0) {
        bool done = mapping_row(mapping, &layout, &record, &to, &key, &scratch, &refusal);

        if (done ? key + 2 > to.length || key == 0 : to.length != 0 || refusal.reason == NULL)
            abort();
    }
    str_done(&to);
    str_done(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char        *nul = memchr(data, '\0', size);
    size_t             length = nul != NULL ? (size_t)(nul - (const char *)data) : size;
    struct source_file file = {.arena = arena_new(), .name = "fuzz", .path = "fuzz.json", .kind = "csv"};
    struct tree_fault  fault;
    struct mapping     mapping;
    struct error       error = ERROR_INIT;

    file.text = mem_strndup((const char *)data, length);
    if (tree_read(&file.tree, file.text, length, 32, &fault) == 0 && file.tree.root->kind == TREE_OBJECT) {
        if (mapping_read(&file, &mapping, &error) == 0) {
            try_row(&mapping, file.arena, nul != NULL ? nul + 1 : "", nul != NULL ? size - length - 1 : 0);
            mapping_done(&mapping);
        } else if (error.text == NULL || error.where == NULL) {
            abort();
        }
    }
    error_done(&error);
    tree_done(&file.tree);
    arena_free(file.arena);
    mem_free(file.text);
    return 0;
}
