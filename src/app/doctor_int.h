/* What the parts of the doctor share: how a finding is told. */
#ifndef APP_DOCTOR_INT_H
#define APP_DOCTOR_INT_H

#include <stdbool.h>

#include "ytempire/app.h"
#include "ytempire/engine/pg.h"

enum doctor_state { DOCTOR_OK, DOCTOR_WARNING, DOCTOR_ERROR, DOCTOR_SKIPPED };

struct doctor {
    struct app   *app;
    struct table *table;
    bool          bad;        /* there was an error */
};

/* One row. `to_do`: one sentence, or NULL; the rest is the value. */
void doctor_say(struct doctor *doctor, const char *check, enum doctor_state state, const char *to_do,
                const char *format, ...) PRINTF_LIKE(5, 6);

/* Each adds its rows; a negative code only when the task was cancelled. */
typedef int doctor_part(struct doctor *doctor);
doctor_part doctor_postgres;      /* doctor_pg.c */
doctor_part doctor_redis, doctor_disk, doctor_files;    /* doctor_place.c */
doctor_part doctor_terminal;      /* doctor_terminal.c */

/* doctor_rights.c: over a connection that is there. */
int doctor_schema(struct doctor *doctor, struct pg *pg) NODISCARD;
int doctor_rights(struct doctor *doctor, struct pg *pg) NODISCARD;
int doctor_tenant(struct doctor *doctor, struct pg *pg) NODISCARD;
/* A question that failed is a row, but for a cancel, whose code is returned. */
int doctor_trouble(struct doctor *doctor, const char *check, enum doctor_state state, int code, struct error *why,
                   const char *to_do) NODISCARD;

#endif
