/* backup: what its files share. */
#ifndef YTEMPIRE_BACKUP_INT_H
#define YTEMPIRE_BACKUP_INT_H

#include "ytempire/backup.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/sha256.h"
#include "ytempire/base/str.h"
#include "ytempire/base/time.h"

#define BACKUP_DUMP "database.dump"
#define BACKUP_MANIFEST "manifest.json"

/* -- what a backup says of itself (manifest.c) ----------------------------------------------------------------------
 */

struct backup_table {
    const char *name;             /* quoted where it must be */
    long long   rows;
};

struct backup_extension {
    const char *name, *schema, *version;
};

struct manifest {
    struct arena *arena;          /* of all texts */
    const char *name, *folder;
    const char *database, *system, *migration, *storage, *server, *encoding, *collation, *ctype, *sha256;
    int         server_major;
    int64_t     started_at, finished_at;
    long long   bytes, rows;
    const char **roles;
    size_t       role_count;
    struct backup_extension *extensions;
    size_t       extension_count;
    struct backup_table *tables;
    size_t       table_count;
};

void manifest_done(struct manifest *manifest);
/* Of the folder of one backup. ERR_UNKNOWN: there is none; ERR_SYNTAX. */
int  manifest_read(const char *folder, struct manifest *ret_manifest, struct error *error) NODISCARD;
bool manifest_has_extension(const struct manifest *manifest, const char *name);

/* -- the folder (folder.c) ------------------------------------------------------------------------------------------
 */

struct backups {
    struct manifest *items;       /* newest first */
    size_t           count, room;
    char           **broken;      /* names whose manifest cannot be read, each with the reason after it */
    size_t           broken_count, broken_room;
};

int  backups_read(const char *folder, struct backups *ret_backups, struct error *error) NODISCARD;
void backups_done(struct backups *backups);
/* Makes the folder and takes its lock, which ends with the descriptor; what a killed run left is removed. ERR_CONFLICT.
 */
int  folder_take(const char *folder, int *ret_lock, struct error *error) NODISCARD;
/* A folder itself: one that is a link to another place was moved there by somebody, and is not ours to remove. */
bool folder_is_ours(const char *path);
/* Out of sight first, so that it is there whole or not at all. */
int  folder_remove(const char *folder, const char *name, struct error *error) NODISCARD;
/* The folder of a backup by its name or path; caller frees. */
char *folder_of(const char *folder, const char *name);
/* Size as the manifest has it: a look at the disk. */
bool folder_is_whole(const struct manifest *manifest);
/* The digest of a file, on a thread; with `sync` it is on the disk then. */
int  file_digest(const char *path, bool sync, char ret_hex[static SHA256_TEXT_SIZE], struct error *error) NODISCARD;
int  folder_sync(const char *path, struct error *error) NODISCARD;

/* -- PostgreSQL's programs (program.c) ------------------------------------------------------------------------------
 */

/* The oldest program of this name that is not older than PostgreSQL `major`; caller frees. ERR_FAILED with a hint. */
int program_find(const char *name, int major, char **ret_path, struct error *error) NODISCARD;

struct program_run {
    const char *const *argv;
    struct pg   *pg;              /* whose way in it is given, or NULL */
    int          output;          /* descriptor for stdout, or 0 */
    const char  *input;           /* or NULL */
    const char  *verb;            /* "dumping" */
    const char  *mark;            /* a line of stderr with it begins another table */
    size_t       tables;          /* how many there are, for progress */
    struct sink *sink;
};
/* Runs it to its end, telling how far it is. ERR_FAILED with its own words; ERR_IO for a full disk. */
int program_run(const struct program_run *run, struct error *error) NODISCARD;

/* -- elsewhere ------------------------------------------------------------------------------------------------------
 */

/* The archive's list of contents, but for extensions (restore.c makes them). Caller frees. Also: whether it is one. */
int archive_list(const struct manifest *manifest, char **ret_list, struct error *error) NODISCARD;
/* Fills an empty database: extensions, tables, rows; then counts them into `wrong` (`name expected found`). */
int database_fill(const struct backup_options *options, const struct manifest *manifest, const char *database,
                  struct table *wrong, struct sink *sink, struct error *error) NODISCARD;

/* A database of the server's for a while, from a connection to another of its databases. */
struct scratch {
    struct pg *desk;              /* the connection */
    char      *name, *drop;
};
int  scratch_make(const struct backup_options *options, const struct manifest *manifest, struct scratch *ret_scratch,
                  struct error *error) NODISCARD;
void scratch_drop(struct scratch *scratch);     /* when there is one; closes the connection. Not stopped by a cancel */

/* Copies a backup to rclone's remote and compares it there. */
int remote_copy(const char *remote, const struct manifest *manifest, struct sink *sink, struct error *error) NODISCARD;

#endif
