/* Opens the module `httpd` once. */
#include "http_library.h"

#include "ytempire/base/file.h"

/* Loaded for good, as GnuTLS below it has exit handlers of its own. */
static const struct http_library *loaded;

int http_library_get(const struct http_library **ret_library, struct error *error)
{
    const void *table = NULL;
    int         r = 0;

    if (loaded == NULL && &ytempire_http_library)
        loaded = &ytempire_http_library;
    if (loaded == NULL) {
        r = program_module_open("httpd.so", HTTP_LIBRARY_SYMBOL, sizeof *loaded, "/metrics", &table, error);
        loaded = table;
    }
    *ret_library = loaded;
    return r;
}
