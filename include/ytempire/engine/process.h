/*
 * engine/process: children. Never a shell; descriptors and signal masks are set as a child expects them.
 */
#ifndef YTEMPIRE_ENGINE_PROCESS_H
#define YTEMPIRE_ENGINE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "ytempire/base/error.h"

struct process_options {
    const char *const *argv;          /* NULL-terminated; argv[0] is a path or a name looked up in PATH */
    const char *const *environment;   /* "NAME=VALUE" on top of ours, "NAME" to take one away; or NULL */
    const char *input;                /* fed to its stdin, or NULL for /dev/null */
    size_t      input_length;
    const char *folder;               /* working directory, or NULL */
    uid_t user; /* (uid_t)-1: ours; else dropped to (with its groups), for a root that must not be root */
    gid_t       group;
    bool        detach;               /* a session of its own, outlives us; output to `log_file` or /dev/null */
    const char *log_file;
    int         output;               /* stdout goes into this descriptor, borrowed; 0: it is gathered */
    const struct process_fence *fence;   /* or NULL */
    bool        follows;              /* it ends when we do, however that is */
    /* Called in the task at every look after the child (each 20 ms or so) with what it said on stderr since the last,
     * which then is not gathered; or NULL. */
    void      (*on_look)(void *who, const char *said, size_t length);
    void       *who;
};

/* For a child that is not trusted with what it reads: no terminal, no core, no rights gained on exec, no network where
 * the kernel allows that without rights; it ends when we do. */
struct process_fence {
    unsigned cpu_seconds;
    uint64_t memory, file;            /* bytes of address space, and of a file it writes */
    int64_t  time_us;                 /* then it is ended: ERR_TIMEOUT */
};

/* Runs a child to its end and gathers stdout and stderr (each at most 1 MB). Waits in a task; outside one it blocks. */
int process_run(const struct process_options *options, int *ret_status, char **ret_out, char **ret_err,
                struct error *error) NODISCARD;
/* Runs a child that has our terminal, or whatever our stdin, stdout and stderr are, as an editor needs it. In a task the
 * loop goes on until it has ended, outside one it blocks: its status, 128 + the signal that ended it, or a negative code.
 * A task that is cancelled waits for it nevertheless. */
int process_on_terminal(const char *const *argv, struct error *error) NODISCARD;
/* Starts a child that goes on without us (detach), returning its pid. */
int process_spawn(const struct process_options *options, pid_t *ret_pid, struct error *error) NODISCARD;
/* The full path of a program in PATH or in `extra_folders` (NULL-terminated), or NULL; caller frees. */
char *process_find(const char *name, const char *const *extra_folders);

#endif
