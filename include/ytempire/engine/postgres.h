/*
 * engine/postgres: where PostgreSQL's programs lie: in the folders of YTEMPIRE_PGBIN when it is set, else where the
 * distributions put them and in PATH. Several versions may be there. Looking blocks for a few milliseconds a program.
 */
#ifndef YTEMPIRE_ENGINE_POSTGRES_H
#define YTEMPIRE_ENGINE_POSTGRES_H

#include <stddef.h>

struct postgres_program {
    char *folder, *path;     /* where it really lies */
    int   major;             /* 15; 0: it cannot be run, or says no version */
};

struct postgres_programs {
    struct postgres_program *items;      /* each folder once, in the order they are looked through */
    size_t                   count, room;
};

/* All there are of a name ("postgres", "pg_dump"). Ended with postgres_programs_done. */
void postgres_programs_find(const char *name, struct postgres_programs *ret_programs);
void postgres_programs_done(struct postgres_programs *programs);
/* Their versions in words, "13, 15"; "" when there is none. Caller frees. */
char *postgres_programs_majors(const struct postgres_programs *programs);

#endif
