/*
 * local: the place and the two servers in it, between the files of this room.
 *
 * All functions with an error are called in a task. Those that change something are called with the lock held.
 */
#ifndef YTEMPIRE_LOCAL_INTERNAL_H
#define YTEMPIRE_LOCAL_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ytempire/base/error.h"
#include "ytempire/base/str.h"
#include "ytempire/local.h"

#define POSTGRES_PORT "5432"      /* part of the socket's name; nothing listens on it */

struct local {
    char *link;              /* $XDG_DATA_HOME/ytempire/local */
    char *folder;            /* the same, or where it points to */
    char *run;               /* folder of the sockets */
    bool  run_is_elsewhere;
    char *cluster, *pid_file, *postgres_log, *postgres_socket;
    char *redis, *redis_log, *redis_socket, *redis_pid_file;
    char *worker_pid_file, *worker_log, *worker_words;   /* the last: its standard error */
    char *lock, *stamp, *dsn;
};

/* -- place.c ------------------------------------------------------------------------------------------------------ */

/* Whom the servers run as. */
struct account {
    uid_t user;
    gid_t group;
    bool  drop;              /* it is not us: we are root */
};

int place_account(const struct local *local, struct account *ret_account, struct error *error) NODISCARD;
/* Makes the folders (not the cluster), or checks that they are whose they must be. */
int place_make(const struct local *local, const struct account *account, struct error *error) NODISCARD;
/* A folder of the account's, closed to all others. */
int place_make_folder(const struct local *local, const char *path, const struct account *account,
                      struct error *error) NODISCARD;
/* ERR_CONFLICT when the place is somebody else's. */
int place_check_owner(const struct local *local, struct error *error) NODISCARD;

/* -- lock.c ------------------------------------------------------------------------------------------------------- */

/* Waits for whoever holds it, and says who that is; close(2) the descriptor to let go. */
int local_lock_take(const struct local *local, const char *doing, struct sink *sink, int *ret_fd,
                    struct error *error) NODISCARD;

/* -- probe.c ------------------------------------------------------------------------------------------------------ */

bool    probe_listens(const char *socket_path);
bool    probe_lives(pid_t pid);                 /* not when it has ended and waits to be reaped */
/* Whether a process is the account's, runs a program of this name, and works in `folder`; where that cannot be seen,
 * whether its command line names `named`. */
bool    probe_works_in(pid_t pid, uid_t user, const char *program, const char *folder, const char *named);
/* Sends a signal to each process that works in `folder`. */
void    probe_end_all(uid_t user, const char *program, const char *folder, int signal);
/* The first line of a pid file, or 0; `ret_status` (may be NULL): the eighth, where PostgreSQL says how far it is. */
pid_t   probe_pid_file(const char *path, char ret_status[16]);
/* Ends with what a server wrote to its log from `from` on; at most the last 16 KB. */
int64_t probe_log_size(const char *path);
char   *probe_log_since(const char *path, int64_t from);
/* Sets a log aside that has grown large. */
void    probe_turn_log(const char *path);
/* Whether `words` say that the disk is full, or it is. */
bool    probe_disk_is_full(const char *folder, const char *words);
int     probe_disk_error(const struct local *local, const char *what, struct error *error);

/* -- the servers -------------------------------------------------------------------------------------------------- */

enum server_state { SERVER_ABSENT, SERVER_DOWN, SERVER_STALE, SERVER_BUSY, SERVER_UP };

struct server_look {
    enum server_state state;     /* BUSY: it lives, but does not answer (yet, or any more) */
    pid_t             pid;       /* 0: none, or not ours to see */
};

void local_postgres_look(const struct local *local, struct server_look *ret_look);
int  local_postgres_up(const struct local *local, const struct account *account, struct sink *sink,
                       struct error *error) NODISCARD;
int  local_postgres_down(const struct local *local, bool at_once, struct sink *sink, struct error *error) NODISCARD;
/* Connects as the owner; the server's version. */
int  local_postgres_version(const struct local *local, char **ret_version, struct error *error) NODISCARD;
/* Makes a cluster with owner, database and extensions. */
int  local_postgres_make(const struct local *local, const struct account *account, const char *programs,
                         struct error *error) NODISCARD;
/* Folder with the programs of a major version; `major` 0: that for a new cluster. */
int  local_postgres_programs(int major, char **ret_folder, struct error *error) NODISCARD;
/* Whether a library that can be preloaded is installed beside the programs. */
bool local_postgres_has_library(const char *programs, const char *name);
/* "NAME,NAME" of what a test asks to be preloaded besides, or NULL. */
const char *local_postgres_test_preload(const char *programs);
bool local_postgres_test_no_sync(void);

void local_redis_look(const struct local *local, struct server_look *ret_look);
int  local_redis_up(const struct local *local, const struct account *account, struct sink *sink,
                    struct error *error) NODISCARD;
int  local_redis_down(const struct local *local, struct sink *sink, struct error *error) NODISCARD;
int  local_redis_version(const struct local *local, char **ret_version, struct error *error) NODISCARD;

/* -- worker.c ----------------------------------------------------------------------------------------------------- */

struct worker_look {
    enum server_state state;     /* DOWN, BUSY (it starts), UP */
    pid_t             pid;
    char             *version, *address;     /* of its pages; NULL: none, or not known yet */
};

void local_worker_look(const struct local *local, struct worker_look *ret_look);
void worker_look_done(struct worker_look *look);

/* -- tree.c ------------------------------------------------------------------------------------------------------- */

/* Deletes a folder with all that is in it, or a file; no error when it is not there. Follows no link. In a thread. */
int tree_remove(const char *path, struct error *error) NODISCARD;
/* Bytes on disk; -1 when it cannot be read. In a thread. */
int64_t tree_bytes(const char *path);

#endif
