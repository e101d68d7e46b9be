/*
 * migrate_int: what the files of migrate share.
 */
#ifndef YTEMPIRE_MIGRATE_INT_H
#define YTEMPIRE_MIGRATE_INT_H

#include "ytempire/migrate.h"

#define ENGINE_NATIVE "native"
#define ENGINE_TIMESCALEDB "timescaledb"

/* -- files.c ------------------------------------------------------------------------------------------------------------ */

/* The folder of the migrations: the options' or the program's own. Caller frees. */
char *migrate_folder(const char *folder);
/* Whether the file is one of a pair, of which a server runs one. */
bool  migration_is_of_engine(const struct migration *migration);
/* -1, 0, 1 by number: "9" before "0010". */
int   migration_compare_versions(const char *a, const char *b);

/* -- split.c ------------------------------------------------------------------------------------------------------------ */

/* The statements of an SQL text one by one, as psql would cut it; false at the end. `cursor` starts at 0. The place is in
 * bytes, from the first word to before the semicolon. */
bool migrate_split(const char *sql, size_t *cursor, size_t *ret_at, size_t *ret_length);
/* The next word, number, quoted thing or sign of a statement; false at the end. Comments are no words. */
bool migrate_word(const char *sql, size_t end, size_t *cursor, size_t *ret_at, size_t *ret_length);
/* Compares without regard to case. */
bool migrate_word_is(const char *sql, size_t at, size_t length, const char *word);
/* Line of the file on which the byte lies, when the text begins on `first_line`. */
size_t migrate_line_of(const char *sql, size_t at, size_t first_line);

#endif
