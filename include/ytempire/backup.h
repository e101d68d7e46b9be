/*
 * backup: whole copies of a database, made by pg_dump, known by their checksums, and tried by being restored.
 *
 * A backup is a folder of the backups' folder: NAME/database.dump (pg_dump's custom format) and NAME/manifest.json
 * (where it comes from, its bytes and SHA-256, and how many rows each table had in the very snapshot that was dumped).
 * It is made under another name and renamed when all of it is on the disk, so that there is a whole one or none. One
 * process at a time works in a folder (a lock on it); what a killed one left is removed by the next.
 *
 * PostgreSQL's programs are children of ours; no password is in their arguments. Everything with an error may wait and
 * is called in a task (engine/loop.h).
 */
#ifndef YTEMPIRE_BACKUP_H
#define YTEMPIRE_BACKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ytempire/base/error.h"
#include "ytempire/data.h"
#include "ytempire/engine/pg.h"

/* Which backups stay, as restic and borg count: the newest `last`, and the newest of each of so many days, weeks (ISO),
 * months and years (UTC) that have one. The newest of all always stays. */
struct backup_rule {
    bool     all;
    unsigned last, daily, weekly, monthly, yearly;
};

#define BACKUP_KEEP "last=3,daily=7,weekly=4,monthly=6"

/* "last=3,daily=7" or "all". ERR_USAGE. */
int  backup_rule_parse(const char *text, struct backup_rule *ret_rule, struct error *error) NODISCARD;
/* `times` newest first; ret_stays[i] says of each whether it stays. */
void backup_rule_apply(const struct backup_rule *rule, const int64_t *times, size_t count, bool *ret_stays);

struct backup_options {
    const char *folder;      /* made when missing, mode 0700 */
    const char *keep;        /* NULL: BACKUP_KEEP */
    const char *remote;      /* rclone's "remote:path", a copy goes there; NULL: none */
    /* A connection of its own to a database of the server, NULL: the session's; `as_superuser` where that can be had.
     */
    int       (*open)(void *who, const char *database, bool as_superuser, struct pg **ret_pg, struct error *error);
    /* Ends the session's own connection, which would be in the way of a database that is to be replaced. */
    void      (*let_go)(void *who);
    void       *who;
};

/* Yields `name database bytes tables rows seconds sha256 removed remote`. What the rule no longer keeps of this
 * database is removed then. ERR_PARTIAL: it is made, but could not be copied to the remote. */
int backup_create(const struct backup_options *options, struct sink *sink, struct error *error) NODISCARD;
/* Yields `name database created_at bytes tables rows server migration storage state`, newest first; asks no server. */
int backup_list(const struct backup_options *options, struct sink *sink, struct error *error) NODISCARD;
/* Names of what may be backups there, newest first, at most 200; of a look at the folder alone, for completion. Ended with
 * backup_names_free. */
char **backup_names(const char *folder, size_t *ret_count);
void   backup_names_free(char **names, size_t count);
/* Checks one (`name`) or all: size, checksum, whether pg_restore can read it; `deep`: also that it can be restored,
 * into a scratch database of the server, with the rows that it says. Yields `name check result message`; ERR_FINDING.
 */
int backup_verify(const struct backup_options *options, const char *name, bool deep, struct sink *sink,
                  struct error *error) NODISCARD;
/* Whether the database `into` (NULL: the session's) has something in it that a restore would replace. */
int backup_would_replace(const struct backup_options *options, const char *into, bool *ret_replaces,
                         char **ret_database, struct error *error) NODISCARD;
/* Restores into a database that is new or empty, or with `replace` in place of one, which then is kept under another
 * name. `name` may be a folder's path. Yields `database tables rows seconds before`. */
int backup_restore(const struct backup_options *options, const char *name, const char *into, bool replace,
                   struct sink *sink, struct error *error) NODISCARD;

#endif
