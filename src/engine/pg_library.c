/*
 * Opens the module `pg` once. libpq drags in TLS, Kerberos and LDAP: linked, it would be most of the program's
 * start-up.
 */
#include "pg_library.h"

#include "ytempire/base/file.h"

/* Loaded for good: closing a library that has threads and exit handlers of its own is not safe. */
static const struct pg_library *loaded;

int pg_library_get(const struct pg_library **ret_library, struct error *error)
{
    const void *table = NULL;
    int         r = 0;

    if (loaded == NULL && &ytempire_pg_library)
        loaded = &ytempire_pg_library;
    if (loaded == NULL) {
        r = program_module_open("pg.so", PG_LIBRARY_SYMBOL, sizeof *loaded, "PostgreSQL", &table, error);
        loaded = table;
    }
    *ret_library = loaded;
    return r;
}
