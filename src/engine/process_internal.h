/*
 * engine/process_internal: a child that is being attended, between process.c (starting) and child.c (its pipes and
 * end).
 */
#ifndef YTEMPIRE_ENGINE_PROCESS_INTERNAL_H
#define YTEMPIRE_ENGINE_PROCESS_INTERNAL_H

#include <stdbool.h>
#include <sys/types.h>

#include "ytempire/base/error.h"
#include "ytempire/base/str.h"

struct child {
    pid_t       pid;
    int         in, out, err;               /* our ends; -1: closed. The caller closes what is left */
    const char *input;
    size_t      input_length;
    int64_t     until;                      /* monotonic; 0: as long as it takes */
    struct str  out_text, err_text;
    void      (*on_look)(void *who, const char *said, size_t length);
    void       *who;
    bool        late;
    int         status;                     /* as a shell gives it: the exit code, or 128 + signal */
};

/* Feeds and reads a child until it has ended. In a task it parks, and a cancel ends the child; else it blocks. */
int child_attend(struct child *child, struct error *error) NODISCARD;

#endif
