/* Opens the module `httpd` once. */
#include "http_library.h"

#include <dlfcn.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"

/* Loaded for good, as GnuTLS below it has exit handlers of its own. */
static const struct http_library *loaded;

int http_library_get(const struct http_library **ret_library, struct error *error)
{
    if (!loaded && &ytempire_http_library)
        loaded = &ytempire_http_library;
    if (!loaded) {
        _cleanup_(mem_freep) char *path = path_join(program_module_folder(), "httpd.so");
        void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (!module)
            return error_set(error, ERR_FAILED, "the module for /metrics cannot be loaded: %s", dlerror());
        const struct http_library *library = dlsym(module, HTTP_LIBRARY_SYMBOL);
        if (!library || library->size != sizeof *library) {
            dlclose(module);
            return error_set(error, ERR_FAILED, "%s does not fit this program", path);
        }
        loaded = library;
    }
    *ret_library = loaded;
    return 0;
}
