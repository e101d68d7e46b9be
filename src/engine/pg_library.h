/*
 * engine/pg_library: libpq as one table of functions, so that the executable need not link it.
 */
#ifndef YTEMPIRE_ENGINE_PG_LIBRARY_H
#define YTEMPIRE_ENGINE_PG_LIBRARY_H

#include <libpq-fe.h>

#include "ytempire/base/error.h"

#define PG_FUNCTIONS(X)                                                                              \
    X(PQconnectStartParams) X(PQconnectPoll) X(PQconninfoParse) X(PQconninfo) X(PQconninfoFree)      \
    X(PQfinish) X(PQstatus) X(PQtransactionStatus) X(PQparameterStatus) X(PQserverVersion)           \
    X(PQbackendPID) X(PQdb) X(PQuser) X(PQhost) X(PQsocket) X(PQerrorMessage) X(PQsetnonblocking)              \
    X(PQconnectionNeedsPassword) X(PQconnectionUsedPassword) X(PQsetNoticeReceiver)                  \
    X(PQsendQuery) X(PQsendQueryParams) X(PQsetSingleRowMode) X(PQflush) X(PQisBusy)                 \
    X(PQconsumeInput) X(PQgetResult) X(PQresultStatus) X(PQresultErrorField)                         \
    X(PQresultErrorMessage) X(PQclear) X(PQntuples) X(PQnfields) X(PQfname) X(PQftype)               \
    X(PQgetvalue) X(PQgetlength) X(PQgetisnull) X(PQcmdTuples) X(PQcmdStatus) X(PQputCopyData) X(PQputCopyEnd)      \
    X(PQgetCopyData) X(PQnotifies) X(PQfreemem) X(PQgetCancel) X(PQcancel) X(PQfreeCancel)

struct pg_library {
    size_t size;    /* of this struct: a module of another build is refused */
#define X(name) __typeof__(name) *name;
    PG_FUNCTIONS(X)
#undef X
};

#define PG_LIBRARY_SYMBOL "ytempire_pg_library"
/* Weak: NULL unless the module's file is linked in, as tests do. */
extern const struct pg_library ytempire_pg_library __attribute__((weak));

/* The table, loaded on first use. It stays loaded. */
int pg_library_get(const struct pg_library **ret_library, struct error *error) NODISCARD;

#endif
