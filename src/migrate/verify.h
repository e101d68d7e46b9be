/*
 * What verify.c and drift.c share: findings as they are gathered. Private to migrate.
 */
#ifndef YTEMPIRE_MIGRATE_VERIFY_H
#define YTEMPIRE_MIGRATE_VERIFY_H

#include "migrate_int.h"

struct verify {
    struct pg                    *pg;
    const struct migrate_options *options;
    struct history               *history;
    struct engine_choice          choice;
    struct migration_set         *set;
    struct table                 *table;       /* severity where message check */
    size_t                        errors;
};

void verify_find(struct verify *verify, enum migrate_severity severity, const char *check, const char *where, const char *format, ...)
    PRINTF_LIKE(5, 6);
/* Makes a scratch database from the files that were applied, and tells how the live schema differs. Fails only when the
 * server cannot be talked to; what makes a comparison impossible is a finding. */
int  verify_drift(struct verify *verify, struct sink *sink, struct error *error) NODISCARD;

#endif
