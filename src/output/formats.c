/* The list of formats. */
#include "output_int.h"

#include <strings.h>

const struct format *const formats[] = {
    &format_table, &format_csv, &format_tsv, &format_json, &format_ndjson, &format_markdown, &format_html,
    &format_vertical, &format_cube, &format_xlsx, NULL,
};

const struct format *format_find(const char *name)
{
    for (size_t i = 0; formats[i] != NULL; i++)
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    return NULL;
}

const struct format *format_for_file(const char *path)
{
    size_t length = strlen(path);

    for (size_t i = 0; formats[i] != NULL; i++) {
        size_t ending = formats[i]->ending != NULL ? strlen(formats[i]->ending) : 0;

        if (ending > 0 && length > ending && strcasecmp(path + length - ending, formats[i]->ending) == 0)
            return formats[i];
    }
    return NULL;
}
