/*
 * The module `pg`: links libpq and hands its functions out.
 */
#include "src/engine/pg_library.h"

const struct pg_library ytempire_pg_library = {
    .size = sizeof(struct pg_library),
#define X(name) .name = name,
    PG_FUNCTIONS(X)
#undef X
};
