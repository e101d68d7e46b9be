/* Any text is read as a model file: it is refused with an error, or gives a model whose catalogue and lint can be read. */
#include <stdint.h>
#include <stdlib.h>

#include "ytempire/base/mem.h"
#include "ytempire/semantic.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char             *text = mem_strndup((const char *)data, size);
    struct model_file file = {.name = "fuzz.json", .text = text, .length = size};
    struct model     *model = NULL;
    struct error      error = ERROR_INIT;
    int               r = model_load(&file, 1, &model, &error);

    if (r < 0 && error.text == NULL)
        abort();
    if (r >= 0) {
        struct arena *arena = arena_new();
        struct table *table = NULL;
        size_t        count;

        (void)model_findings(model, &count);
        (void)model_lint(model, arena, &count);
        (void)model_checks(model, arena, &count);
        if (model_catalog(model, NULL, &table, &error) == 0)
            table_free(table);
        arena_free(arena);
        model_unref(model);
    }
    mem_free(error_render(&error));
    error_done(&error);
    mem_free(text);
    return 0;
}
