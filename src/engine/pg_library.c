/*
 * Opens the module `pg` once. libpq drags in TLS, Kerberos and LDAP: linked, it would be most of the program's
 * start-up.
 */
#include "pg_library.h"

#include <dlfcn.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"

/* Loaded for good: closing a library that has threads and exit handlers of its own is not safe. */
static const struct pg_library *loaded;

int pg_library_get(const struct pg_library **ret_library, struct error *error)
{
    if (!loaded && &ytempire_pg_library)
        loaded = &ytempire_pg_library;
    if (!loaded) {
        _cleanup_(mem_freep) char *path = path_join(program_module_folder(), "pg.so");
        void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        if (!module)
            return error_set(error, ERR_FAILED, "the module for PostgreSQL cannot be loaded: %s", dlerror());
        const struct pg_library *library = dlsym(module, PG_LIBRARY_SYMBOL);
        if (!library || library->size != sizeof *library) {
            dlclose(module);
            return error_set(error, ERR_FAILED, "%s does not fit this program", path);
        }
        loaded = library;
    }
    *ret_library = loaded;
    return 0;
}
