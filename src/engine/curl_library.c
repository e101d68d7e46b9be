/* Opens the module `curl` once. */
#include "curl_library.h"

#include "ytempire/base/file.h"

static const struct curl_library *loaded;

int curl_library_get(const struct curl_library **ret_library, struct error *error)
{
    const struct curl_library *library = loaded;
    const void                *table = NULL;

    if (library == NULL && &ytempire_curl_library)
        library = &ytempire_curl_library;
    if (library == NULL) {
        int r = program_module_open("curl.so", CURL_LIBRARY_SYMBOL, sizeof *loaded, "HTTP", &table, error);

        if (r < 0)
            return r;
        library = table;
    }
    if (loaded == NULL && library->curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return error_set(error, ERR_FAILED, "libcurl does not start");
    *ret_library = loaded = library;
    return 0;
}
