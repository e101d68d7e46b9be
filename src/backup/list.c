/* What is there, without a server. */
#include <stdio.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "backup_int.h"

#define ENTRIES_MOST 10000 /* of the folder that are looked at */
#define NAMES_MOST 200

static int later_first(const void *a, const void *b)
{
    return strcmp(*(char *const *)b, *(char *const *)a);
}

char **backup_names(const char *folder, size_t *ret_count)
{
    DIR           *entries = opendir(folder);
    struct dirent *entry;
    char         **names = NULL;
    size_t         count = 0, room = 0;

    for (int i = 0; entries != NULL && i < ENTRIES_MOST && (entry = readdir(entries)) != NULL; i++)
        if (entry->d_name[0] != '.' && entry->d_type != DT_REG)
            VEC_PUSH(names, count, room, mem_strdup(entry->d_name));
    if (entries != NULL)
        (void)closedir(entries);
    if (count > 1)
        qsort(names, count, sizeof *names, later_first);        /* of one database: their names end with the time */
    for (; count > NAMES_MOST; count--)
        mem_free(names[count - 1]);
    *ret_count = count;
    return names;
}

void backup_names_free(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        mem_free(names[i]);
    mem_free(names);
}

static void add(struct table *table, const struct manifest *manifest)
{
    char created[TIME_TEXT_SIZE], bytes[24], tables[24], rows[24];

    (void)snprintf(bytes, sizeof bytes, "%lld", manifest->bytes);
    (void)snprintf(tables, sizeof tables, "%zu", manifest->table_count);
    (void)snprintf(rows, sizeof rows, "%lld", manifest->rows);
    table_add(table, manifest->name, manifest->database, instant_to_text(manifest->started_at, created), bytes, tables,
              rows, manifest->server, manifest->migration, manifest->storage,
              folder_is_whole(manifest) ? "whole" : "damaged");
}

int backup_list(const struct backup_options *options, struct sink *sink, struct error *error)
{
    _cleanup_(table_freep) struct table *table =
        table_new("name:text database:text created_at:timestamptz bytes:int tables:int rows:int server:text "
                  "migration:text storage:text state:text");
    struct backups backups;
    int            r = backups_read(options->folder, &backups, error);

    if (r < 0)
        return r;
    table_column_mutable(table, 3)->format = FORMAT_BYTES;
    table_column_mutable(table, 5)->format = FORMAT_NUMBER;
    for (size_t i = 0; i < backups.count; i++)
        add(table, &backups.items[i]);
    for (size_t i = 0; i < backups.broken_count; i += 2)
        table_add(table, backups.broken[i], NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, "damaged");
    backups_done(&backups);
    r = table_send(table, sink, error);
    if (r >= 0)
        sink_text(sink, "in '%s', %s", options->folder,
                  options->keep != NULL ? options->keep : BACKUP_KEEP);
    return r;
}
